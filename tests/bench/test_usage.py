"""What a bench notes of memory and processor time."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from reconciliation.bench import usage
from reconciliation.bench.usage import Seen


def test_the_peak_stays_when_the_memory_is_gone(tmp_path: Path) -> None:
    with usage.watched(tmp_path) as used:
        usage._look(tmp_path, used)
        before = used.engine
        block = bytearray(b"x") * 60_000_000
        usage._look(tmp_path, used)
        del block
    assert used.engine - before > 50_000_000
    assert used.engine == used.both == used.total


def test_the_work_of_children_that_have_ended_counts(tmp_path: Path) -> None:
    work = "import time\nwhile time.process_time() < 0.5: pass"
    with usage.watched(tmp_path) as used:
        subprocess.run([sys.executable, "-c", work], check=True)
    assert used.processor >= 0.4


def test_children_are_counted_with_their_parents() -> None:
    parents = {1: 0, 2: 1, 3: 2, 4: 1, 5: 4}
    assert usage._tree({2, 4}, {pid: Seen(parent, 0.0) for pid, parent in parents.items()}) == {2, 3, 4, 5}
