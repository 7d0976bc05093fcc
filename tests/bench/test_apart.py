"""Work in a process of its own: what it needs of the project is there."""

from __future__ import annotations

from pathlib import Path

import pyarrow.parquet as pq

from reconciliation.bench import apart
from reconciliation.demo import files, province


def test_the_people_of_the_demonstration_are_made_apart(tmp_path: Path) -> None:
    told = apart.call(files.write, tmp_path, province.Size(0, 60, 240, 3))
    assert told["land_users"] == 60
    assert pq.read_metadata(tmp_path / "residents.parquet").num_rows == told["residents"] >= 240
