"""The catalogue as the province has set it: which rules run, with which effect and tolerance."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.utils import timezone

from ..models import Effect, RuleSet, RuleSetting
from .base import Rule, Source
from .catalogue import RULES


@dataclass(frozen=True, slots=True)
class Ruling:
    """A rule that runs. `n` is its place in the catalogue, from 1: the short name that statements use."""

    n: int
    rule: Rule
    effect: Effect
    tolerance: float

    @property
    def counts(self) -> bool:
        """Does it bear on the group? Notes do not."""
        return self.effect != Effect.NOTE


@dataclass(frozen=True)
class RuleBook:
    """The rulings in the order of the catalogue."""

    rulings: tuple[Ruling, ...]

    @cached_property
    def settings(self) -> dict[str, Any]:
        """What the fingerprint is made of: version, effect and tolerance of each rule that runs."""
        return {
            ruling.rule.id: [ruling.rule.version, str(ruling.effect), ruling.tolerance]
            for ruling in self.rulings
        }

    @cached_property
    def fingerprint(self) -> str:
        return fingerprint(self.settings)

    def judged(self, delivered: set[str]) -> tuple[Ruling, ...]:
        """The rulings whose sources have been delivered."""
        return tuple(ruling for ruling in self.rulings if delivered.issuperset(_needs(ruling)))

    def unjudged(self, delivered: set[str], *, bare: bool) -> list[str]:
        """Ids of the rules that bear on the group and lack a source; `bare`: for plots without attributes."""
        return [
            ruling.rule.id
            for ruling in self.rulings
            if ruling.counts
            and not delivered.issuperset(_needs(ruling))
            and (ruling.rule.is_for_bare_plots or not bare)
        ]

    def rule_set(self) -> RuleSet:
        """The row that stands for these settings; made when they are first used."""
        found, _new = RuleSet.objects.get_or_create(
            fingerprint=self.fingerprint, defaults={"settings": self.settings}
        )
        return found


def fingerprint(settings: dict[str, Any]) -> str:
    """The fingerprint of the settings of a rule book."""
    return hashlib.sha256(json.dumps(settings, sort_keys=True).encode()).hexdigest()


def _needs(ruling: Ruling) -> set[Source]:
    return set(ruling.rule.needs)


def current(day: dt.date | None = None) -> RuleBook:
    """The rules as they are set today (or on a day of now's settings)."""
    return book(RuleSetting.objects.all(), day or timezone.localdate())


def book(settings: Iterable[RuleSetting], day: dt.date) -> RuleBook:
    """The rules under given settings; a rule without one runs as its class says."""
    by_rule = {setting.rule: setting for setting in settings}
    rulings = []
    for n, rule in enumerate(RULES, start=1):
        setting = by_rule.get(rule.id)
        if setting is None:
            rulings.append(Ruling(n, rule, rule.effect, rule.tolerance or 0.0))
        elif _runs(setting, day):
            own = rule.tolerance if setting.tolerance is None else setting.tolerance
            rulings.append(Ruling(n, rule, Effect(setting.effect or rule.effect), own or 0.0))
    return RuleBook(tuple(rulings))


def _runs(setting: RuleSetting, day: dt.date) -> bool:
    return (
        setting.is_on
        and (setting.active_from is None or setting.active_from <= day)
        and (setting.active_to is None or setting.active_to >= day)
    )
