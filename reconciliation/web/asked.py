"""Waivers that wait for the second person: which finding, until when, asked by whom."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import QuerySet

from landdb.models import User

from ..models import Change, ChangeSet, Consent, Finding
from ..rules import catalogue

#: Shown beside the list of standing waivers; more are told as "50+".
SHOWN = 50


@dataclass(frozen=True, slots=True)
class Asked:
    """A question to the second person, and what it is about."""

    consent: Consent
    finding: Finding
    until: dt.date | None

    @property
    def rule_name(self) -> str:
        rule = self.finding.rule
        return str(catalogue.by_id(rule).name) if catalogue.knows(rule) else rule


def asked(consents: QuerySet[Consent]) -> list[Asked]:
    """These consents with the findings that they would leave out of account."""
    found = list(consents.select_related("asked_by", "change_set"))
    changes = Change.objects.filter(
        change_set__in=[consent.change_set_id for consent in found], model=Finding._meta.label_lower
    )
    values: dict[int, dict[str, object]] = {}
    records: dict[int, int] = {}
    for change in changes:
        values.setdefault(change.change_set_id, {})[change.field] = change.new
        records[change.change_set_id] = change.record_id
    findings = _findings(records.values())
    return [
        Asked(consent, findings[records[consent.change_set_id]], _day(values[consent.change_set_id]))
        for consent in found
        if records.get(consent.change_set_id) in findings
    ]


def waiting(user: User) -> list[Asked]:
    """The oldest questions of the user's territory, up to SHOWN."""
    waivers = ChangeSet.objects.visible_to(user).awaiting_consent().filter(kind=ChangeSet.Kind.WAIVER)
    return asked(Consent.objects.filter(change_set__in=waivers).order_by("pk")[:SHOWN])


def _findings(ids: Iterable[int]) -> dict[int, Finding]:
    found = Finding.objects.filter(pk__in=list(ids)).select_related("plot__commune").defer("plot__geometry")
    return {finding.pk: finding for finding in found}


def _day(values: dict[str, object]) -> dt.date | None:
    until = values.get("waived_until")
    return dt.date.fromisoformat(str(until)) if until else None
