"""Waive a finding for one plot: asked by one person, granted by another."""

from __future__ import annotations

import datetime as dt

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from landdb.models import User

from ..models import Change, ChangeSet, Consent, Decision, Finding, PlotStatus
from . import changes, consents
from .changes import FieldChange


@transaction.atomic
def ask_waiver(finding: Finding, *, by: User, reason: str, until: dt.date | None) -> Decision:
    """Plan to leave a finding out of account until a day; it takes a second person's consent.

    WrongState where the finding is no longer open, or where somebody has asked already.
    """
    held = Finding.objects.select_for_update().get(pk=finding.pk)
    if held.state != Finding.State.OPEN or waiting_for(Finding.objects.filter(pk=held.pk)).exists():
        raise changes.WrongState(held.get_state_display())
    change_set = changes.plan(
        ChangeSet.Kind.WAIVER,
        [
            FieldChange(finding, "state", Finding.State.WAIVED.value),
            FieldChange(finding, "waived_by_id", by.pk),
            FieldChange(finding, "waived_until", until),
            FieldChange(finding, "reason", reason),
        ],
        by=by,
        commune=finding.commune_id,
        reason=reason,
    )
    consents.ask(change_set, by=by)
    return Decision.objects.create(
        kind=Decision.Kind.WAIVE, change_set=change_set, commune_id=finding.commune_id, by=by, reason=reason
    )


def waiting_for(findings: QuerySet[Finding]) -> QuerySet[Consent]:
    """Waivers of these findings that wait for the second person."""
    asked = Change.objects.filter(model=Finding._meta.label_lower, record_id__in=findings.values("pk"))
    return Consent.objects.filter(
        given_at__isnull=True,
        change_set__state=ChangeSet.State.PLANNED,
        change_set__in=asked.values("change_set"),
    ).order_by("pk")


@transaction.atomic
def confirm_rebuild(status: PlotStatus, *, by: User, reason: str) -> Decision:
    """Staff confirm that a plot of group 3 must be built anew."""
    change_set = changes.plan(
        ChangeSet.Kind.CONFIRM,
        [FieldChange(status, "confirmed_by_id", by.pk), FieldChange(status, "confirmed_at", timezone.now())],
        by=by,
        commune=status.commune_id,
        reason=reason,
    )
    changes.apply(change_set, by=by)
    return Decision.objects.create(
        kind=Decision.Kind.CONFIRM_REBUILD,
        change_set=change_set,
        commune_id=status.commune_id,
        by=by,
        reason=reason,
    )
