"""The people of a bench: made, imported, and used again as long as nothing that shapes them has changed."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass, field
from pathlib import Path

from django.conf import settings
from django.db import connection

from ..demo import writing
from . import apart, people
from .apart import say, timed

#: What shapes the stored rows: where it changes, they are made again.
_SHAPING = (
    "landdb/normalise",
    "landdb/intake",
    "landdb/reference",
    "citizens",
    "parcels",
    "reconciliation/bench/people",
)
_IMPORTS = ("residents", "land_users")
_TABLES = ("citizens_resident", "parcels_landuser")


@dataclass(frozen=True)
class Size:
    """How many people, drawn from which seed, and how much dirtier than usual (kind → factor)."""

    owners: int
    residents: int
    seed: int = 1
    dirt: dict[str, float] = field(default_factory=dict)


def folder() -> Path:
    """Where the files lie."""
    return Path(settings.VAR) / "people"


def truth() -> Path:
    """owner_id, resident_id (null: in no registry), case."""
    return folder() / "truth.parquet"


def ensure(size: Size) -> dict[str, float]:
    """See that the database holds these people; the seconds it took when they were made."""
    wanted = {**asdict(size), "shape": _shape()}
    kept = folder() / "stamp.json"
    if kept.exists():
        stamp = json.loads(kept.read_text(encoding="utf-8"))
        if stamp["wanted"] == wanted:
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
        apart.call(people.generate, folder(), size.owners, size.residents, size.seed, size.dirt)
    for name in _IMPORTS:
        say(f"Importing {name} …")
        with timed(seconds, f"import_{name}"):
            told = apart.manage(f"import_{name}", str(folder() / f"{name}.parquet"))
        say(f"  {told['rows']:,} rows, {told['rejected']:,} rejected")
    with connection.cursor() as cursor:
        # Whoever reads first should not pay for what the import left to do.
        cursor.execute(f"VACUUM ANALYZE {', '.join(_TABLES)}")
    return seconds


def _shape() -> str:
    digest = hashlib.sha256()
    for place in (*_SHAPING, *(f"{app}/migrations" for app in ("landdb", "reconciliation"))):
        for file in sorted((Path(settings.BASE_DIR) / place).rglob("*")):
            if file.suffix in (".py", ".csv", ".json", ".sql"):
                digest.update(file.read_bytes())
    return digest.hexdigest()
