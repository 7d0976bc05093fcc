"""The registry snapshot of a run: a local DuckDB file that every machine's workers build for themselves."""

from __future__ import annotations

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

import duckdb
from django.conf import settings
from django.db import connection

from landdb import bulk
from landdb.models import Job, JobChunk

from . import statements
from .weights import load

RESIDENTS = (
    "SELECT r.id, r.commune_id AS commune, r.name_key, r.name_fold, r.birth_on, r.birth_year, r.sex,"
    " r.village_fold AS village, r.status, r.id_number, r.former_number FROM citizens_resident r"
)
#: Residents read at a time; bounds the memory of the snapshot.
WINDOW = 400_000
#: Land users whose numbers are looked up to estimate how many are not in the registry.
SAMPLE = 50_000


class Facts(NamedTuple):
    """What the whole registry says: its residents, and the share of land users who are not among them."""

    residents: int
    absent: float


def measure() -> Facts:
    """Count the registry, and estimate the absent from the citizens' numbers that it does not know."""
    prior = load().prior
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*), (SELECT count(*) FROM parcels_landuser) FROM citizens_resident")
        residents, land_users = cursor.fetchone()
        cursor.execute(
            "SELECT count(*), count(*) FILTER (WHERE EXISTS ("
            "SELECT FROM citizens_resident r WHERE r.id_number = u.id_number AND r.id_number <> ''))"
            " FROM parcels_landuser u"
            " WHERE u.kind = 'individual' AND u.id_kind = 'citizen' AND u.id %% %s = 0",
            [land_users // SAMPLE + 1],
        )
        numbers, found = cursor.fetchone()
    if numbers < 100:
        return Facts(max(residents, 1), prior["absent"])
    absent = 1 - found / numbers - prior["typing_errors"]
    # Whole millionths, so that the facts survive the journey through a chunk's counts unchanged.
    return Facts(max(residents, 1), round(min(max(absent, prior["lowest"]), prior["highest"]), 6))


def last_facts() -> Facts:
    """The facts that the last reconcile measured; measured now where there was none."""
    chunk = (
        JobChunk.objects.filter(job__kind="reconcile", phase="snapshot", done_at__isnull=False)
        .order_by("-id")
        .first()
    )
    return facts_of(chunk) if chunk else measure()


def facts_of(chunk: JobChunk) -> Facts:
    return Facts(chunk.counts["residents"], chunk.counts["absent_ppm"] / 1_000_000)


def ensure(job: Job) -> Path:
    """The snapshot of a job on this machine, built where it is lacking; one worker builds, others wait."""
    folder = _folder()
    path = folder / f"registry-{job.pk}.duckdb"
    if path.exists():
        return path
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not path.exists():
            _sweep(keep=path)
            _build(path)
    return path


def remove(job: Job) -> None:
    """Take a job's snapshot away from this machine; other machines sweep theirs at the next run."""
    for path in _folder().glob(f"registry-{job.pk}.duckdb*"):
        path.unlink(missing_ok=True)


@contextmanager
def session(path: Path | None = None) -> Iterator[duckdb.DuckDBPyConnection]:
    """A DuckDB session with the snapshot attached as `registry`; without a path an empty one in memory."""
    with duckdb.connect(":memory:") as opened:
        opened.execute("SET threads = 1")
        opened.execute("SET preserve_insertion_order = false")
        if path is None:
            # For a handful of rows, thinking about the plan takes longer than any plan.
            opened.execute("PRAGMA disable_optimizer")
            opened.execute("ATTACH ':memory:' AS registry")
            statements.run(opened, "registry_tables", {})
        else:
            opened.execute("SET memory_limit = '1200MB'")
            opened.execute(f"SET temp_directory = '{path.parent / 'spill'}'")
            opened.execute(f"ATTACH '{path}' AS registry (READ_ONLY)")
        yield opened


def _build(path: Path) -> None:
    half_done = path.with_suffix(".building")
    half_done.unlink(missing_ok=True)
    with connection.cursor() as cursor:
        cursor.execute("SELECT min(id), max(id) FROM citizens_resident")
        first, last = cursor.fetchone()
    with duckdb.connect(":memory:") as opened:
        opened.execute("SET threads = 1")
        opened.execute("SET memory_limit = '1200MB'")
        opened.execute(f"ATTACH '{half_done}' AS registry")
        statements.run(opened, "registry_tables", {})
        for start in range(first or 0, (last or 0) + 1, WINDOW):
            rows = bulk.read(f"{RESIDENTS} WHERE r.id >= {start} AND r.id < {start + WINDOW}")
            opened.register("incoming_resident", rows)
            statements.run(opened, "registry", {})
            opened.unregister("incoming_resident")
        statements.run(opened, "registry_counts", {})
        opened.execute("DETACH registry")
    half_done.replace(path)


def _sweep(keep: Path) -> None:
    """Remove what jobs that have ended left on this machine."""
    running = {f"registry-{pk}.duckdb" for pk in Job.objects.open().values_list("pk", flat=True)}
    for path in keep.parent.glob("registry-*"):
        if path != keep and path.name not in running:
            path.unlink(missing_ok=True)


def _folder() -> Path:
    folder = Path(settings.VAR) / "matching"
    folder.mkdir(parents=True, exist_ok=True)
    return folder
