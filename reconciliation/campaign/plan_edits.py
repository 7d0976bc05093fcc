"""Who set, changed or took away a target, when, and what it said: read from the audit of the database."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from django.apps import apps

from landdb.models import AdminUnit, ReceivedFile, User

from ..models import Target, Task
from .plan import FIELDS


@dataclass(frozen=True, slots=True)
class Edit:
    """One change of a target: field → what it said and says since; `file` where a workbook brought it.

    A first assignment has said nothing, one that was taken away (for a `reason`) says nothing any more.
    """

    class Kind(StrEnum):
        FIRST, CHANGED, REMOVED = "first", "before_update", "before_delete"

    at: dt.datetime
    commune: AdminUnit | None
    task: Task
    by: User | None
    file: ReceivedFile | None
    fields: dict[str, tuple[Any, Any]]
    kind: Kind
    reason: str = ""


def edits(communes: Collection[int] | None, most: int, *, task: Task | None = None) -> list[Edit]:
    """The last changes of the communes' targets, the newest first (communes None: all)."""
    events: Any = apps.get_model("reconciliation.TargetEvent")._default_manager
    within: dict[str, Any] = {} if communes is None else {"commune__in": list(communes)}
    if task:
        within["task"] = task
    rows = list(events.filter(**within).select_related("pgh_context").order_by("-pk")[:most])
    after: dict[int, Any] = Target.objects.in_bulk({row.pgh_obj_id for row in rows})
    told = [getattr(row.pgh_context, "metadata", None) or {} for row in rows]
    users = User.objects.in_bulk({each["user"] for each in told if each.get("user")})
    files = ReceivedFile.objects.in_bulk({each["file"] for each in told if each.get("file")})
    units = AdminUnit.objects.in_bulk({row.commune_id for row in rows})
    found = []
    for row, metadata in zip(rows, told, strict=True):
        kind = Edit.Kind(row.pgh_label)
        fields = _fields(kind, row, after.get(row.pgh_obj_id))
        after[row.pgh_obj_id] = row
        if fields:
            found.append(
                Edit(
                    row.pgh_created_at,
                    units.get(row.commune_id),
                    Task(row.task),
                    users.get(metadata.get("user")),
                    files.get(metadata.get("file")),
                    fields,
                    kind,
                    metadata.get("reason", ""),
                )
            )
    return found


def _fields(kind: Edit.Kind, row: Any, newer: Any) -> dict[str, tuple[Any, Any]]:
    """What an event tells; `newer` is what stood after it."""
    if kind == Edit.Kind.FIRST:
        return {name: (None, said) for name in FIELDS if (said := getattr(row, name)) != ""}
    if kind == Edit.Kind.REMOVED:
        return {name: (said, None) for name in FIELDS if (said := getattr(row, name)) != ""}
    pairs = {name: (getattr(row, name), getattr(newer, name)) for name in FIELDS} if newer else {}
    return {name: pair for name, pair in pairs.items() if pair[0] != pair[1]}
