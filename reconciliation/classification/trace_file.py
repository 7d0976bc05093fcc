"""A trace as it is read from a file: whole and well-formed, or refused with one sentence."""

from __future__ import annotations

import datetime as dt
import json
import math
from dataclasses import dataclass
from typing import Any, TypeVar

from ..models import Effect
from ..rules.catalogue import SUBJECTS
from ..rules.frozen import Margins, Row
from .frozen import Frozen, Spot, Waiver
from .trace import FORMAT

T = TypeVar("T")

#: Days that a margin may look ahead, and the largest tolerance (in its own unit): more is no honest trace.
FARTHEST, LARGEST = 366, 1_000_000.0
#: The largest id and the largest smallint that the database keeps.
_BIGINT, _SMALLINT = 2**63 - 1, 2**15 - 1


class Malformed(ValueError):
    """Not a trace that can be judged again; the message says why in a sentence."""


@dataclass(frozen=True, slots=True)
class Setting:
    """How a rule stood."""

    version: int
    effect: Effect
    tolerance: float


@dataclass(frozen=True, slots=True)
class Claim:
    """What a trace says came of the facts."""

    group: int
    rules: list[str]
    unjudged: list[str]
    findings: frozenset[Spot]
    close: dict[Spot, dt.date | None]


@dataclass(frozen=True, slots=True)
class Trace:
    """A trace that was read. `off` are the rules that were known and did not run."""

    frozen: Frozen
    settings: dict[str, Setting]
    off: frozenset[str]
    fingerprint: str
    margins: Margins
    claim: Claim


def read(text: str | bytes) -> Trace:
    """A trace from its JSON; raises Malformed."""
    try:
        document = json.loads(text)
    except (ValueError, RecursionError):
        raise Malformed("This is not JSON.") from None
    return _trace(_Part(document, "the trace"))


class _Part:
    """An object of the document, whose values are taken out by name and type."""

    def __init__(self, value: Any, where: str) -> None:
        if not isinstance(value, dict):
            raise Malformed(f"It is no trace: {where} is not an object.")
        self.value, self.where = value, where

    def get(self, name: str, kind: type[T]) -> T:
        """The value of that name; a bool is no number, a whole number is also a float."""
        if name not in self.value:
            raise Malformed(f"It is no whole trace: {self.where} has no {name!r}.")
        value = self.value[name]
        if kind is float and type(value) is int:
            value = float(value) if abs(value) <= LARGEST else math.inf
        if not isinstance(value, kind) or (isinstance(value, bool) and kind is not bool):
            raise Malformed(f"It is no trace: {name!r} of {self.where} is not a {_NAMES[kind]}.")
        return value

    def part(self, name: str) -> _Part:
        return _Part(self.get(name, dict), f"{name!r}")

    def parts(self, name: str) -> list[_Part]:
        return [_Part(one, f"an entry of {name!r}") for one in self.get(name, list)]

    def words(self, name: str) -> list[str]:
        listed = self.get(name, list)
        if not all(isinstance(one, str) for one in listed):
            raise Malformed(f"It is no trace: {name!r} of {self.where} holds something else than names.")
        return listed

    def day(self, name: str) -> dt.date:
        try:
            return dt.date.fromisoformat(self.get(name, str))
        except ValueError:
            raise Malformed(f"It is no trace: {name!r} of {self.where} is not a day.") from None

    def day_or_none(self, name: str) -> dt.date | None:
        return None if self.value.get(name, "") is None else self.day(name)

    def number(self, name: str, least: int, most: int) -> int:
        value = self.get(name, int)
        if not least <= value <= most:
            raise Malformed(f"It is no trace: {name!r} of {self.where} is out of bounds.")
        return value

    def measure(self, name: str, most: float) -> float:
        value = self.get(name, float)
        if not 0 <= value <= most:
            raise Malformed(f"It is no trace: {name!r} of {self.where} is out of bounds.")
        return value


_NAMES: dict[type, str] = {
    dict: "group of values",
    list: "list",
    str: "text",
    int: "whole number",
    float: "number",
    bool: "yes or no",
}


def _trace(whole: _Part) -> Trace:
    if (found := whole.get("trace", int)) != FORMAT:
        raise Malformed(f"It is a trace of form {found}; this landdb reads form {FORMAT}.")
    rule_set, margins = whole.part("rule_set"), whole.part("margins")
    settings = rule_set.part("rules")
    return Trace(
        frozen=_frozen(whole),
        settings={rule: _setting(settings.part(rule)) for rule in settings.value},
        off=frozenset(rule_set.words("off")),
        fingerprint=rule_set.get("fingerprint", str),
        margins=Margins(margins.measure("share", 1), margins.number("days", 0, FARTHEST)),
        claim=_claim(whole.part("result")),
    )


def _setting(part: _Part) -> Setting:
    effect = part.get("effect", str)
    if effect not in Effect.values:
        raise Malformed(f"It is no trace: {effect!r} is no effect of a rule.")
    return Setting(part.number("version", 1, _SMALLINT), Effect(effect), part.measure("tolerance", LARGEST))


def _frozen(whole: _Part) -> Frozen:
    plot = whole.part("plot")
    plot_id, facts = plot.number("id", 1, _BIGINT), whole.part("facts")
    return Frozen(
        plot_id=plot_id,
        commune_id=plot.number("commune_id", 1, _SMALLINT),
        day=whole.day("day"),
        sources=frozenset(one.get("source", str) for one in whole.parts("sources")),
        facts={kind.subject.value: _rows(facts, kind.subject.value, plot_id) for kind in SUBJECTS},
        waivers=tuple(Waiver(_spot(one), one.day_or_none("until")) for one in whole.parts("waivers")),
    )


def _rows(facts: _Part, kind: str, plot_id: int) -> list[Row]:
    """The rows of a kind of subject: each subject once, and of plots the one that the trace is about."""
    found = facts.parts(kind)
    ids = [row.number("id", 1, _BIGINT) for row in found]
    if len(set(ids)) < len(ids):
        raise Malformed(f"It is no trace: a {kind} stands twice among its facts.")
    if kind == "plot" and ids != [plot_id]:
        raise Malformed("It is no trace: its facts are not those of its plot.")
    for row in found:
        if "today" in row.value:
            row.day("today")
    return [row.value for row in found]


def _claim(result: _Part) -> Claim:
    return Claim(
        group=result.get("group", int),
        rules=result.words("rules"),
        unjudged=result.words("unjudged"),
        findings=frozenset(_spot(one) for one in result.parts("findings")),
        close={_spot(one): one.day_or_none("on") for one in result.parts("close")},
    )


def _spot(part: _Part) -> Spot:
    return Spot(part.get("rule", str), part.get("subject", str), part.number("subject_id", 1, _BIGINT))
