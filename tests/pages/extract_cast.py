"""An extract that changed somebody, and who looks at what follows."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.test import Client

from citizens.models import RegistryExtract, Resident, ResidentChange
from landdb.models import Role
from reconciliation.actions import extracts, matches
from reconciliation.models import Decision, Match
from tests import factories
from tests.actions.cast import Case


def change(resident: Resident, kind: str, old: str = "", new: str = "", **values: Any) -> RegistryExtract:
    """An extract in which one thing of one resident is another."""
    extract = factories.make_extract(extracted_on=dt.date(2026, 11, 20), changes={kind: 1})
    ResidentChange.objects.create(
        extract=extract, resident=resident, commune=resident.commune, kind=kind, old=old, new=new
    )
    Resident.objects.filter(pk=resident.pk).update(**values, extract=extract)
    extracts.note_touched(extract)
    return extract


def birth_changed(case: Case, match: Match | None = None) -> RegistryExtract:
    values = {"birth_on": dt.date(1976, 1, 2), "birth_year": 1976}
    resident = (match or case.match).resident
    return change(resident, "birth", resident.birth_text, "02/01/1976", **values)


def decide(case: Case, kind: str = "same") -> Match:
    reviewer = factories.make_user(full_name="Ngô Thị Xét")
    match = case.match
    matches.decide(match, Decision.Kind(kind), by=reviewer, reason="xem hồ sơ gốc", seen=matches.stamp(match))
    return match


def enter(client: Client, case: Case, role: str = Role.REVIEWER) -> Client:
    client.force_login(factories.make_user(role, commune=case.commune))
    return client
