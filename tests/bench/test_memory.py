"""The peak that a bench notes down."""

from __future__ import annotations

from pathlib import Path

from reconciliation.bench import memory


def test_the_peak_stays_when_the_memory_is_gone(tmp_path: Path) -> None:
    with memory.watched(tmp_path) as peak:
        memory._look(tmp_path, peak)
        before = peak.engine
        block = bytearray(b"x") * 60_000_000
        memory._look(tmp_path, peak)
        del block
    assert peak.engine - before > 50_000_000
    assert peak.engine == peak.both == peak.total


def test_children_are_counted_with_their_parents() -> None:
    parents = {1: 0, 2: 1, 3: 2, 4: 1, 5: 4}
    assert memory._tree({2, 4}, parents) == {2, 3, 4, 5}
