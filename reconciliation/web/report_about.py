"""What each number of a report is, in the language of the page; the report itself stays in Vietnamese."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from django.utils.translation import gettext

from landdb.templatetags.landdb import change, num, percent

from ..campaign.report_parts import CHANGE, COUNT, SHARE, UNKNOWN, Figure, Report


@dataclass(frozen=True, slots=True)
class About:
    """A number with its name and its definition, and the list behind it or nothing."""

    name: str
    shown: str
    definition: str
    href: str


def figures(told: Report, links: Mapping[str, str]) -> Iterator[About]:
    """All figures of a report, in its order."""
    for each in told.figures.values():
        href = links.get(each.key, "") if each.value else ""
        yield About(each.named.here, shown(each), each.defined.here, href)


def shown(figure: Figure) -> str:
    """A value as the language of the page writes it."""
    value = figure.value
    if value is None:
        return gettext(UNKNOWN)
    if isinstance(value, str):
        return gettext(value)
    if isinstance(value, dt.date):
        return f"{value:%d/%m/%Y}"
    write = {COUNT: num, CHANGE: change, SHARE: percent}.get(figure.kind)
    return write(value) if write else figure.shown
