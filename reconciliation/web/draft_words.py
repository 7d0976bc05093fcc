"""A draft of rules in words: of each rule what is so now and what shall be."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.translation import gettext as _

from landdb.templatetags.landdb import tolerance

from ..actions.rule_drafts import Wanted
from ..models import Effect, RuleChange, RuleDraft
from ..rules import catalogue
from ..rules.catalogue import Rule


@dataclass(frozen=True, slots=True)
class Told:
    """A rule of a draft, and each thing that changes: what it is, the value now, the value then."""

    rule: Rule
    lines: list[tuple[str, str, str]]


def told(draft: RuleDraft, changes: Iterable[RuleChange]) -> list[Told]:
    """The draft's changes against the rules in force; a draft that was made shows what it set."""
    found = []
    for change in changes:
        if not catalogue.knows(change.rule):
            continue
        rule = catalogue.by_id(change.rule)
        now = _words(rule, Wanted.now(rule))
        then = _words(rule, Wanted.now(rule, draft))
        lines = [
            (label, now[label] if draft.is_open else "", value)
            for label, value in then.items()
            if not draft.is_open or value != now[label]
        ]
        found.append(Told(rule, lines))
    return found


def _words(rule: Rule, wanted: Wanted) -> dict[str, str]:
    words = {
        _("Sử dụng"): _("có") if wanted.is_on else _("không"),
        _("Tác động"): str(Effect(wanted.effect).label),
        _("Có hiệu lực từ ngày"): _day(wanted.active_from),
        _("Đến hết ngày"): _day(wanted.active_to),
    }
    if rule.tolerance is not None and wanted.tolerance is not None:
        words[_("Dung sai")] = f"{tolerance(wanted.tolerance)} {rule.tolerance_unit}".strip()
    return words


def _day(day: dt.date | None) -> str:
    return f"{day:%d/%m/%Y}" if day else "–"
