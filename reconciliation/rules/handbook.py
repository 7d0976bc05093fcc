"""The chapter of the handbook on rules, written from their classes."""

from __future__ import annotations

from collections.abc import Iterator

from django.utils import translation

from ..models import Dimension, Effect
from .catalogue import RULES, Rule

HEAD = """# Rules

Written by `manage.py list_rules` from the classes in `reconciliation/rules/`; change them there.

A plot takes the worst effect of its open findings that nobody waived: rebuild is group 3, supplement group 2,
a note changes nothing. A rule whose source nobody has delivered for the commune is not judged there; a plot
with such a rule is not in group 1. Of a plot without any attributes only the rules marked "bare plots" say
something.
"""


def chapter(language: str = "vi") -> str:
    """The whole chapter; rule names and mends in the given language."""
    with translation.override(language):
        return "\n".join([HEAD, *_overview(), *(line for rule in RULES for line in _rule(rule))])


def _overview() -> Iterator[str]:
    yield "| | " + " | ".join(str(dimension.label) for dimension in Dimension) + " |"
    yield "|---" * (len(Dimension) + 1) + "|"
    for effect in Effect:
        cells = [
            ", ".join(
                f"[{rule.id}](#{rule.id})"
                for rule in RULES
                if (rule.dimension, rule.effect) == (dimension, effect)
            )
            for dimension in Dimension
        ]
        yield f"| {effect.label} | " + " | ".join(cells) + " |"
    yield f"\n{len(RULES)} rules."


def _rule(rule: Rule) -> Iterator[str]:
    yield f"\n## {rule.id}\n"
    yield f"**{rule.name}.** {rule.explanation}\n"
    yield f"- {rule.dimension.label} · {rule.effect.label} · {rule.subject.subject.label}"
    yield f"- mend: {rule.mend} ({rule.who.label})"
    yield f"- basis: {rule.basis}; version {rule.version}"
    if rule.needs:
        yield f"- needs: {', '.join(str(source.label) for source in rule.needs)}"
    if rule.tolerance is not None:
        yield f"- tolerance: {rule.tolerance:g} {rule.tolerance_unit}".rstrip()
    if rule.is_for_bare_plots:
        yield "- bare plots"
