"""Counting a closed week again: what can no longer be known of it keeps the word of the revision before."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from dataclasses import dataclass

from ..models import Effect, RuleSet, Task, WeeklySnapshot
from ..rules import book, catalogue
from . import statements, waived
from .counting import Counted, ask

#: What of the tasks follows from what is dated.
_DATED = (Task.CLEAN, Task.VERIFY)


@dataclass(frozen=True)
class Unknown:
    """What today cannot tell of a moment: commune → rules of which a waiver ended nobody knows when, and
    communes of which no rule is known, since plots have changed communes.
    """

    rules: dict[int, set[str]]
    communes: set[int]

    @classmethod
    def since(cls, moment: dt.datetime) -> Unknown:
        """Reads what has changed without leaving a date behind."""
        rules: dict[int, set[str]] = defaultdict(set)
        for commune, rule in ask(waived.UNKNOWN, at=moment):
            rules[commune].add(rule)
        return cls(rules, {commune for (commune,) in ask(statements.CHANGED_COMMUNES, at=moment)})

    def keep(self, counted: Counted, before: WeeklySnapshot) -> None:
        """Take what cannot be known from the revision before, figure by figure."""
        _keep_undated(counted, before)
        if "" in counted.verification:
            # Whom the registry speaks otherwise of since: what it said then stands in that revision alone.
            counted.verification = before.verification
            if Task.VERIFY in before.tasks:
                counted.tasks[Task.VERIFY] = before.tasks[Task.VERIFY]
        if before.commune_id in self.communes:
            counted.rules, counted.dimensions = before.rules, before.dimensions
            return
        for rule in self.rules.get(before.commune_id, set()) | _changed(before.rule_set):
            _keep_rule(counted, before, rule)


def _keep_undated(counted: Counted, before: WeeklySnapshot) -> None:
    """What bears no date stays as it was written: plan, hand-overs, scans, codes, lone rules."""
    counted.waiting = before.waiting
    counted.alone = before.alone
    counted.tasks = {
        task: told | ({"done": counted.tasks[task]["done"]} if task in _DATED else {})
        for task, told in before.tasks.items()
    }


def _changed(then: RuleSet | None) -> set[str]:
    """The rules that counted by the rules of then and do not now, or the other way about, and still run."""
    if then is None or not then.settings:
        return set()
    counted = {rule: told[1] != Effect.NOTE for rule, told in then.settings.items()}
    return {
        ruling.rule.id
        for ruling in book.current().rulings
        if ruling.counts != counted.get(ruling.rule.id, ruling.counts)
    }


def _keep_rule(counted: Counted, before: WeeklySnapshot, rule: str) -> None:
    """The figure of a rule, and that of its word, in which the rule's plots cannot be told from others."""
    told = {name: plots for name, plots in counted.rules.items() if name != rule}
    if rule in before.rules:
        told[rule] = before.rules[rule]
    counted.rules = dict(sorted(told.items()))
    if catalogue.knows(rule):
        word = str(catalogue.by_id(rule).dimension)
        if word in before.dimensions:
            counted.dimensions[word] = before.dimensions[word]
