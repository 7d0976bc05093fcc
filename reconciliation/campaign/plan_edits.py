"""Who changed the plan, when, and what it said before: read from the audit of the database."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from django.apps import apps

from landdb.models import AdminUnit, ReceivedFile, User

from ..models import Target, Task
from .plan import FIELDS


@dataclass(frozen=True, slots=True)
class Edit:
    """One change of a target: field → what it said and says since; `file` where a workbook brought it."""

    at: dt.datetime
    commune: AdminUnit | None
    task: Task
    by: User | None
    file: ReceivedFile | None
    fields: dict[str, tuple[Any, Any]]


def edits(communes: Collection[int] | None, most: int, *, task: Task | None = None) -> list[Edit]:
    """The last changes of the communes' targets, the newest first (communes None: all)."""
    events: Any = apps.get_model("reconciliation.TargetEvent")._default_manager
    within: dict[str, Any] = {} if communes is None else {"commune__in": list(communes)}
    if task:
        within["task"] = task
    rows = list(
        events.filter(pgh_label="before_update", **within)
        .select_related("pgh_context")
        .order_by("-pk")[:most]
    )
    after: dict[int, Any] = Target.objects.in_bulk({row.pgh_obj_id for row in rows})
    told = [getattr(row.pgh_context, "metadata", None) or {} for row in rows]
    users = User.objects.in_bulk({each["user"] for each in told if each.get("user")})
    files = ReceivedFile.objects.in_bulk({each["file"] for each in told if each.get("file")})
    units = AdminUnit.objects.in_bulk({row.commune_id for row in rows})
    found = []
    for row, metadata in zip(rows, told, strict=True):
        newer = after.get(row.pgh_obj_id)
        after[row.pgh_obj_id] = row
        if newer is None:
            continue
        pairs = {name: (getattr(row, name), getattr(newer, name)) for name in FIELDS}
        fields = {name: pair for name, pair in pairs.items() if pair[0] != pair[1]}
        if fields:
            found.append(
                Edit(
                    row.pgh_created_at,
                    units.get(row.commune_id),
                    Task(row.task),
                    users.get(metadata.get("user")),
                    files.get(metadata.get("file")),
                    fields,
                )
            )
    return found
