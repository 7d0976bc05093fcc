"""The people of a bench: made, imported, and used again as long as nothing that shapes them has changed."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass, field
from pathlib import Path

from django.conf import settings
from django.db import connection

from ..demo import files, province, writing
from . import apart, people
from .apart import say, timed

#: What shapes the stored rows: where it changes, they are made again.
_SHAPING = ("landdb/normalise", "landdb/intake", "landdb/reference", "citizens", "parcels")
#: Whose people: the generator written for measuring, or that of the demonstration province.
PEOPLE = {"bench": "reconciliation/bench/people", "province": "reconciliation/demo"}
_IMPORTS = ("residents", "land_users")
_TABLES = ("citizens_resident", "parcels_landuser")


@dataclass(frozen=True)
class Size:
    """How many people, drawn from which seed, how much dirtier than usual (kind → factor), by whom."""

    owners: int
    residents: int
    seed: int = 1
    dirt: dict[str, float] = field(default_factory=dict)
    people: str = "bench"


def folder() -> Path:
    """Where the files lie."""
    return Path(settings.VAR) / "people"


def truth() -> Path:
    """owner_id, resident_id (null: in no registry), case."""
    return folder() / "truth.parquet"


def ensure(size: Size) -> dict[str, float]:
    """See that the database holds these people; the seconds it took when they were made."""
    wanted = {**asdict(size), "shape": _shape(size.people)}
    kept = folder() / "stamp.json"
    if kept.exists():
        stamp = json.loads(kept.read_text(encoding="utf-8"))
        # Those of the first generator were not named as such.
        if {"people": "bench", **stamp["wanted"]} == wanted:
            say(f"{size.owners:,} land users, {size.residents:,} residents: found from last time")
            return dict(stamp["seconds"])
        kept.unlink()
    seconds = _make(size)
    kept.write_text(json.dumps({"wanted": wanted, "seconds": seconds}), encoding="utf-8")
    return seconds


def _make(size: Size) -> dict[str, float]:
    seconds: dict[str, float] = {}
    writing.clear()
    say(f"{size.owners:,} land users, {size.residents:,} residents …")
    folder().mkdir(parents=True, exist_ok=True)
    with timed(seconds, "generate"):
        _generate(size)
    for name in _IMPORTS:
        say(f"Importing {name} …")
        with timed(seconds, f"import_{name}"):
            told = apart.manage(f"import_{name}", str(folder() / f"{name}.parquet"))
        say(f"  {told['rows']:,} rows, {told['rejected']:,} rejected")
    with connection.cursor() as cursor:
        # Whoever reads first should not pay for what the import left to do.
        cursor.execute(f"VACUUM ANALYZE {', '.join(_TABLES)}")
    return seconds


def _generate(size: Size) -> None:
    if size.people == "bench":
        apart.call(people.generate, folder(), size.owners, size.residents, size.seed, size.dirt)
    else:
        whole = province.Size(0, size.owners, size.residents, size.seed)
        apart.call(files.write, folder(), whole)


def _shape(generator: str) -> str:
    digest = hashlib.sha256()
    migrations = (f"{app}/migrations" for app in ("landdb", "reconciliation"))
    for place in (*_SHAPING, PEOPLE[generator], *migrations):
        for file in sorted((Path(settings.BASE_DIR) / place).rglob("*")):
            if file.suffix in (".py", ".csv", ".json", ".sql"):
                digest.update(file.read_bytes())
    return digest.hexdigest()
