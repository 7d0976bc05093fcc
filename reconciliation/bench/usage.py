"""What a bench takes: memory at its peak, shared pages by their share, and seconds of processor time."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import quantiles
from typing import NamedTuple

from landdb.services import postgres, processes, valkey

PROC = Path("/proc")
LOOK_EVERY = 1.0  # seconds
#: A look goes through every page of the database's memory: gigabytes of it take a good part of a second, so
#: that it is looked at less often, for one part in so many of the time.
SHARE = 30
GIGABYTE = 1e9
TICKS = os.sysconf("SC_CLK_TCK")


#: Steps of the loop by which a machine's pace is told.
_STEPS = 1_000_000


def pace() -> float:
    """How many million steps of a plain loop one processor does in a second, the best of three.

    A machine that others share may be three times as slow on another day: seconds of two days can be compared
    only beside this.
    """
    return round(_STEPS / min(_loop() for _ in range(3)) / 1e6, 1)


def _loop() -> float:
    began, total = time.perf_counter(), 0
    for step in range(_STEPS):
        total += step * step % 7
    return time.perf_counter() - began


class Seen(NamedTuple):
    """A process: its parent, and the seconds it and its ended children have worked."""

    parent: int
    worked: float


@dataclass
class Usage:
    """Bytes at the worst moment, and seconds that all processors worked.

    `engine` is this process with its children, and the workers; `both` is that and PostgreSQL; `total` has
    the queue too.
    """

    engine: int = 0
    both: int = 0
    total: int = 0
    processor: float = 0.0

    def note(self, engine: int, database: int, queue: int) -> None:
        self.engine = max(self.engine, engine)
        self.both = max(self.both, engine + database)
        self.total = max(self.total, engine + database + queue)

    def peak_gb(self) -> dict[str, float]:
        return {name: round(getattr(self, name) / GIGABYTE, 2) for name in ("engine", "both", "total")}


@contextmanager
def watched(var: Path) -> Iterator[Usage]:
    """What is used while the block lasts; memory is looked at every second or so."""
    usage, over = Usage(), threading.Event()

    def loop() -> None:
        pause = LOOK_EVERY
        while not over.wait(pause):
            started = time.monotonic()
            _look(var, usage)
            pause = max(LOOK_EVERY, SHARE * (time.monotonic() - started))

    watcher = threading.Thread(target=loop, daemon=True)
    before = _worked(var)
    watcher.start()
    try:
        yield usage
    finally:
        over.set()
        watcher.join()
        _look(var, usage)
        usage.processor = round(_worked(var) - before, 1)


def milliseconds(spent: Sequence[float]) -> dict[str, float]:
    """Median, 95th percentile and most of times in milliseconds, at least one."""
    cuts = quantiles(spent, n=20, method="inclusive") if len(spent) > 1 else [*spent] * 19
    return {"median_ms": round(cuts[9], 1), "p95_ms": round(cuts[18], 1), "most_ms": round(max(spent), 1)}


def _look(var: Path, usage: Usage) -> None:
    seen = _processes()
    usage.note(*(sum(map(_proportional, _tree(roots, seen))) for roots in _roots(var)))


def _worked(var: Path) -> float:
    """Seconds that everything of this bench has worked since it began."""
    seen = _processes()
    return sum(seen[pid].worked for roots in _roots(var) for pid in _tree(roots, seen) if pid in seen)


def _roots(var: Path) -> tuple[set[int], set[int], set[int]]:
    """The processes that engine, database and queue begin with."""
    workers, database, queue = (_recorded(var, name) for name in ("worker", postgres.NAME, valkey.NAME))
    return {os.getpid()} | workers, database, queue


def _recorded(var: Path, name: str) -> set[int]:
    record = processes.find(var, name)
    return {record.pid} if record else set()


def _processes() -> dict[int, Seen]:
    found = {}
    for entry in PROC.iterdir():
        if entry.name.isdigit():
            try:
                line = (entry / "stat").read_text(encoding="utf-8", errors="replace")
            except OSError:
                continue
            # The name before it may hold blanks and brackets.
            fields = line.rpartition(")")[2].split()
            found[int(entry.name)] = Seen(int(fields[1]), sum(map(int, fields[11:15])) / TICKS)
    return found


def _tree(roots: set[int], seen: dict[int, Seen]) -> set[int]:
    """These processes and all below them."""
    tree = set(roots)
    while more := {pid for pid, each in seen.items() if each.parent in tree} - tree:
        tree |= more
    return tree


def _proportional(pid: int) -> int:
    """Bytes of a process's own pages and its share of those that it shares; nothing once it has ended."""
    try:
        text = (PROC / str(pid) / "smaps_rollup").read_text(encoding="ascii")
    except OSError:
        return 0
    return sum(int(line.split()[1]) * 1024 for line in text.splitlines() if line.startswith("Pss:"))
