"""Our estimates beside Splink's, level by level where both ask the same."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from ..matching.ladders import LADDERS
from ..matching.weights import Levels, Weights

#: Estimates of Splink: comparison → (m, u) of its levels from best to worst.
Estimates = Mapping[str, Sequence[tuple[float | None, float | None]]]


class Row(NamedTuple):
    """One level: as the version says, as fitted, and as Splink estimates it; None where there is nothing."""

    level: str
    m: tuple[float, float, float | None]
    u: tuple[float, float, float | None] | None


class _Like(NamedTuple):
    """A level of Splink's: comparison and place, and the steps of ours that are it together.

    Where Splink asks the day among those of one year, ours is told as a share of `among`.
    """

    comparison: str
    place: int
    field: str
    steps: tuple[str, ...]
    among: tuple[str, ...] = ()


_DAYS = ("same_day", "swapped", "near_day", "other_day")
_LIKE = (
    _Like("name", 0, "name", ("same_key",)),
    _Like("name", 1, "name", ("marks_missing", "one_mark", "marks_differ")),
    _Like("name", 2, "name", ("one_letter",)),
    _Like("name", 3, "name", ("two_letters",)),
    _Like("name", 4, "name", ("middle_dropped", "middle")),
    _Like("name", 5, "name", ("given",)),
    _Like("name", 6, "name", ("surname", "stem", "differ")),
    _Like("year", 0, "birth", ("same_year",)),
    _Like("year", 1, "birth", ("lunar_year", "year_beside")),
    _Like("year", 2, "birth", ("year_typo",)),
    _Like("year", 3, "birth", ("year_swapped", "differ")),
    _Like("day", 0, "birth", ("same_day",), _DAYS),
    _Like("day", 1, "birth", ("swapped",), _DAYS),
    _Like("day", 2, "birth", ("near_day", "other_day"), _DAYS),
    _Like("sex", 0, "sex", ("same",)),
    _Like("sex", 1, "sex", ("differ",)),
    _Like("number", 0, "number", ("same",)),
    _Like("number", 1, "number", ("one_off",)),
    _Like("number", 2, "number", ("two_off",)),
    _Like("number", 3, "number", ("of_neighbour", "of_another", "same_head", "differ")),
    _Like("former", 0, "former_number", ("same",)),
    _Like("former", 1, "former_number", ("one_off",)),
    _Like("former", 2, "former_number", ("of_neighbour", "of_another", "differ")),
    _Like("commune", 0, "commune", ("same",)),
    _Like("commune", 1, "commune", ("district", "differ")),
    _Like("village", 0, "village", ("same",)),
    _Like("village", 1, "village", ("near",)),
    _Like("village", 2, "village", ("differ",)),
)


def rows(before: Weights, after: Weights, estimates: Estimates) -> list[Row]:
    """Every level of every ladder that Splink asks as well; then those that it does not ask, alone."""
    told = [_row(like, before, after, estimates) for like in _LIKE]
    asked = {(like.field, step) for like in _LIKE for step in like.steps}
    alone = [
        _Like("", 0, ladder.field, (step.level,))
        for ladder in LADDERS
        for step in ladder.steps
        if (ladder.field, step.level) not in asked
    ]
    return [*told, *(_row(like, before, after, {}) for like in alone)]


def _row(like: _Like, before: Weights, after: Weights, estimates: Estimates) -> Row:
    found = estimates.get(like.comparison, ())
    m, u = found[like.place] if like.place < len(found) else (None, None)
    ours = [weights.levels[like.field] for weights in (before, after)]
    # Where a level is told against the registry at hand, its u is no share of all pairs.
    is_plain = not like.among and not any("rarity" in ours[0][step] for step in like.steps)
    shares = [_share(levels, "m", like) for levels in ours]
    chances = [_share(levels, "u", like) for levels in ours]
    name = f"{like.field}: {' + '.join(like.steps)}"
    return Row(name, (shares[0], shares[1], m), (chances[0], chances[1], u) if is_plain else None)


def _share(levels: Levels, what: str, like: _Like) -> float:
    def told(steps: Sequence[str]) -> float:
        return sum(float(levels[step][what]) for step in steps)

    return told(like.steps) / told(like.among) if like.among else told(like.steps)


def table(found: Sequence[Row]) -> list[str]:
    """The rows as lines of text; "–" where there is nothing to say."""
    width = max(len(row.level) for row in found)
    heads = ("m now", "m fitted", "m Splink", "u now", "u fitted", "u Splink")
    lines = [" " * width + "".join(f"{head:>12}" for head in heads)]
    for row in found:
        values: list[Any] = [*row.m, *(row.u or (None, None, None))]
        cells = ("–" if value is None else f"{value:.4g}" for value in values)
        lines.append(f"{row.level:<{width}}" + "".join(f"{cell:>12}" for cell in cells))
    return lines
