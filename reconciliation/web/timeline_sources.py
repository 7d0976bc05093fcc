"""Where the lines of a timeline come from: each source gives its newest before a place, and no more.

All of them stand on what one record and its neighbours have, through the index of their own table; nothing is
counted or skipped over.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Any

from django.apps import apps
from django.db import connection
from django.db.models import Count, Min, Q, QuerySet
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from landdb.models import ReceivedFile

from ..models import Change, ChangeSet, Decision, Finding, GroupMove, Verification, WorkItem
from . import timeline_audit
from .timeline_subject import CERTIFICATE, FINDING, HOLDING, ITEM, LAND_USER, PLOT, Subject

_EPOCH, _MICROSECOND = dt.datetime.fromtimestamp(0, dt.UTC), dt.timedelta(microseconds=1)

#: What a line is about, in the order in which they may be asked for.
KINDS = {
    "import": _("Nhập tệp"),
    "match": _("Đối chiếu"),
    "decision": _("Quyết định"),
    "correction": _("Sửa thông tin"),
    "finding": _("Vướng mắc"),
    "group": _("Đổi nhóm"),
    "handover": _("Chuyển việc"),
    "merge": _("Gộp, tách"),
}
_SETS = {
    "import": [ChangeSet.Kind.IMPORT],
    "decision": [ChangeSet.Kind.MATCH, ChangeSet.Kind.CONFIRM],
    "correction": [ChangeSet.Kind.CORRECTION, ChangeSet.Kind.SCAN],
    "finding": [ChangeSet.Kind.WAIVER],
    "handover": [ChangeSet.Kind.HANDOVER, ChangeSet.Kind.POLICE],
    "merge": [ChangeSet.Kind.MERGE],
}


@dataclass(frozen=True, slots=True)
class Place:
    """Where a page begins: after the line of this moment, source and key."""

    at: dt.datetime
    source: int
    pk: int

    @classmethod
    def read(cls, raw: str) -> Place | None:
        found = re.fullmatch(r"(\d{1,17})\.(\d{1,2})\.(\d{1,18})", raw)
        return cls(_EPOCH + int(found[1]) * _MICROSECOND, int(found[2]), int(found[3])) if found else None

    def __str__(self) -> str:
        return f"{(self.at - _EPOCH) // _MICROSECOND}.{self.source}.{self.pk}"

    def older(self, source: int, at: str, pk: str) -> Q:
        """What comes after this place in a source: older, or as old and further down."""
        earlier = Q(**{f"{at}__lt": self.at})
        if source > self.source:
            return earlier | Q(**{at: self.at})
        return earlier | Q(**{at: self.at, f"{pk}__lt": self.pk}) if source == self.source else earlier


@dataclass(frozen=True, slots=True)
class Head:
    """A line before it is put into words: its place, what it is about, and what it tells of."""

    at: dt.datetime
    source: int
    pk: int
    kind: str
    told: Any

    @property
    def place(self) -> Place:
        return Place(self.at, self.source, self.pk)

    @property
    def order(self) -> tuple[dt.datetime, int, int]:
        """Newest first under `reverse`: of one moment, the lower source comes first."""
        return self.at, -self.source, self.pk


Source = Callable[[Subject, str, Place | None, int], Iterable[Head]]


def page(subject: Subject, kind: str, before: Place | None, size: int) -> list[Head]:
    """Up to `size` + 1 lines from a place on, newest first; `kind` one of KINDS, or empty for all."""
    heads = [head for source in _SOURCES for head in source(subject, kind, before, size + 1)]
    return sorted(heads, key=lambda head: head.order, reverse=True)[: size + 1]


def _sets(subject: Subject, kind: str, before: Place | None, size: int) -> Iterator[Head]:
    """Change sets that changed something here: when applied, else when planned; and when taken back."""
    if kind and kind not in _SETS:
        return
    # Read first: what changed here is a handful, and the planner would not believe it. A decision on somebody
    # without candidates changed nothing, nor did one whose candidates are gone since.
    changed = Change.objects.filter(changed_records(subject)).order_by().values_list("change_set")
    words = Decision.objects.filter(land_user__in=subject.ids(LAND_USER)).order_by().values_list("change_set")
    sets: QuerySet[Any] = ChangeSet.objects.filter(pk__in=[pk for (pk,) in changed.union(words)])
    if kind:
        sets = sets.filter(kind__in=_SETS[kind])
    told = []
    for pk, at, undone_at in sets.values_list("pk", Coalesce("applied_at", "planned_at"), "undone_at"):
        told += [Head(moment, source, pk, "", None) for source, moment in ((1, at), (2, undone_at)) if moment]
    heads = sorted(_after(told, before), key=lambda head: head.order, reverse=True)[:size]
    if not heads:
        return
    people = ("planned_by", "applied_by", "undone_by", "file", "file__batch__decided_by", "decision")
    whole = ChangeSet.objects.select_related(*people, "consent__asked_by", "consent__given_by")
    found = whole.in_bulk({head.pk for head in heads})
    for head in heads:
        yield replace(head, kind=_kind_of(found[head.pk]), told=found[head.pk])


def changed_records(subject: Subject) -> Q:
    """Changes of the subject's records."""
    wanted = Q(pk__in=[])
    for label, ids in subject.records.items():
        if ids:
            wanted |= Q(model=label, record_id__in=ids)
    return wanted


