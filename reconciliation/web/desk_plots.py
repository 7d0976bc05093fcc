"""The plots of the land user at the desk as HTML, put together here: of fifty a template takes long."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.urls import reverse
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from landdb.templatetags.landdb import group_mark
from parcels.models import Plot

from ..rules.base import Rule
from ..rules.facts import LandUserFacts

#: Reasons that the closed line names; of more, how many.
NAMED = 2


@dataclass(frozen=True, slots=True)
class PlotLine:
    """A plot, and what keeps it out of group 1."""

    plot: Plot
    reasons: list[Rule]

    @property
    def is_held_by_person_alone(self) -> bool:
        """Nothing but what is to be judged here stands against it."""
        return bool(self.reasons) and all(map(_is_of_person, self.reasons))


def written(lines: Iterable[PlotLine], *, names_communes: bool) -> SafeString:
    """The lines of the list; `names_communes`: the plots lie in several. Data go through `escape`."""
    return mark_safe("".join(_line(line, names_communes) for line in lines))  # noqa: S308  escaped below


def _line(line: PlotLine, names_communes: bool) -> str:
    plot = line.plot
    commune = escape(plot.commune.tight_name)
    if line.reasons:
        where = f"{commune} · " if names_communes else ""
        below = f'<details class="lacks"><summary>{where}{_in_short(line)}</summary>{_mends(line)}</details>'
    else:
        below = f"<small>{commune}</small>"
    mark = group_mark(plot.status.group) if hasattr(plot, "status") else ""
    return (
        f'<li><span class="grow"><a href="{reverse("plot", args=[plot.pk])}">{escape(plot.long_number)}</a>'
        f"{below}</span>{mark}</li>\n"
    )


def _in_short(line: PlotLine) -> str:
    n = len(line.reasons)
    told = ngettext("còn %(n)s điều để vào nhóm 1", "còn %(n)s điều để vào nhóm 1", n) % {"n": n}
    named = " · ".join(f"{escape(rule.name)}" for rule in line.reasons[:NAMED])
    return f"{told}: {named}" + (f" · +{n - NAMED}" if n > NAMED else "")


def _mends(line: PlotLine) -> str:
    here = f' <span class="tag">{_("ở người này")}</span>'
    mends = "".join(
        f"<li>{escape(rule.name)}{here if _is_of_person(rule) else ''}"
        f"<small>{escape(rule.mend)} · {escape(rule.who.label)}</small></li>"
        for rule in line.reasons
    )
    return f"<ul>{mends}</ul>"


def _is_of_person(rule: Rule) -> bool:
    return rule.subject is LandUserFacts
