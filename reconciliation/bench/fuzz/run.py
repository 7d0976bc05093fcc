"""Read thousands of mutated files, each in a process that may be killed; what none of them may do."""

from __future__ import annotations

import random
import tempfile
from collections import Counter
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from django.conf import settings

from ..apart import say
from ..police import ground
from ..police.run import digests, issued
from ..reach import Reached, at_most
from ..report import reached_table, table
from . import mutations
from .child import Child, Told
from .readers import READERS, Reader

#: Seconds that a file may take, and gigabytes that its process may need.
SECONDS, GB = 30.0, 1.0
#: People on the list whose answers are mutated.
LINES = 200
#: Bad cases told on standard error.
_SHOWN = 20


@dataclass(frozen=True)
class Size:
    """How many files, drawn from which seed."""

    files: int
    seed: int = 1


def run(size: Size) -> dict[str, Any]:
    """What standard output ends with."""
    settings.FILES_DIR = Path(settings.VAR) / "fuzz-files"
    say(f"{LINES} people with the police …")
    mai, senior, _police = ground.make(LINES, size.seed)
    issued(mai, senior, {})
    before = digests()
    counts: dict[str, Counter[str]] = {reader.name: Counter() for reader in READERS}
    worst: dict[str, float] = {"seconds": 0.0, "gb": 0.0}
    bad: list[tuple[str, str, Told]] = []
    with tempfile.TemporaryDirectory() as folder:
        child = Child(SECONDS, GB, Path(folder) / "kept")
        samples = {reader.name: _samples(reader, Path(folder)) for reader in READERS}
        for n in range(size.files):
            reader = READERS[n % len(READERS)]
            name, told = _one(
                child, reader, samples[reader.name], random.Random(size.seed * 10**6 + n), Path(folder)
            )
            kind = verdict(told)
            counts[reader.name][kind] += 1
            worst["seconds"], worst["gb"] = max(worst["seconds"], told.seconds), max(worst["gb"], told.gb)
            if kind not in ("read", "refused"):
                bad.append((reader.name, f"{n}: {name}", told))
            if n % 100 == 99:
                say(f"  {n + 1:,} files, {len(bad)} bad")
        child.stop()
    changed = sum(before[name] != now for name, now in digests().items())
    reached: Reached = {
        kind: at_most(sum(found[kind] for found in counts.values()), 0)
        for kind in ("crash", "hang", "memory", "unclear", "rows_lost")
    }
    reached["tables_changed"] = at_most(changed, 0)
    _show(counts, worst, bad, reached)
    return {
        "bench": "fuzz",
        "size": asdict(size),
        "figures": {"files": {name: dict(found) for name, found in counts.items()}, "most": worst},
        "reach": reached,
        "ok": all(each["ok"] is not False for each in reached.values()),
    }


def _samples(reader: Reader, folder: Path) -> list[bytes]:
    own = folder / reader.name
    own.mkdir()
    return [path.read_bytes() for path in reader.samples(own)]


def _one(
    child: Child, reader: Reader, samples: list[bytes], rng: random.Random, folder: Path
) -> tuple[str, Told]:
    """One mutated file, read."""
    good = rng.choice(samples)
    content, name = mutations.mutated(good, rng)
    path = folder / f"thu{'.xlsx' if good.startswith(b'PK') else '.csv'}"
    path.write_bytes(content)
    return name, child.read(reader.name, path)


def verdict(told: Told) -> str:
    """read or refused; else what is wrong with it: crash, hang, memory, unclear, rows_lost."""
    if told.kind in ("crash", "hang"):
        return told.kind
    if told.gb > GB:
        return "memory"
    if told.kind == "refused" and not is_sentence(told.words):
        return "unclear"
    if told.kind == "read" and told.words:
        return "unclear"
    return "rows_lost" if told.rows != told.told else told.kind


def is_sentence(words: str) -> bool:
    """One line for a person: begins and ends as a sentence, and names no inside of the program."""
    inside = ("Traceback", "Error", "Exception", "None", "{", "\n")
    return bool(words) and words[:1].isupper() and words.endswith(".") and not any(w in words for w in inside)


def _show(
    counts: dict[str, Counter[str]],
    worst: dict[str, float],
    bad: list[tuple[str, str, Told]],
    reached: Reached,
) -> None:
    kinds = sorted({kind for found in counts.values() for kind in found})
    table(
        ["reader", *kinds],
        ([name, *(f"{found[kind]:,}" for kind in kinds)] for name, found in counts.items()),
    )
    say(f"  longest {worst['seconds']} s, most memory {worst['gb']} GB\n")
    for reader, name, told in bad[:_SHOWN]:
        say(f"  {reader} {name}: {told.kind}, {told.seconds} s, {told.gb} GB: {told.words[-600:]}")
    reached_table(reached)