def _kind_of(change_set: ChangeSet) -> str:
    return next(kind for kind, sets in _SETS.items() if change_set.kind in sets)


def _moves(subject: Subject, kind: str, before: Place | None, size: int) -> Iterator[Head]:
    """Moves between groups; those of one moment, cause and direction are one line."""
    if kind not in ("", "group") or not subject.moved:
        return
    rows: Any = GroupMove.objects.filter(plot__in=subject.moved).values(
        "at", "cause", "from_group", "to_group", "job__rule_draft", "job__rule_draft__reason"
    )
    rows = rows.annotate(n=Count("pk"), first=Min("pk"), plot=Min("plot_id"))
    if before:
        rows = rows.filter(before.older(3, "at", "first"))
    for row in rows.order_by("-at", "-first")[:size]:
        yield Head(row["at"], 3, row["first"], "group", row)


def _opened(subject: Subject, kind: str, before: Place | None, size: int) -> Iterator[Head]:
    yield from _findings(subject, kind, before, size, 4, "opened_at")


def _closed(subject: Subject, kind: str, before: Place | None, size: int) -> Iterator[Head]:
    yield from _findings(subject, kind, before, size, 5, "closed_at")


def _findings(
    subject: Subject, kind: str, before: Place | None, size: int, source: int, moment: str
) -> Iterator[Head]:
    if kind not in ("", "finding") or subject.found is None or not subject.ids(FINDING):
        return
    rows: Any = Finding.objects.filter(subject.found, **{f"{moment}__isnull": False}).values(moment, "rule")
    rows = rows.annotate(n=Count("pk"), first=Min("pk"), plot=Min("plot_id"))
    if before:
        rows = rows.filter(before.older(source, moment, "first"))
    for row in rows.order_by(f"-{moment}", "-first")[:size]:
        yield Head(row[moment], source, row["first"], "finding", {**row, "is_opened": moment == "opened_at"})


def _files(subject: Subject, kind: str, before: Place | None, size: int) -> Iterator[Head]:
    """The files that the records came with, and the row where it is known."""
    if kind not in ("", "import"):
        return
    came: dict[int, set[int]] = {}
    for file, row in _came_with(subject):
        came.setdefault(file, set()).update([row] if row is not None else [])
    if not came:
        return
    files = ReceivedFile.objects.filter(pk__in=came).select_related("received_by", "batch__decided_by")
    files = files.only(
        "received_at", "kind", "name", "received_by__full_name", "batch__decided_by__full_name"
    )
    heads = [Head(file.received_at, 6, file.pk, "import", (file, sorted(came[file.pk]))) for file in files]
    yield from _after(heads, before)


def _came_with(subject: Subject) -> list[tuple[int, int | None]]:
    """The files that the records came with, of holdings with the row."""
    rows = {PLOT: "NULL::int", LAND_USER: "NULL::int", CERTIFICATE: "NULL::int", HOLDING: '"row"'}
    asked = {label: ids for label in rows if (ids := subject.ids(label))}
    parts = [
        f"SELECT file_id, {rows[label]} FROM {apps.get_model(label)._meta.db_table} "  # noqa: S608
        "WHERE id = ANY (%s) AND file_id IS NOT NULL"
        for label in asked
    ]
    with connection.cursor() as cursor:
        cursor.execute(" UNION ".join(parts), list(asked.values()))
        return list(cursor.fetchall())


def _standing(subject: Subject, kind: str, before: Place | None, size: int) -> Iterator[Head]:
    """Since when the registry says what it says now, and since when a person was asked."""
    if kind not in ("", "match"):
        return
    heads = []
    if ids := subject.ids(LAND_USER):
        results = Verification.objects.filter(pk__in=ids).select_related("land_user")
        results = results.only("since", "outcome", "land_user__name")
        heads += [Head(result.since, 7, result.pk, "match", result) for result in results]
    if ids := subject.ids(ITEM):
        items = WorkItem.objects.filter(pk__in=ids).select_related("land_user")
        for item in items.only("opened_at", "closed_at", "land_user__name"):
            heads.append(Head(item.opened_at, 8, item.pk, "match", item))
            if item.closed_at is not None:
                heads.append(Head(item.closed_at, 9, item.pk, "match", item))
    yield from _after(heads, before)


def _audited(subject: Subject, kind: str, before: Place | None, size: int) -> Iterator[Head]:
    """What the database itself kept of changes that no change set tells of."""
    if kind not in ("", "match", "correction"):
        return
    heads = [
        Head(told.at, 10, told.pk, "match" if told.is_match else "correction", told)
        for told in timeline_audit.of(subject)
    ]
    yield from (head for head in _after(heads, before) if kind in ("", head.kind))


def _after(heads: Iterable[Head], before: Place | None) -> Iterator[Head]:
    """Those after a place, where all were read at once."""
    for head in heads:
        if before is None or head.order < (before.at, -before.source, before.pk):
            yield head


_SOURCES: tuple[Source, ...] = (
    _sets,
    _moves,
    _opened,
    _closed,
    _files,
    _standing,
    _audited,
)
