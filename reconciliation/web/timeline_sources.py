"""The lines of a timeline before they are put into words: the newest before a place, and no more."""

from __future__ import annotations

import datetime as dt
import json
import re
from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.utils.translation import gettext_lazy as _

from ..models import Change, ChangeSet
from . import timeline_statements
from .timeline_statements import Source
from .timeline_subject import MATCH, Subject

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
_SETS: dict[str, list[str]] = {
    "import": [ChangeSet.Kind.IMPORT.value],
    "decision": [ChangeSet.Kind.MATCH.value, ChangeSet.Kind.CONFIRM.value],
    "correction": [ChangeSet.Kind.CORRECTION.value, ChangeSet.Kind.SCAN.value],
    "finding": [ChangeSet.Kind.WAIVER.value],
    "handover": [ChangeSet.Kind.HANDOVER.value, ChangeSet.Kind.POLICE.value],
    "merge": [ChangeSet.Kind.MERGE.value],
}
_KIND_OF_SET = {each: kind for kind, sets in _SETS.items() for each in sets}
_KIND_OF = {
    Source.MOVED: "group",
    Source.OPENED: "finding",
    Source.CLOSED: "finding",
    Source.FILE: "import",
    Source.VERIFIED: "match",
    Source.ASKED: "match",
    Source.SETTLED: "match",
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


@dataclass(frozen=True, slots=True)
class Head:
    """A line before it is put into words: its place, and what its source tells (`timeline_statements`)."""

    at: dt.datetime
    source: Source
    pk: int
    told: dict[str, Any]

    @property
    def place(self) -> Place:
        return Place(self.at, self.source, self.pk)

    @property
    def is_set(self) -> bool:
        """A change set, applied or taken back."""
        return self.source in (Source.APPLIED, Source.UNDONE)

    @property
    def kind(self) -> str:
        """What the line is about: one of KINDS."""
        if self.is_set:
            return _KIND_OF_SET[self.told["kind"]]
        if self.source == Source.AUDITED:
            return "match" if self.told["model"] == MATCH else "correction"
        return _KIND_OF[self.source]


def page(subject: Subject, kind: str, before: Place | None, size: int) -> list[Head]:
    """Up to `size` + 1 lines from a place on, newest first; `kind` one of KINDS, or empty for all."""
    has_sets = kind in _SETS or not kind
    sql = timeline_statements.newest(subject, kind, is_after=before is not None, has_sets=has_sets)
    if not sql:
        return []
    values = {**subject.values, "size": size + 1}
    if kind in _SETS:
        values["sets"] = _SETS[kind]
    if before is not None:
        values |= {"at": before.at, "source": -before.source, "pk": before.pk}
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return [Head(at, Source(source), pk, json.loads(told)) for source, at, pk, told in cursor.fetchall()]


def changes_of(subject: Subject, sets: list[int]) -> dict[int, list[Change]]:
    """What these change sets changed of the subject's records, by change set."""
    by_set: dict[int, list[Change]] = {pk: [] for pk in sets}
    if sets:
        sql = timeline_statements.CHANGES.format(changed=timeline_statements.changed(subject))
        for change in Change.objects.raw(sql, {**subject.values, "keys": sets}):
            by_set[change.change_set_id].append(change)
    return by_set
