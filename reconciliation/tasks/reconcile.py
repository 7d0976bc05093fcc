"""Match every land user with the registry, commune by commune."""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Iterable
from typing import Any

import pyarrow.compute as pc
from django.db import connection
from django.db.models import Count
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from landdb import bulk
from landdb.jobs import JobKind, register
from landdb.models import Job
from parcels.models import LandUser

from ..matching import engine, refresh, registry, results, work_items
from ..models import Duplicate, Match, Verification
from .duplicates import look_through

log = logging.getLogger(__name__)

#: Land users of a chunk: few enough for little memory, enough that reading the registry once per chunk pays.
LARGEST, SMALLEST = 40_000, 5_000


@register
class Reconcile(JobKind):
    """Snapshot of the registry, then communes of land users, each with matches, outcomes and work items.

    Who of them is one person is looked for last, over all communes at once.
    """

    name = "reconcile"
    title = _("Đối chiếu dân cư")
    phases = (
        ("snapshot", _("Chụp dữ liệu dân cư")),
        ("match", _("Đối chiếu")),
        ("duplicates", _("Tìm bản ghi trùng")),
    )

    def chunks(self, job: Job, phase: str) -> Iterable[str]:
        if phase == "snapshot":
            return ["registry"]
        if phase == "duplicates":
            return ["province"]
        counts = LandUser.objects.live().values_list("commune").annotate(n=Count("pk")).order_by("commune")
        return chunk_keys({commune or 0: n for commune, n in counts})

    def work(self, job: Job, phase: str, key: str) -> dict[str, int]:
        if phase == "snapshot":
            facts = registry.measure()
            registry.ensure(job)
            return {"residents": facts.residents, "absent_ppm": round(facts.absent * 1_000_000)}
        return look_through() if phase == "duplicates" else _match_chunk(job, key)

    def finish(self, job: Job) -> dict[str, Any]:
        registry.remove(job)
        counts: Counter[str] = Counter()
        for chunk in job.chunks.filter(phase="match"):
            counts.update(chunk.counts)
        with connection.cursor() as cursor:
            cursor.execute(
                "ANALYZE reconciliation_match, reconciliation_verification, reconciliation_workitem"
            )
        told = Verification.objects.values_list("outcome").annotate(n=Count("pk")).order_by("outcome")
        kinds = Duplicate.objects.open().values_list("kind").annotate(n=Count("pk")).order_by("kind")
        return {
            "land_users": counts["land_users"],
            "outcomes": {outcome: counts[outcome] for outcome in Match.Outcome.values},
            "verification": dict(told),
            "duplicates": dict(kinds),
            "written": {name: counts[name] for name in sorted(counts) if name not in Match.Outcome.values},
        }

    def fail(self, job: Job) -> None:
        registry.remove(job)


def chunk_keys(land_users: dict[int, int]) -> list[str]:
    """Chunks for communes with so many land users (0: no commune).

    "3-9" is the communes from 3 to 9, "7#0/2" the first half of a large one.
    """
    target = min(max(sum(land_users.values()) // 8, SMALLEST), LARGEST)
    keys: list[str] = []
    together: list[int] = []
    for commune, n in sorted(land_users.items()):
        parts = -(-n // LARGEST)
        if together and (parts > 1 or sum(land_users[other] for other in together) + n > target):
            keys.append(f"{together[0]}-{together[-1]}")
            together = []
        if parts > 1:
            keys += [f"{commune}#{part}/{parts}" for part in range(parts)]
        else:
            together.append(commune)
    return [*keys, f"{together[0]}-{together[-1]}"] if together else keys


def scope(key: str) -> str:
    """The land users `u` of a chunk as an SQL condition; what was merged into another takes no part."""
    communes, _hash, part = key.partition("#")
    first, _dash, last = communes.partition("-")
    condition = f"u.commune_id BETWEEN {int(first)} AND {int(last or first)}"
    if int(first) == 0:
        condition = f"({condition} OR u.commune_id IS NULL)"
    if part:
        number, parts = map(int, part.split("/"))
        condition += f" AND u.id % {parts} = {number}"
    return f"{condition} AND u.merged_into_id IS NULL"


def _match_chunk(job: Job, key: str) -> dict[str, int]:
    begun = timezone.now()
    facts = registry.facts_of(job.chunks.get(phase="snapshot"))
    people = bulk.read(f"{engine.LAND_USERS} WHERE {scope(key)}")
    decided = bulk.read(f"{engine.DECIDED} AND {scope(key)}")
    with registry.session(registry.ensure(job)) as session:
        found = engine.match(session, people, decided, facts)
    written, reopened = results.store(found)
    written += work_items.store()
    # What people decided while this chunk was at work is judged again on their word.
    ids = people.column("id").to_pylist()
    meanwhile = Match.objects.filter(land_user__in=ids, decided_at__gte=begun).values_list(
        "land_user", flat=True
    )
    again = sorted({*reopened, *meanwhile})
    if reopened:
        job.say(f"{len(reopened)} ↺")
    refresh(again)
    return {"land_users": people.num_rows, **_bands(found), **written}


def _bands(found: engine.Outcome) -> dict[str, int]:
    """Land users by the outcome of their best candidate; without a candidate: none."""
    by_outcome = {
        outcome: pc.count_distinct(
            found.matches.filter(pc.equal(found.matches["outcome"], outcome))["land_user_id"]
        ).as_py()
        for outcome in ("accept", "review")
    }
    return {**by_outcome, "none": found.verifications.num_rows - sum(by_outcome.values())}
