"""Whose row of a workbook it is: the land user's name and the plot, as a person knows them."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from landdb.models import User
from parcels.models import Plot

from ..models import CorrectionRow
from .land_users import of_territory
from .upload_words import without_numbers


@dataclass(frozen=True, slots=True)
class Subject:
    """The land user's name, and sheet and number of the plot; empty where the row has none."""

    name: str = ""
    plot: str = ""
    #: The plot's page, where it is in the register already.
    plot_id: int | None = None


def of(lines: Collection[CorrectionRow], user: User) -> dict[int, Subject]:
    """Line → whose it is. Of what a row brings, as the row names it."""
    people = {line.land_user for line in lines if line.land_user}
    plots = {line.plot for line in lines if line.plot}
    names = dict(of_territory(user).filter(pk__in=people).values_list("pk", "name"))
    numbers = {
        plot.pk: plot.short_number
        for plot in Plot.objects.visible_to(user).filter(pk__in=plots).only("sheet", "number")
    }
    return {line.pk: _subject(line, names, numbers) for line in lines}


def _subject(line: CorrectionRow, names: dict[int, str], numbers: dict[int, str]) -> Subject:
    brought = {name: new for model, _pk, name, _old, new in line.changes if not model}
    named = names.get(line.land_user or 0) or without_numbers(brought.get("name", ""))
    if line.plot in numbers:
        return Subject(named, numbers[line.plot], line.plot)
    place = [brought[name] for name in ("sheet", "number") if brought.get(name)]
    return Subject(named, "/".join(place))
