"""Template words shared by all pages; built in, so no page loads them."""

from __future__ import annotations

import html
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from functools import cache, lru_cache
from typing import Any

from django import template
from django.utils.formats import get_format
from django.utils.html import conditional_escape, escape, format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from landdb.normalise import id_numbers

register = template.Library()

Number = int | float | Decimal

SIGNS = {"exact": "=", "near": "≈", "none": "∅", "clash": "≠"}
BAR_WIDTH = 200


@register.simple_tag
@cache
def icon(name: str) -> SafeString:
    """`{% icon "search" %}`: a drawing of the sprite in templates/icons.svg.html."""
    return format_html('<svg class="icon" aria-hidden="true"><use href="#i-{}"/></svg>', name)


@register.simple_tag
def group_mark(group: int, *, big: bool = False, words: bool = True, label: str = "") -> SafeString:
    """`{% group_mark 2 %}`: colour, shape, digit and word of a group; `words=False` hides the word."""
    return _group_mark(group, label or _("Nhóm %(group)s") % {"group": group}, big=big, words=words)


@lru_cache(maxsize=200)
def _group_mark(group: int, text: str, *, big: bool, words: bool) -> SafeString:
    return format_html(
        '<span class="group g{}{}"><svg class="mark" aria-hidden="true"><use href="#g{}"/></svg>{}</span>',
        group,
        " big" if big else "",
        group,
        text if words else format_html('<span class="sr">{}</span>', text),
    )


@register.simple_tag
def sign(kind: str, text: str) -> SafeString:
    """`{% sign "near" _("Gần") %}`: how two values compare; kind is exact, near, none or clash."""
    return format_html('<span class="sign {}"><b aria-hidden="true">{}</b>{}</span>', kind, SIGNS[kind], text)


@register.simple_tag
def pieces(pieces: list[Any], *, is_theirs: bool = False) -> SafeString | str:
    """`{% pieces line.ours %}`: a value with what the other one has not marked; `is_theirs`: the other."""
    mark = "ins" if is_theirs else "del"
    drawn = (
        escape(each.text) if each.is_same else format_html("<{}>{}</{}>", mark, each.text, mark)
        for each in pieces
    )
    return mark_safe("".join(drawn)) or "–"  # noqa: S308  escaped above


@register.filter
def masked(value: str | None) -> SafeString | str:
    """A number with all but its last digits hidden."""
    return format_html('<span class="masked">{}</span>', id_numbers.mask(value)) if value else ""


@register.simple_tag
def listed(plots: int | None, href: str) -> str:
    """A number, and a link to the list behind it where there is one and it holds anything."""
    shown = num(plots)
    # As format_html would write it, which takes its time where a page has a thousand of these.
    return mark_safe(f'<a href="{escape(href)}">{shown}</a>') if href and plots else shown  # noqa: S308


@register.simple_tag
def facet_lines(
    options: Iterable[Any], name: str, *, is_swapped: bool = False, is_whole: bool = False
) -> SafeString:
    """`{% facet_lines rules "rule" %}`: a facet's lines, each with its count and the address that sets it or
    clears it; `is_swapped`: the list alone is exchanged. Long labels are cut short where it is not, unless
    they are to be read as a whole.
    """
    # As a template would write them; a queue has a hundred and fifty of these. Python's own escape does what
    # Django's does, which asks of each text whether it is to be translated later.
    label, facet, shown = (
        "<span>" if is_swapped or is_whole else '<span class="cut">',
        html.escape(name),
        figures(),
    )
    lines = []
    for option in options:
        to, start = html.escape(f"?{option.query}"), "<li>" if option.count else '<li class="zero">'
        swap = f' hx-get="{to}"' if is_swapped else ""
        current = ' aria-current="true"' if option.is_on else ""
        count = shown.num(option.shown) + ("+" if option.is_cut else "")
        lines.append(
            f'{start}<a id="{facet}-{html.escape(str(option.key))}" href="{to}"{swap}{current}>'
            f'{label}{html.escape(str(option.label))}</span><span class="num">{count}</span></a></li>'
        )
    return mark_safe("".join(lines))  # noqa: S308  escaped above


def half_up(value: Decimal, decimals: int) -> Decimal:
    """Rounded as everybody learnt it, and as reports write it: 32,05 is 32,1; a nought has no sign."""
    return value.quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_UP) + 0


@dataclass(frozen=True, slots=True)
class Figures:
    """Numbers as one language writes them; `figures` gives those of the page, to who writes hundreds."""

    #: What stands for the comma, the point and the hyphen that Python writes.
    signs: dict[int, str]

    def num(self, value: Number | None, decimals: int = 0) -> str:
        """See the filter of this name, as with the others."""
        if value is None or value == "":
            return "–"
        if type(value) is int and not decimals:
            return f"{value:,}".translate(self.signs)
        # Python rounds halves to the even digit, Django's own formatting cuts off.
        return f"{half_up(Decimal(str(value)), decimals):,.{decimals}f}".translate(self.signs)

    def percent(self, share: Number | None, decimals: int = 1) -> str:
        if share is None:
            return "–"
        # As it is written, times a hundred: of a float, 0.3205 × 100 may be a little less than 32.05.
        hundreds = half_up(Decimal(str(share)) * 100, decimals)
        return f"{hundreds:,.{decimals}f} %".translate(self.signs)

    def chance(self, share: Number | None) -> str:
        if share is None:
            return "–"
        if share < 0.001:
            return f"< {self.percent(0.001)}"
        return f"> {self.percent(0.999)}" if share > 0.999 else self.percent(share)


def figures() -> Figures:
    """How the page's language writes numbers."""
    return _figures_of(get_language())


