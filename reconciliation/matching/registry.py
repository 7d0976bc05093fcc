"""The registry snapshot of a run: a local DuckDB file that every machine's workers build for themselves."""

from __future__ import annotations

import fcntl
from collections import Counter, deque
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import duckdb
import pyarrow as pa
from django.conf import settings
from django.db import connection
from django.utils.translation import gettext as _

from citizens.models import RegistryExtract
from landdb import bulk
from landdb.intake.outcome import Refused
from landdb.models import AdminUnit, Job

from . import frequencies, statements
from .engine import Facts

RESIDENTS = (
    "SELECT r.id, r.commune_id AS commune, r.former_commune, r.name_key, r.name_fold, r.birth_on,"
    " r.birth_year, r.sex, r.village_fold AS village, r.status, r.id_number, r.former_number"
    " FROM citizens_resident r"
)
#: Land users on one certificate with others, with the numbers that may tie them to a resident.
CARRIERS = (
    "SELECT u.id AS land_user, u.name_fold, u.id_number, u.id_kind, u.former_number FROM parcels_landuser u"
    " WHERE u.kind = 'individual' AND u.merged_into_id IS NULL"
    " AND (u.id_number <> '' OR u.former_number <> '')"
)
#: Land users who stand on one certificate, each with each of the others.
PARTNERS = (
    "SELECT DISTINCT a.land_user_id AS land_user, b.land_user_id AS partner FROM parcels_holding a"
    " JOIN parcels_holding b ON b.certificate_id = a.certificate_id AND b.land_user_id <> a.land_user_id"
)
#: Residents read at a time; bounds the memory of the snapshot.
WINDOW = 300_000
#: Windows read side by side, ahead of what is put away.
READERS = 2
MEMORY = "680MB"


def ensure(job: Job) -> Path:
    """The snapshot of a job on this machine, built where it is lacking; one worker builds, others wait.

    Refused where the registry is no longer the one with which the job began.
    """
    folder = _folder()
    path = folder / f"registry-{job.pk}.duckdb"
    if path.exists():
        return path
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not path.exists():
            _sweep(keep=path)
            _build(path, job)
    return path


def remove(job: Job) -> None:
    """Take a job's snapshot away from this machine; other machines sweep theirs at the next run."""
    for path in _folder().glob(f"registry-{job.pk}.duckdb*"):
        path.unlink(missing_ok=True)


@contextmanager
def session(path: Path, *, threads: int = 1) -> Iterator[duckdb.DuckDBPyConnection]:
    """A DuckDB session with the snapshot attached as `registry`."""
    with duckdb.connect(":memory:") as opened:
        opened.execute(f"SET threads = {threads}")
        opened.execute("SET preserve_insertion_order = false")
        opened.execute(f"SET memory_limit = '{MEMORY}'")
        opened.execute(f"SET temp_directory = '{path.parent / 'spill'}'")
        opened.execute(f"ATTACH '{path}' AS registry (READ_ONLY)")
        yield opened


def residents_of(opened: duckdb.DuckDBPyConnection) -> int:
    """How many residents a session's registry holds."""
    return int(opened.execute("SELECT count(*) FROM registry.resident").fetchall()[0][0])


def facts_of(opened: duckdb.DuckDBPyConnection) -> Facts:
    """The facts of a session's registry."""
    places = opened.execute("SELECT count(*) FROM registry.frequency WHERE kind = 'place'").fetchall()[0][0]
    return Facts(max(residents_of(opened), 1), max(places, 1))


def take(opened: duckdb.DuckDBPyConnection, residents: pa.Table) -> None:
    """Put some residents (RESIDENTS) away in the session's registry."""
    opened.register("incoming_resident", residents)
    statements.run(opened, "residents", {})
    opened.unregister("incoming_resident")


def count(opened: duckdb.DuckDBPyConnection) -> None:
    """Count what the residents that were put away have in common."""
    for room in ("spelt", "names", "facts"):
        statements.run(opened, room, {})
    opened.execute("DROP TABLE spelt")


def newest_extract() -> int:
    """The last extract that was taken in; 0 before the first."""
    return RegistryExtract.objects.values_list("pk", flat=True).first() or 0


