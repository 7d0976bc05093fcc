"""Django's `i18n` template tags, but that a word written in a template is looked up once in each language.

A page says a hundred such words; Django makes a lazy object of each, each time, and looks it up when it is
drawn.
"""

from __future__ import annotations

from django.template import Context, Library, Node
from django.template.base import FilterExpression, Parser, Token, Variable
from django.templatetags import i18n
from django.templatetags.i18n import TranslateNode
from django.utils.translation import get_language

register = Library()
register.tags.update(i18n.register.tags)
register.filters.update(i18n.register.filters)


class Word(Node):
    """A word that depends on nothing but the language."""

    child_nodelists = ()

    def __init__(self, node: TranslateNode) -> None:
        self._node = node
        self._said: dict[str | None, str] = {}

    def render(self, context: Context) -> str:
        """The word in the language of the page."""
        language = get_language()
        if language not in self._said:
            self._said[language] = self._node.render(context)
        return self._said[language]


@register.tag("translate")
@register.tag("trans")
def translate(parser: Parser, token: Token) -> Node:
    """`{% translate "Thửa" %}` as Django has it; with a variable, a filter or `as` it stays Django's."""
    node = i18n.do_translate(parser, token)
    if node.asvar or not _is_written(node.filter_expression):
        return node
    return Word(node) if node.message_context is None or _is_written(node.message_context) else node


def _is_written(said: FilterExpression) -> bool:
    """It stands in the template itself."""
    is_text = isinstance(said.var, str) or (isinstance(said.var, Variable) and said.var.literal is not None)
    return is_text and not said.filters