@cache
def _figures_of(language: str | None) -> Figures:
    thousand, decimal = (
        get_format(name, language, use_l10n=True) for name in ("THOUSAND_SEPARATOR", "DECIMAL_SEPARATOR")
    )
    return Figures({ord(","): thousand, ord("."): decimal, ord("-"): "−"})


@register.filter
def num(value: Number | None, decimals: int = 0) -> str:
    """A number as the language writes it: 4.812.406, 94,2; a true minus; "–" where there is none."""
    return figures().num(value, decimals)


@register.filter
def percent(share: Number | None, decimals: int = 1) -> str:
    """A share of one as "94,2 %"."""
    return figures().percent(share, decimals)


@register.filter
def chance(share: Number | None) -> str:
    """A probability as a percentage that never claims to be certain: "94,2 %", "> 99,9 %", "< 0,1 %"; nor
    does one of nought or one."""
    return figures().chance(share)


@register.filter
def share_text(share: float) -> str:
    """A share of one as a percentage with as many decimals as it has, four at most: "99,95 %", "99,9 %"."""
    exact = round(Decimal(str(share)) * 100, 4).normalize()
    return f"{num(exact, max(0, -int(exact.as_tuple().exponent)))} %"


@register.filter
def tolerance(value: float) -> str:
    """A tolerance with as many decimals as it has, four at most: "0,5", "5"."""
    exact = f"{value:.4f}".rstrip("0")
    return num(value, len(exact.partition(".")[2]))


@register.filter
def change(value: Number | None, decimals: int = 0) -> str:
    """A difference with its sign: +226.532, −12.512, 0; what is rounded to nothing has none."""
    if value is None:
        return "–"
    rounded = value if type(value) is int else half_up(Decimal(str(value)), decimals)
    return f"+{num(rounded, decimals)}" if rounded > 0 else num(rounded, decimals)


@register.filter
def clock(seconds: float | None) -> str:
    """Seconds as 00:45, or 1:02:07 from an hour on."""
    if seconds is None:
        return "–"
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes:02}:{rest:02}"


@register.simple_tag
def bar(one: int, two: int, three: int, *, links: list[str] | None = None, of: str = "") -> SafeString:
    """`{% bar 10 20 30 %}`: the three groups as one bar; each segment links to `links` (three addresses).

    `of` names whose groups they are, for those who listen. Widths stand in attributes.
    """
    parts = [one, two, three]
    total = sum(parts)
    x, drawn = 0.0, []
    for group, count in enumerate(parts, 1):
        width = BAR_WIDTH * count / total if total else 0.0
        if count:
            text = ngettext("Nhóm %(group)s: %(count)s thửa", "Nhóm %(group)s: %(count)s thửa", count) % {
                "group": group,
                "count": num(count),
            }
            drawn.append(_segment(group, x, width, f"{of}, {text}" if of else text, links))
        x += width
    return format_html(
        '<svg class="bar" viewBox="0 0 {} 8" preserveAspectRatio="none" role="{}" aria-label="{}">{}</svg>',
        BAR_WIDTH,
        "group" if links else "img",
        of or _("Ba nhóm"),
        format_html_join("", "{}", ((part,) for part in drawn)),
    )


def _segment(group: int, x: float, width: float, text: str, links: list[str] | None) -> SafeString:
    rect = format_html(
        '<rect class="f-g{}" x="{}" width="{}" height="8"><title>{}</title></rect>',
        group,
        f"{x:.1f}",
        f"{width:.1f}",
        text,
    )
    if not links:
        return rect
    return format_html('<a href="{}" aria-label="{}">{}</a>', links[group - 1], text, rect)


@register.simple_tag
def progress(done: Number, total: Number, kind: str = "act", label: str = "") -> SafeString:
    """`{% progress 62 99 %}`: a filled line; kind names its colour class (act, g1, bad)."""
    share = min(1.0, float(done) / float(total)) if total else 0.0
    # As format_html would write it, which takes its time where a list has one in each row.
    return mark_safe(  # noqa: S308  escaped here
        f'<svg viewBox="0 0 {BAR_WIDTH} 10" preserveAspectRatio="none" role="img"'
        f' aria-label="{conditional_escape(label or percent(share, 0))}">'
        f'<rect class="f-sunk" width="{BAR_WIDTH}" height="10"/>'
        f'<rect class="f-{conditional_escape(kind)}" width="{BAR_WIDTH * share:.1f}" height="10"/></svg>'
    )


@register.filter
def of(mapping: dict[Any, Any] | None, key: Any) -> Any:
    """`{{ counts|of:rule }}`: a value of a mapping by a variable key; None where there is none."""
    return None if mapping is None else mapping.get(key)


@register.filter
def at(items: list[Any], place: int) -> Any:
    """`{{ columns|at:forloop.counter0 }}`: the item of a list that stands at a variable place."""
    return items[place]


@register.simple_tag
def cells(passed: int, judged: int) -> SafeString:
    """`{% cells 13 14 %}`: one cell per rule judged, those that passed first."""
    step = BAR_WIDTH / judged if judged else BAR_WIDTH
    drawn = format_html_join(
        "",
        '<rect class="{}" x="{}" width="{}" height="10"/>',
        (
            ("f-g1" if number < passed else "f-g2", f"{number * step + 0.5:.1f}", f"{max(step - 1.5, 1):.1f}")
            for number in range(judged)
        ),
    )
    label = _("%(passed)s trên %(judged)s quy tắc đạt") % {"passed": passed, "judged": judged}
    return format_html(
        '<svg class="steps" viewBox="0 0 {} 10" preserveAspectRatio="none" role="img" '
        'aria-label="{}">{}</svg>',
        BAR_WIDTH,
        label,
        drawn,
    )
