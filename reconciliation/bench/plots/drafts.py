"""The job `what_if` under measurement: what one changed rule would move, for changes of each kind."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from django.conf import settings

from landdb.jobs import wait
from landdb.models import Job, Role, User

from ...actions import rule_drafts
from ...actions.rule_drafts import Wanted
from ...models import Effect
from ...rules.catalogue import by_id
from .. import usage

#: Effects and switches are answered by the standing findings; of a tolerance the conditions are asked anew.
DRAFTS: Mapping[str, tuple[str, dict[str, Any]]] = {
    "a frequent supplement rebuilds": ("id_number_outdated", {"effect": Effect.REBUILD.value}),
    "the same is but noted": ("id_number_outdated", {"effect": Effect.NOTE.value}),
    "a note becomes a supplement": ("phone_missing", {"effect": Effect.SUPPLEMENT.value}),
    "a frequent rule is switched off": ("map_only", {"is_on": False}),
    "an area may differ twice as much": ("area_differs_from_map", {"tolerance": 10.0}),
    "half as much, and rebuilds": (
        "area_differs_from_map",
        {"tolerance": 2.0, "effect": Effect.REBUILD.value},
    ),
    "evidence ages in a month": ("evidence_stale", {"tolerance": 30.0}),
}


def count_each() -> dict[str, dict[str, Any]]:
    """Draft each change, have its moves counted by the worker, and throw it away; by name."""
    by = User.objects.filter(role=Role.MANAGER).order_by("pk")[0]
    return {name: _count(rule, changed, by) for name, (rule, changed) in DRAFTS.items()}


def _count(rule_id: str, changed: Mapping[str, Any], by: User) -> dict[str, Any]:
    rule = by_id(rule_id)
    draft = rule_drafts.draft(rule, replace(Wanted.now(rule), **changed), by=by, reason="bench")
    with usage.watched(Path(settings.VAR)) as used:
        rule_drafts.count(draft, by=by)
        job = wait.wait(Job.objects.filter(kind="what_if").latest("pk"), quiet=True)
    draft.refresh_from_db()
    rule_drafts.throw_away(draft, by=by)
    return {
        "rule": rule_id,
        "seconds": round(job.seconds, 2),
        "moves": job.result["moves"],
        "processor_seconds": used.processor,
        "peak_gb": used.peak_gb(),
    }
