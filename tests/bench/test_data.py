"""The people of a bench are made again where anything that shapes them is another."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from reconciliation.bench import data
from reconciliation.bench.data import Size

SIZE = Size(1_000, 4_000)


@pytest.fixture
def made(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[Size]:
    """What has been made, in order."""
    sizes: list[Size] = []

    def make(size: Size) -> dict[str, float]:
        sizes.append(size)
        return {"generate": float(len(sizes))}

    monkeypatch.setattr(data, "folder", lambda: tmp_path)
    monkeypatch.setattr(data, "_make", make)
    return sizes


def test_the_same_people_are_found_from_last_time(made: list[Size]) -> None:
    assert data.ensure(SIZE) == data.ensure(SIZE) == {"generate": 1.0}


def test_those_of_another_generator_are_others(made: list[Size]) -> None:
    province = Size(1_000, 4_000, people="province")
    for size in (SIZE, province, province, SIZE):
        data.ensure(size)
    assert made == [SIZE, province, SIZE]


def test_a_stamp_without_a_generator_is_that_of_the_first(made: list[Size], tmp_path: Path) -> None:
    data.ensure(SIZE)
    stamp = tmp_path / "stamp.json"
    kept = json.loads(stamp.read_text(encoding="utf-8"))
    del kept["wanted"]["people"]
    stamp.write_text(json.dumps(kept), encoding="utf-8")
    data.ensure(SIZE)
    assert made == [SIZE]