def districts() -> pa.Table:
    """Today's communes with a number for the district that most of each was in: (commune, number)."""
    most: dict[int, Counter[str]] = {}
    former = AdminUnit.objects.former().values_list("successor_id", "district")
    for commune, district in former:
        if commune is not None:
            most.setdefault(commune, Counter())[district] += 1
    numbers: dict[str, int] = {}
    rows = [
        (commune, numbers.setdefault(min(found, key=lambda name: (-found[name], name)), len(numbers) + 1))
        for commune, found in sorted(most.items())
    ]
    return pa.table(
        {
            "commune": pa.array([commune for commune, _number in rows], pa.int16()),
            "number": pa.array([number for _commune, number in rows], pa.int16()),
        }
    )


def count_frequencies() -> None:
    """Keep the registry's frequencies in the database before any run has: for first look-ups on new data."""
    there = bulk.read("SELECT EXISTS (SELECT FROM citizens_resident) AS are_there")
    with duckdb.connect(":memory:") as opened:
        opened.execute("ATTACH ':memory:' AS registry")
        if there.column("are_there")[0].as_py():
            _fill(opened)
        else:
            statements.run(opened, "registry_tables", {})
        frequencies.store(opened)


def _build(path: Path, job: Job) -> None:
    half_done = path.with_suffix(".building")
    half_done.unlink(missing_ok=True)
    with duckdb.connect(":memory:") as opened:
        # One thread puts away what the readers bring; with more, each would begin a row group of its own.
        opened.execute("SET threads = 1")
        opened.execute(f"SET memory_limit = '{MEMORY}'")
        opened.execute(f"SET temp_directory = '{path.parent / 'spill'}'")
        opened.execute("SET preserve_insertion_order = false")
        # To find the best compression would take longer than all runs' reading of the file saves.
        opened.execute("SET force_compression = 'uncompressed'")
        opened.execute(f"ATTACH '{half_done}' AS registry")
        _check(job, _fill(opened))
        together = bulk.read(PARTNERS)
        if together.num_rows:
            opened.register("together", together)
            opened.register("carrier_raw", bulk.read(CARRIERS))
            statements.run(opened, "partners", {})
        opened.execute("DETACH registry")
    half_done.replace(path)


def _fill(opened: duckdb.DuckDBPyConnection) -> int:
    """Read all residents into the session's registry and count what they share; how many they are."""
    statements.run(opened, "registry_tables", {})
    _put(opened, "registry.district", districts())
    with ThreadPoolExecutor(READERS) as pool:
        address = bulk.conninfo()
        waiting: deque[Future[pa.Table]] = deque()
        opened.begin()
        for query in _windows():
            waiting.append(pool.submit(bulk.read, query, address))
            if len(waiting) > READERS:
                take(opened, waiting.popleft().result())
        for read in waiting:
            take(opened, read.result())
        opened.commit()
    opened.execute("SET threads = 2")
    count(opened)
    return residents_of(opened)


def _windows() -> list[str]:
    """Queries that together read all residents."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT min(id), max(id) FROM citizens_resident")
        first, last = cursor.fetchone()
    starts = range(first or 0, (last or -1) + 1, WINDOW)
    return [f"{RESIDENTS} WHERE r.id >= {start} AND r.id < {start + WINDOW}" for start in starts]


def _check(job: Job, residents: int) -> None:
    """Every machine of a run must look at one registry."""
    begun = job.chunks.filter(phase="snapshot", done_at__isnull=False).first()
    now = {"residents": residents, "extract": newest_extract()}
    if begun is not None and {name: begun.counts.get(name) for name in now} != now:
        raise Refused(
            _("Dữ liệu dân cư đã thay đổi trong lúc đối chiếu (%(before)d → %(now)d người); hãy chạy lại.")
            % {"before": begun.counts["residents"], "now": residents}
        )


def _put(opened: duckdb.DuckDBPyConnection, table: str, rows: pa.Table) -> None:
    opened.register("put", rows)
    opened.execute(f"INSERT INTO {table} FROM put")
    opened.unregister("put")


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
