"""Judge the facts of a trace again, by today's rules under its own settings, and compare."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from django.db import DataError, transaction

from ..rules import book, catalogue
from ..rules.book import RuleBook, Ruling
from ..rules.frozen import CLOCK, looked_at
from .frozen import Judgement, Spot, judge_frozen
from .trace_file import Malformed, Trace


@dataclass(slots=True)
class Answer:
    """What a check found, in sentences: rules of another version, and results that cannot be right."""

    versions: list[str] = field(default_factory=list)
    results: list[str] = field(default_factory=list)

    @property
    def word(self) -> str:
        """One word for all: where results differ under the same versions, that weighs most."""
        return "results" if self.results else "versions" if self.versions else "same"


def check(trace: Trace) -> Answer:
    """Does the trace's result follow from its facts? Raises Malformed where they cannot be judged.

    Of a rule whose version differs only that is told; while there is one, the group is not compared.
    """
    answer = Answer(versions=list(_versions(trace)))
    changed = {
        rule
        for rule, setting in trace.settings.items()
        if not catalogue.knows(rule) or catalogue.by_id(rule).version != setting.version
    }
    rules = _book(trace)
    answer.results += _settings_kept(trace)
    answer.results += _days_kept(trace)
    for ruling in rules.judged(set(trace.frozen.sources)):
        if ruling.rule.id not in changed:
            _hold(ruling, trace)
    try:
        with transaction.atomic():
            judgement = judge_frozen(trace.frozen, rules, trace.margins)
    except (DataError, OverflowError):
        raise Malformed("It is no trace: a fact is not of its kind.") from None
    answer.results += _results(trace, judgement, changed)
    if not answer.versions:
        answer.results += _group(trace, judgement)
    return answer


def _book(trace: Trace) -> RuleBook:
    """Today's rules under the settings of the trace."""
    return RuleBook(
        tuple(
            Ruling(n, rule, trace.settings[rule.id].effect, trace.settings[rule.id].tolerance)
            for n, rule in enumerate(catalogue.RULES, start=1)
            if rule.id in trace.settings
        )
    )


def _versions(trace: Trace) -> Iterator[str]:
    for name, setting in trace.settings.items():
        if not catalogue.knows(name):
            yield f"Rule {name} has version {setting.version} in the trace and is no longer in the catalogue."
        elif (now := catalogue.by_id(name).version) != setting.version:
            yield f"Rule {name} has version {setting.version} in the trace and version {now} here."
    for rule in catalogue.RULES:
        if rule.id not in trace.settings and rule.id not in trace.off:
            yield f"Rule {rule.id} has version {rule.version} here and is not in the trace."


def _settings_kept(trace: Trace) -> Iterator[str]:
    settings = {
        rule: [setting.version, str(setting.effect), setting.tolerance]
        for rule, setting in trace.settings.items()
    }
    if book.fingerprint(settings) != trace.fingerprint:
        yield "The settings of the rules in the trace do not have its fingerprint."


def _days_kept(trace: Trace) -> Iterator[str]:
    found = {row[CLOCK] for rows in trace.frozen.facts.values() for row in rows if CLOCK in row}
    for day in sorted(found - {trace.frozen.day.isoformat()}):
        yield f"The trace is of {trace.frozen.day.isoformat()}, and some of its facts are of {day}."


def _hold(ruling: Ruling, trace: Trace) -> None:
    """Are all facts there that a rule reads?"""
    kind = ruling.rule.subject.subject.value
    names = looked_at(ruling) if kind != "plot" else (*looked_at(ruling), "has_attributes")
    for row in trace.frozen.facts[kind]:
        for name in names:
            if name not in row:
                raise Malformed(f"It is no whole trace: {kind} {row['id']} lacks the fact {name!r}.")


def _results(trace: Trace, judgement: Judgement, changed: set[str]) -> Iterator[str]:
    """Each rule that says something else of a subject, in the order of the catalogue, then of the trace."""
    here, there = frozenset(judgement.findings), trace.claim.findings
    for spot in _sorted(here ^ there, changed):
        found, not_found = ("here", "in the trace") if spot in here else ("in the trace", "here")
        yield (
            f"Rule {spot.rule} finds {spot.subject} {spot.subject_id} {found} and not {not_found}, "
            "though its version is the same."
        )
    close, told = judgement.close, trace.claim.close
    differing = {spot for spot in close.keys() | told.keys() if _of(close, spot) != _of(told, spot)}
    for spot in _sorted(differing, changed):
        yield (
            f"Rule {spot.rule} on {spot.subject} {spot.subject_id} is {_of(close, spot)} here and "
            f"{_of(told, spot)} in the trace, though its version is the same."
        )


def _of(close: dict[Spot, dt.date | None], spot: Spot) -> str:
    if spot not in close:
        return "not close"
    day = close[spot]
    return f"due on {day.isoformat()}" if day else "close to its tolerance"


def _sorted(spots: Iterable[Spot], changed: set[str]) -> list[Spot]:
    places = {rule.id: place for place, rule in enumerate(catalogue.RULES)}
    own = [spot for spot in spots if spot.rule not in changed]
    return sorted(own, key=lambda spot: (places.get(spot.rule, len(places)), spot))


def _group(trace: Trace, judgement: Judgement) -> Iterator[str]:
    claim = trace.claim
    if judgement.group != claim.group:
        yield f"The group is {judgement.group} here and {claim.group} in the trace."
    for words, here, there in (
        ("The rules that hold the plot back are", judgement.rules, claim.rules),
        ("The rules that are not judged are", judgement.unjudged, claim.unjudged),
    ):
        if set(here) != set(there):
            yield f"{words} {_listed(here)} here and {_listed(there)} in the trace."


def _listed(rules: list[str]) -> str:
    return ", ".join(rules) or "none"
