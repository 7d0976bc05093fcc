"""What another day alone changes: each clock, the rules that it serves, the plots on which it ran out."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.db import IntegrityError, transaction
from django.db.models import Min, Q
from django.utils import timezone

from landdb import jobs

from ..models import GroupMove, JudgedDay, RuleSetting
from ..rules import book
from . import due

#: What was judged just before midnight is given time to be written down.
GRACE = dt.timedelta(minutes=15)


@dataclass(frozen=True, slots=True)
class Clock:
    """Something that runs out with time.

    `query` gives the plots on which it did so after the day `last` and not after `today` (the province's own
    days); `tolerance` is that of the rule, in whole days. A clock without rules always runs.
    """

    name: str
    rules: tuple[str, ...]
    query: str


CLOCKS = (
    Clock(
        "waiver",
        (),
        """SELECT plot_id FROM reconciliation_finding
        WHERE state = 'waived' AND waived_until < %(today)s""",
    ),
    Clock(
        "registry_extract",
        ("evidence_stale",),
        """SELECT h.plot_id FROM citizens_registryextract e
        JOIN citizens_resident r ON r.extract_id = e.id
        JOIN reconciliation_verification v ON v.resident_id = r.id
        JOIN parcels_holding h ON h.land_user_id = v.land_user_id
        WHERE e.extracted_on >= %(last)s::date - %(tolerance)s
            AND e.extracted_on < %(today)s::date - %(tolerance)s""",
    ),
    Clock(
        "term",
        ("term_ended",),
        "SELECT plot_id FROM parcels_landuse WHERE term_until >= %(last)s AND term_until < %(today)s",
    ),
    Clock(
        "issue_date",
        ("certificate_date_impossible",),
        """SELECT h.plot_id FROM parcels_certificate c JOIN parcels_holding h ON h.certificate_id = c.id
        WHERE c.issued_on > %(last)s AND c.issued_on <= %(today)s""",
    ),
    Clock(
        "land_use_code",
        ("land_use_code_outdated",),
        """SELECT u.plot_id FROM parcels_landusecode code JOIN parcels_landuse u ON u.purpose = code.code
        WHERE code.valid_to >= %(last)s AND code.valid_to < %(today)s""",
    ),
    Clock(
        "commune",
        ("unit_obsolete",),
        """SELECT p.id AS plot_id FROM landdb_adminunit unit JOIN parcels_plot p ON p.commune_id = unit.id
        WHERE unit.valid_to >= %(last)s AND unit.valid_to < %(today)s""",
    ),
)


@transaction.atomic
def turn(now: dt.datetime | None = None) -> dict[str, int]:
    """Have judged again what ran out since the last day looked at, also over days that were slept through.

    The plots per clock; nothing where the day has been looked at already. Where a rule begins or ends, every
    plot is classified; as long as another whole run is open, the day waits.
    """
    today = timezone.localdate((now or timezone.now()) - GRACE)
    held = JudgedDay.held(lambda: _first_day(today))
    if held.day >= today:
        return {}
    counts: dict[str, int] = {}
    if _rules_turned(held.day, today):
        try:
            with transaction.atomic():
                jobs.start("classify", cause=GroupMove.Cause.TIME.value)
        except IntegrityError:
            return {}
    else:
        counts = _run_out(held.day, today)
        if any(counts.values()):
            jobs.start(due.JOB)
    held.day = today
    held.save(update_fields=["day"])
    return counts


def _first_day(today: dt.date) -> dt.date:
    """Before the first look: the day on which the oldest of the judgements may have been formed."""
    first = GroupMove.objects.aggregate(at=Min("at"))["at"]
    return timezone.localdate(first) if first else today


def _run_out(last: dt.date, today: dt.date) -> dict[str, int]:
    """Put the plots of each clock on the list of what is due."""
    rulings = {ruling.rule.id: ruling for ruling in book.current(today).rulings}
    counts = {}
    for clock in CLOCKS:
        served = [rulings[rule] for rule in clock.rules if rule in rulings]
        if served or not clock.rules:
            days = int(served[0].tolerance) if served else 0
            params = {"last": last, "today": today, "tolerance": days}
            counts[clock.name] = due.note(clock.query, params, GroupMove.Cause.TIME)
    return counts


def _rules_turned(last: dt.date, today: dt.date) -> bool:
    """Does a rule begin or end between these days?"""
    begins = Q(active_from__gt=last, active_from__lte=today)
    ends = Q(active_to__gte=last, active_to__lt=today)
    return RuleSetting.objects.filter(begins | ends, is_on=True).exists()
