"""How much memory a bench takes at its peak: what each process holds, shared pages by their share."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from landdb.services import postgres, processes, valkey

PROC = Path("/proc")
LOOK_EVERY = 0.5  # seconds
GIGABYTE = 1e9


@dataclass
class Peak:
    """Bytes at the worst moment. `engine`: this process, its children, workers; `both`: and PostgreSQL."""

    engine: int = 0
    both: int = 0
    total: int = 0

    def note(self, engine: int, database: int, queue: int) -> None:
        self.engine = max(self.engine, engine)
        self.both = max(self.both, engine + database)
        self.total = max(self.total, engine + database + queue)

    def as_dict(self) -> dict[str, float]:
        return {name: round(getattr(self, name) / GIGABYTE, 2) for name in ("engine", "both", "total")}


@contextmanager
def watched(var: Path) -> Iterator[Peak]:
    """The peak while the block lasts, looked at twice a second."""
    peak, over = Peak(), threading.Event()

    def loop() -> None:
        while not over.wait(LOOK_EVERY):
            _look(var, peak)

    watcher = threading.Thread(target=loop, daemon=True)
    watcher.start()
    try:
        yield peak
    finally:
        over.set()
        watcher.join()
        _look(var, peak)


def _look(var: Path, peak: Peak) -> None:
    parents = _parents()
    engine = _held({os.getpid(), *_recorded(var, "worker")}, parents)
    peak.note(
        engine, _held(_recorded(var, postgres.NAME), parents), _held(_recorded(var, valkey.NAME), parents)
    )


def _recorded(var: Path, name: str) -> set[int]:
    record = processes.find(var, name)
    return {record.pid} if record else set()


def _parents() -> dict[int, int]:
    """Every process with its parent."""
    found = {}
    for entry in PROC.iterdir():
        if entry.name.isdigit():
            try:
                # The name before it may hold blanks and brackets.
                stat = (
                    (entry / "stat").read_text(encoding="utf-8", errors="replace").rpartition(")")[2].split()
                )
            except OSError:
                continue
            found[int(entry.name)] = int(stat[1])
    return found


def _held(roots: set[int], parents: dict[int, int]) -> int:
    """Bytes of these processes and of all below them."""
    return sum(map(_proportional, _tree(roots, parents)))


def _tree(roots: set[int], parents: dict[int, int]) -> set[int]:
    tree = set(roots)
    while more := {pid for pid, parent in parents.items() if parent in tree} - tree:
        tree |= more
    return tree


def _proportional(pid: int) -> int:
    """A process's own pages and its share of those that it shares; nothing once it has ended."""
    try:
        text = (PROC / str(pid) / "smaps_rollup").read_text(encoding="ascii")
    except OSError:
        return 0
    return sum(int(line.split()[1]) * 1024 for line in text.splitlines() if line.startswith("Pss:"))
