"""Addresses and forms of the desk, as its page sends them."""

from __future__ import annotations

from urllib.parse import urlsplit

from landdb.models import User
from reconciliation.actions import leases, matches
from reconciliation.models import Lease
from tests.actions.cast import Case

PERSON = Lease.Kind.PERSON


def page(case: Case, query: str = "") -> str:
    return f"/land-users/{case.land_user.pk}/{query}"


def word(case: Case, decision: str = "same", **fields):
    return {
        "decision": decision,
        "match": case.match.pk,
        "seen": matches.stamp(case.match),
        "seen_all": matches.stamp_all(case.matches),
    } | fields


def sheet(case: Case, where: str, why: str, **fields):
    return {"where": where, "why": why, "seen_all": matches.stamp_all(case.matches)} | fields


def held_by(case: Case) -> User | None:
    lease = leases.held(PERSON, [case.land_user.pk]).get(case.land_user.pk)
    return lease.holder if lease else None


def path(answer) -> str:
    return urlsplit(answer["Location"]).path
