"""The rules as a draft would set them, and what that changes."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from functools import cached_property

from django.db.models import Sum
from django.utils import timezone

from ..models import CommuneJudgement, Effect, RuleDraft, RuleSetting, Tally
from .book import RuleBook, Ruling, book, current

#: The group to which a finding of each effect leads.
GROUPS = {Effect.NOTE: 1, Effect.SUPPLEMENT: 2, Effect.REBUILD: 3}


@dataclass(frozen=True)
class Difference:
    """Two rule books side by side. Group 1 stands for "has no say": a note, or a rule that does not run."""

    now: RuleBook
    then: RuleBook

    @cached_property
    def changed(self) -> tuple[str, ...]:
        """Ids of the rules that run otherwise, in the order of the catalogue."""
        before, after = _by_id(self.now), _by_id(self.then)
        both = {ruling.rule.id: ruling.n for ruling in (*self.now.rulings, *self.then.rulings)}
        return tuple(sorted((one for one in both if before.get(one) != after.get(one)), key=both.__getitem__))

    @cached_property
    def asked_anew(self) -> tuple[Ruling, ...]:
        """The drafted rulings whose condition the standing findings do not answer."""
        before = _by_id(self.now)
        return tuple(
            ruling
            for ruling in self.then.rulings
            if ruling.rule.id in self.changed
            and ruling.counts
            and (ruling.rule.id not in before or before[ruling.rule.id].tolerance != ruling.tolerance)
        )

    @cached_property
    def unchanged(self) -> tuple[Ruling, ...]:
        """The rulings that are the same in both and bear on the group."""
        return tuple(
            ruling for ruling in self.then.rulings if ruling.rule.id not in self.changed and ruling.counts
        )

    def said(self, rule_id: str) -> tuple[int, int]:
        """The group to which a finding of the rule leads now, and then."""
        before, after = (_by_id(rules).get(rule_id) for rules in (self.now, self.then))
        return _group(before), _group(after)


def _by_id(rules: RuleBook) -> dict[str, Ruling]:
    return {ruling.rule.id: ruling for ruling in rules.rulings}


def _group(ruling: Ruling | None) -> int:
    return GROUPS[ruling.effect] if ruling else 1


def drafted(draft: RuleDraft, day: dt.date | None = None) -> RuleBook:
    """The rules on a day (today unless told) if the draft's settings stood."""
    settings = {setting.rule: setting for setting in RuleSetting.objects.all()}
    settings |= {change.rule: change.setting() for change in draft.changes.all()}
    return book(settings.values(), day or timezone.localdate())


def have_rules_changed(draft: RuleDraft) -> bool:
    """Are the rules in force, or the drafted ones by their dates, others than those that were counted?"""
    return (current().fingerprint, drafted(draft).fingerprint) != (draft.base, draft.fingerprint)


def has_judgement_changed(draft: RuleDraft) -> bool:
    """Were plots judged since the draft was counted?"""
    return judgements() != draft.judgements


def judgements() -> int:
    """How often plots were judged, over all communes."""
    return CommuneJudgement.objects.aggregate(n=Sum("times"))["n"] or 0


def is_settled(rules: RuleBook) -> bool:
    """Was every commune that has plots in groups last classified whole under these rules?"""
    settled = CommuneJudgement.objects.filter(fingerprint=rules.fingerprint).values("commune")
    return not Tally.objects.filter(rule="", plots__gt=0).exclude(commune__in=settled).exists()
