"""Why a plot is in its group, and the shortest way to group 1."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from parcels.models import Plot

from ..models import Dimension, Effect, Finding, PlotStatus
from ..rules import book
from ..rules.base import Facts, Rule, Source, Who
from ..rules.book import RuleBook, Ruling
from ..rules.words import values
from .frozen import MARGINS, Seen, close_calls, delivered, hear, rows, see


@dataclass(frozen=True, slots=True)
class WhyFinding:
    """A standing finding in words: whose it is, what is wrong, what mends it, which values were looked at."""

    finding: Finding
    rule: Rule
    effect: Effect
    label: str
    sentence: str
    values: list[tuple[str, str]]

    @property
    def counts(self) -> bool:
        """Does it hold the plot back? Notes and waived findings do not."""
        return self.effect != Effect.NOTE and self.finding.state == Finding.State.OPEN


@dataclass(frozen=True, slots=True)
class WhyClose:
    """A rule that nearly finds something: from `on` on, or, without a day, beyond its `tolerance`."""

    rule: Rule
    effect: Effect
    label: str
    values: list[tuple[str, str]]
    on: dt.date | None
    tolerance: float


@dataclass(slots=True)
class WhyDimension:
    """One of the four words: how many rules looked, how many are content, what holds the plot back."""

    dimension: Dimension
    judged: int = 0
    passed: int = 0
    open: list[WhyFinding] = field(default_factory=list)
    unjudged: list[Rule] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class WhySource:
    """A source that nobody has delivered for the commune, and the rules that wait for it."""

    source: Source
    rules: list[Rule]


@dataclass(frozen=True, slots=True)
class Step:
    """What one party can supply on the way to group 1."""

    who: Who
    findings: list[WhyFinding]
    sources: list[WhySource]


@dataclass(slots=True)
class PlotWhy:
    """Everything the plot page says of the group.

    `is_judged` is false until the plot is first classified; of one that `is_bare`, known from the map alone,
    most rules have said nothing yet.
    """

    is_judged: bool
    is_bare: bool
    dimensions: list[WhyDimension]
    way: list[Step]
    notes: list[WhyFinding]
    waived: list[WhyFinding]
    unjudged: list[Rule]
    close: list[WhyClose]

    @property
    def fired(self) -> list[WhyFinding]:
        """All that the rules find, also what does not bear on the group."""
        return [*self.open, *self.notes, *self.waived]

    @property
    def share(self) -> float:
        """From which share of what a tolerance allows a rule is close."""
        return MARGINS.share

    @property
    def judged(self) -> int:
        return sum(one.judged for one in self.dimensions)

    @property
    def passed(self) -> int:
        return sum(one.passed for one in self.dimensions)

    @property
    def open(self) -> list[WhyFinding]:
        return [found for one in self.dimensions for found in one.open]


def why(plot: Plot) -> PlotWhy:
    """Read the standing findings of a plot with the values that the rules looked at."""
    rules = book.current()
    status = PlotStatus.objects.filter(pk=plot.pk).first()
    seen = see(plot.pk) if status else {}
    found = _findings(plot, rules.rulings, seen)
    lacking = set(status.unjudged) if status else set()
    unjudged = [ruling.rule for ruling in rules.rulings if ruling.rule.id in lacking]
    open_ones = [one for one in found if one.counts]
    looking = (
        [ruling for ruling in _looking(plot, rules.rulings) if ruling.rule.id not in lacking]
        if status
        else []
    )
    held = [one for one in found if one.effect != Effect.NOTE]
    return PlotWhy(
        is_judged=status is not None,
        is_bare=_is_bare(plot),
        dimensions=[_dimension(dimension, looking, held, unjudged) for dimension in Dimension],
        way=way(open_ones, _sources(plot, unjudged)),
        notes=[one for one in found if one.effect == Effect.NOTE and one.finding.state == Finding.State.OPEN],
        waived=[one for one in found if one.finding.state == Finding.State.WAIVED],
        unjudged=unjudged,
        close=_close(plot, rules, seen) if status else [],
    )


def way(found: Iterable[WhyFinding], sources: Iterable[WhySource] = ()) -> list[Step]:
    """What holds a plot back, by who can supply it; office first, police last.

    The police deliver the registry extract, the office every other source.
    """
    steps = {who: Step(who, [], []) for who in Who}
    for one in found:
        steps[one.rule.who].findings.append(one)
    for lacking in sources:
        steps[Who.POLICE if lacking.source == Source.RESIDENTS else Who.OFFICE].sources.append(lacking)
    return [step for step in steps.values() if step.findings or step.sources]


def _sources(plot: Plot, unjudged: list[Rule]) -> list[WhySource]:
    """The sources that unjudged rules wait for."""
    missing = [source for source in Source if source not in delivered(plot)] if unjudged else []
    waiting = [WhySource(one, [rule for rule in unjudged if one in rule.needs]) for one in missing]
    return [one for one in waiting if one.rules]


def _dimension(
    dimension: Dimension, looking: list[Ruling], found: list[WhyFinding], unjudged: list[Rule]
) -> WhyDimension:
    own = [one for one in found if one.rule.dimension == dimension]
    judged = sum(ruling.rule.dimension == dimension for ruling in looking)
    # What is waived does not hold the plot back; the rule is not content for that.
    failed = len({one.rule.id for one in own})
    lacking = [rule for rule in unjudged if rule.dimension == dimension]
    holding = [one for one in own if one.counts]
    return WhyDimension(dimension, judged, max(judged - failed, 0), holding, lacking)


def _looking(plot: Plot, rulings: Iterable[Ruling]) -> list[Ruling]:
    """The rules that look at this plot; of a bare one only a few can say anything."""
    is_bare = _is_bare(plot)
    return [ruling for ruling in rulings if ruling.counts and (ruling.rule.is_for_bare_plots or not is_bare)]


def _is_bare(plot: Plot) -> bool:
    return not plot.holdings.exists() and not plot.land_uses.exists()


def _findings(plot: Plot, rulings: Iterable[Ruling], seen: Seen) -> list[WhyFinding]:
    """In the order of the catalogue; a finding whose rule no longer runs is left out."""
    by_rule = {ruling.rule.id: ruling for ruling in rulings}
    standing = [one for one in Finding.objects.standing().filter(plot=plot) if one.rule in by_rule]
    standing.sort(key=lambda one: (by_rule[one.rule].n, one.subject_id))
    return [_worded(one, by_rule[one.rule], seen.get((one.subject, one.subject_id))) for one in standing]


def _worded(finding: Finding, ruling: Ruling, facts: Facts | None) -> WhyFinding:
    label: Any = facts.label if facts else f"#{finding.subject_id}"
    sentence = ruling.rule.sentence(finding, facts)
    looked_at = values(ruling, facts) if facts else []
    return WhyFinding(finding, ruling.rule, ruling.effect, str(label), sentence, looked_at)


def _close(plot: Plot, rules: RuleBook, seen: Seen) -> list[WhyClose]:
    """Asked of the facts as they are now."""
    judged = rules.judged(set(delivered(plot)))
    calls = close_calls(hear(rows(seen), judged, MARGINS), rules)
    by_rule = {ruling.rule.id: ruling for ruling in judged}
    close = []
    for spot, day in calls.items():
        ruling, facts = by_rule[spot.rule], seen[spot.subject, spot.subject_id]
        looked_at = values(ruling, facts)
        close.append(WhyClose(ruling.rule, ruling.effect, facts.label, looked_at, day, ruling.tolerance))
    return close
