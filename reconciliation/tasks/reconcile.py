"""Match every land user with the registry: snapshot, fit of the weights, then commune by commune."""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Iterable
from typing import Any

import duckdb
from django.db import connection
from django.db.models import Count
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from landdb import bulk
from landdb.jobs import JobKind, register
from landdb.models import Job
from parcels.models import LandUser

from ..matching import bands, engine, fits, frequencies, refresh, registry, results, training, work_items
from ..matching.weights import load
from ..models import Match, Verification
from .duplicates import look_again

log = logging.getLogger(__name__)

#: Land users of a chunk: few enough for little memory, enough that reading the registry once per chunk pays.
LARGEST, SMALLEST = 200_000, 15_000
#: Chunks, where there is enough for them, so that every worker has some.
FEWEST = 6


@register
class Reconcile(JobKind):
    """Snapshot of the registry, then communes of land users, each with matches, outcomes and work items.

    Who of them is one person is looked for last, over all communes at once.
    """

    name = "reconcile"
    title = _("Đối chiếu dân cư")
    phases = (
        ("snapshot", _("Chụp dữ liệu dân cư")),
        ("fit", _("Ước lượng trọng số")),
        ("match", _("Đối chiếu")),
    )

    def chunks(self, job: Job, phase: str) -> Iterable[str]:
        if phase == "snapshot":
            return ["registry"]
        if phase == "fit":
            residents = job.chunks.get(phase="snapshot").counts["residents"]
            return ["weights", "frequencies"] if fits.is_due(residents) else ["frequencies"]
        counts = LandUser.objects.live().values_list("commune").annotate(n=Count("pk")).order_by("commune")
        return chunk_keys({commune or 0: n for commune, n in counts})

    def work(self, job: Job, phase: str, key: str) -> dict[str, int]:
        if phase == "snapshot":
            return _snapshot(job)
        if phase == "fit":
            return _fit(job) if key == "weights" else _count(job)
        return _match_chunk(job, key)

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
        look_again(job)
        return {
            "land_users": counts["land_users"],
            "outcomes": {outcome: counts[outcome] for outcome in Match.Outcome.values},
            "verification": dict(told),
            "written": {name: counts[name] for name in sorted(counts) if name not in Match.Outcome.values},
        }

    def fail(self, job: Job) -> None:
        registry.remove(job)


def chunk_keys(land_users: dict[int, int]) -> list[str]:
    """Chunks for communes with so many land users (0: no commune): an even number, about equal in size.

    "3-9" is the communes from 3 to 9, "7#0/2" the first half of a large one.
    """
    every = sum(land_users.values())
    wanted = max(-(-every // LARGEST), min(-(-every // SMALLEST), FEWEST))
    share = max(every / (wanted + wanted % 2), 1.0)
    keys: list[str] = []
    before, last_share = 0, -1
    for commune, n in sorted(land_users.items()):
        # Where the middle of the commune lies among all land users.
        of_share = int((before + n / 2) / share)
        before += n
        parts = -(-n // LARGEST)
        if parts > 1:
            keys += [f"{commune}#{part}/{parts}" for part in range(parts)]
            of_share = -1
        elif of_share == last_share:
            keys[-1] = f"{keys[-1].partition('-')[0]}-{commune}"
        else:
            keys.append(f"{commune}-{commune}")
        last_share = of_share
    return keys


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


def _snapshot(job: Job) -> dict[str, int]:
    with registry.session(registry.ensure(job)) as session:
        residents = registry.residents_of(session)
    return {
        "residents": residents,
        "extract": registry.newest_extract(),
        "is_first": int(not Verification.objects.exists()),
    }


def _count(job: Job) -> dict[str, int]:
    """Keep what the registry's names and places have in common, for looking up single land users."""
    with registry.session(registry.ensure(job)) as session:
        return {"frequencies": frequencies.store(session)}


def _fit(job: Job) -> dict[str, int]:
    share = LandUser.objects.live().count() // training.SAMPLE + 1
    people = bulk.read(f"{engine.LAND_USERS} WHERE u.id % {share} = 0 AND {training.LEARNT_FROM}")
    with registry.session(registry.ensure(job), threads=2) as session:
        facts = registry.facts_of(session)
        fitted = training.train(session, engine.with_second(people), bands.offices(), facts, load())
    fits.keep(fitted, facts, job)
    return {"land_users": people.num_rows}


def _match_chunk(job: Job, key: str) -> dict[str, int]:
    begun = timezone.now()
    force = fits.in_force()
    where = f" WHERE {scope(key)}"
    people = engine.with_second(bulk.read(engine.LAND_USERS + where))
    decided = bulk.read(engine.DECIDED + f" AND {scope(key)}") if Match.objects.spoken_of().exists() else None
    old = results.stored(where) if _may_have_results(job, key) else results.nothing()
    with registry.session(registry.ensure(job)) as session:
        engine.match(session, people, decided or engine.NOBODY, force.facts, force.weights, force.accept)
        counts = _bands(session)
        found = results.differences(session, *old)
    written, reopened = results.store(found)
    written += work_items.store(found.needs_work, found.needs_none)
    # What people decided while this chunk was at work is judged again on their word.
    decided_since = Match.objects.exclude(state=Match.State.PROPOSED).filter(decided_at__gte=begun)
    meanwhile = set(decided_since.values_list("land_user", flat=True))
    if meanwhile:
        meanwhile &= set(people.column("id").to_pylist())
    again = sorted({*reopened, *meanwhile})
    if reopened:
        job.say(f"{len(reopened)} ↺")
    refresh(again)
    return {"land_users": people.num_rows, **counts, **written}


def _may_have_results(job: Job, key: str) -> bool:
    """Whether earlier results are to be looked for: a first run finds none, or nearly none.

    Somebody may have matched a single land user meanwhile. Then the new rows clash with that one's, and the
    chunk is done again, with a look.
    """
    is_first = job.chunks.get(phase="snapshot").counts.get("is_first", 0)
    return not is_first or job.chunks.filter(phase="match", key=key, attempts__gt=0).exists()


def _bands(session: duckdb.DuckDBPyConnection) -> dict[str, int]:
    """Land users by the outcome of their best candidate; without a candidate: none."""
    accepted, review, every = session.execute(
        "SELECT (SELECT count(DISTINCT land_user_id) FROM match_out WHERE outcome = 'accept'),"
        " (SELECT count(DISTINCT land_user_id) FROM match_out WHERE outcome = 'review'),"
        " (SELECT count(*) FROM verification_out)"
    ).fetchall()[0]
    return {"accept": accepted, "review": review, "none": every - accepted - review}
