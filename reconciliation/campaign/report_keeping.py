"""The reports that are kept as they were first made, so that one made again can be laid beside them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from pathlib import Path

from django.conf import settings
from django.db.models import Max

from landdb.intake import keeping
from landdb.models import RegistrationOffice

from ..models import StoredReport, WeeklySnapshot
from .report import report
from .report_docx import docx
from .report_parts import Report
from .report_past import Territory
from .report_xlsx import xlsx

MAKERS = {"docx": docx, "xlsx": xlsx}


def stored(territory: Territory, week: dt.date, revision: int) -> StoredReport | None:
    """The report as it was first made from that revision."""
    return StoredReport.objects.filter(
        week=week, revision=revision, office=territory.office, commune=territory.commune
    ).first()


def keep(territory: Territory, told: Report) -> StoredReport:
    """Keep a report's files; whoever comes first has made it."""
    if known := stored(territory, told.week, told.revision):
        return known
    places: dict[str, str] = {}
    for kind, make in MAKERS.items():
        path, digest, _size = keeping.keep([make(told)], f".{kind}")
        places |= {f"{kind}_path": path.name, f"{kind}_sha256": digest}
    found, _made = StoredReport.objects.get_or_create(
        week=told.week,
        revision=told.revision,
        office=territory.office,
        commune=territory.commune,
        defaults={"fingerprint": told.fingerprint, **places},
    )
    return found


def keep_due() -> int:
    """Keep the reports of the province and of the offices on all closed weeks that have none; how many."""
    kept = 0
    for territory, week, revision in _due():
        told = report(territory, week, revision)
        if told is not None:
            keep(territory, told)
            kept += 1
    return kept


def _due() -> Iterator[tuple[Territory, dt.date, int]]:
    """A report per revision; the last one of a week says all that the earlier ones were corrected to."""
    known = set(StoredReport.objects.filter(commune=None).values_list("week", "revision", "office"))
    for office in (None, *RegistrationOffice.objects.filter(communes__isnull=False).distinct()):
        rows = (
            WeeklySnapshot.objects.all()
            if office is None
            else WeeklySnapshot.objects.filter(commune__office=office)
        )
        last = rows.order_by("week").values_list("week").annotate(last=Max("revision"))
        for week, revision in last:
            if (week, revision, office.pk if office else None) not in known:
                yield Territory(office=office), week, revision


def path_of(kept: StoredReport, kind: str) -> Path:
    """Where the kept file lies."""
    return Path(settings.FILES_DIR) / str(getattr(kept, f"{kind}_path"))
