"""The bench `dirt`: its groups, its cases, and what it makes of the figures."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from reconciliation.bench import dirt, reach, report
from reconciliation.bench.data import Size
from reconciliation.bench.people import DIRT

SIZE = Size(1_000, 4_000)


def test_every_kind_of_dirt_is_in_exactly_one_group() -> None:
    grouped = Counter(kind for kinds in dirt.GROUPS.values() for kind in kinds)
    assert set(grouped) == set(DIRT)
    assert set(grouped.values()) == {1}
    assert set(dirt.TELLING) < set(dirt.GROUPS)


def test_each_group_is_taken_away_and_doubled_after_the_usual() -> None:
    first, *others = dirt.cases(SIZE)
    assert (first.name, first.dirt) == ("as usual", {})
    assert [case.name for case in others[:2]] == [f"{next(iter(dirt.GROUPS))} × {factor}" for factor in "02"]
    assert {kind: factor for case in others for kind, factor in case.dirt.items()} == dict.fromkeys(DIRT, 2)


@pytest.mark.parametrize(
    "arguments", [["--against", "splink"], ["--dirt", "name_upper=2"], ["--people", "province"]]
)
def test_it_takes_a_size_and_a_seed_alone(arguments: list[str]) -> None:
    with pytest.raises(CommandError, match="takes --owners, --residents and --seed alone"):
        call_command("bench", "dirt", *arguments)


def figures(group: str, f1: float, recall: float) -> dict[str, Any]:
    return {
        "group": group, "factor": 2.0, "f1": f1, "recall_at_0.999": recall,
        "accepted": {"count": 800, "precision": 0.9995, "recall": 0.8},
        "wrong": {"said": 0.0005, "found": 0.00123},
    }  # fmt: skip


def test_only_groups_that_leave_the_information_are_judged(capsys: pytest.CaptureFixture[str]) -> None:
    usual = figures("as usual", 0.99, 0.97)
    told = {"a": usual, "b": figures("numbers missing", 0.9, 0.5), "c": figures("sex", 0.975, 0.90)}
    judged = reach.judge_dirt(told, usual, dirt.TELLING)
    assert judged["f1_moves"] == {"value": 0.015, "reach": "at most 0.02", "ok": True, "case": "c"}
    assert judged["recall_at_0.999_moves"]["ok"] is False
    report.show_dirt(SIZE, told, judged)
    said = capsys.readouterr().err
    assert "0.00123" in said
    assert "NOT REACHED  c" in said
