"""A day that passes: since only differences to today count, every date in the books moves back by one."""

from __future__ import annotations

import datetime as dt

from django.db.models import F
from django.utils import timezone

from citizens.models import RegistryExtract
from landdb.jobs.engine import step
from landdb.models import AdminUnit, Job
from parcels.models import Certificate, LandUse, LandUseCode
from reconciliation.classification import clocks
from reconciliation.models import Finding, JudgedDay, RuleSetting
from reconciliation.rules.land_uses import FILLED_TERM

_DATED = (
    (RegistryExtract, "extracted_on"),
    (Certificate, "issued_on"),
    (LandUseCode, "valid_to"),
    (AdminUnit, "valid_to"),
    (Finding, "waived_until"),
    (JudgedDay, "day"),
    (RuleSetting, "active_from"),
    (RuleSetting, "active_to"),
)


def pass_days(days: int = 1) -> None:
    """What was said of dates is now so many days older; terms that tools wrote by themselves stay theirs."""
    back = dt.timedelta(days=days)
    for model, field in _DATED:
        model._default_manager.exclude(**{field: None}).update(**{field: F(field) - back})
    LandUse.objects.exclude(term_until=None).exclude(term_until=FILLED_TERM).update(
        term_until=F("term_until") - back
    )


def night() -> dict[str, int]:
    """What the beat does soon after midnight, and the jobs that it starts."""
    counts = clocks.turn(timezone.now() + clocks.GRACE)
    work()
    return counts


def work() -> None:
    """Do all open jobs here and now, as a worker would."""
    while job := Job.objects.open().order_by("id").first():
        while step(job.pk):
            pass
