"""Waive a finding for one plot: asked by one person and, where it decides the group, granted by another."""

from __future__ import annotations

import datetime as dt

from django.db import transaction
from django.db.models import QuerySet

from landdb.models import User

from ..classification import waivers
from ..models import Change, ChangeSet, Consent, Decision, Finding
from . import changes, consents
from .changes import FieldChange


@transaction.atomic
def ask_waiver(finding: Finding, *, by: User, reason: str, until: dt.date) -> Decision:
    """Leave a finding out of account until the end of a day, as long as its rule sees what it sees now.

    Where the plot's group would change, this is a plan that takes a second person's consent. Otherwise it
    holds at once, and gives way by itself as soon as it would decide the group. WrongState where the finding
    is no longer open, or where somebody has asked already.
    """
    held = Finding.objects.select_for_update().get(pk=finding.pk)
    if held.state != Finding.State.OPEN or waiting_for(Finding.objects.filter(pk=held.pk)).exists():
        raise changes.WrongState(held.get_state_display())
    is_alone = not waivers.needs_second(held)
    change_set = changes.plan(
        ChangeSet.Kind.WAIVER,
        [
            FieldChange(held, "state", Finding.State.WAIVED.value),
            FieldChange(held, "waived_by_id", by.pk),
            FieldChange(held, "waived_until", until),
            FieldChange(held, "reason", reason),
            FieldChange(held, "waived_facts", waivers.facts_of(held)),
            FieldChange(held, "waived_alone", is_alone),
        ],
        by=by,
        commune=held.commune_id,
        reason=reason,
    )
    if is_alone:
        change_set = changes.apply(change_set, by=by)
    else:
        consents.ask(change_set, by=by)
    return _decided(Decision.Kind.WAIVE, change_set, held, by, reason)


@transaction.atomic
def end_waiver(finding: Finding, *, by: User, reason: str) -> Decision:
    """End a waiver before its day: the finding counts again. WrongState where it is not waived."""
    held = Finding.objects.select_for_update().get(pk=finding.pk)
    if held.state != Finding.State.WAIVED:
        raise changes.WrongState(held.get_state_display())
    change_set = changes.plan(
        ChangeSet.Kind.WAIVER,
        [
            FieldChange(held, "state", Finding.State.OPEN.value),
            FieldChange(held, "waived_by_id", None),
            FieldChange(held, "waived_until", None),
            FieldChange(held, "reason", ""),
            FieldChange(held, "waived_facts", None),
            FieldChange(held, "waived_alone", False),
        ],
        by=by,
        commune=held.commune_id,
        reason=reason,
    )
    change_set = changes.apply(change_set, by=by)
    return _decided(Decision.Kind.END_WAIVER, change_set, held, by, reason)


def waiting_for(findings: QuerySet[Finding]) -> QuerySet[Consent]:
    """Waivers of these findings that wait for the second person."""
    asked = Change.objects.filter(model=Finding._meta.label_lower, record_id__in=findings.values("pk"))
    return Consent.objects.filter(
        given_at__isnull=True,
        change_set__state=ChangeSet.State.PLANNED,
        change_set__in=asked.values("change_set"),
    ).order_by("pk")


def _decided(kind: Decision.Kind, change_set: ChangeSet, finding: Finding, by: User, reason: str) -> Decision:
    return Decision.objects.create(
        kind=kind, change_set=change_set, commune_id=finding.commune_id, by=by, reason=reason
    )
