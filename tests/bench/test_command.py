"""What `./run bench` answers before it measures anything, and what it makes of the figures."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from django.core.management import CommandError, call_command

from landdb.services import ServiceError, bench, cli
from reconciliation.bench import links, reach, report
from reconciliation.bench.data import Size
from reconciliation.management.commands.bench import peers


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--owners", "50"], "at least 100 land users"),
        (["--owners", "300", "--residents", "200"], "at least as many residents"),
        (["--residents", "99000000"], "at most 10000000"),
        (["--seed", "-1"], "--seed -1"),
        (["--against", "magic"], "--against magic: there are splink, recordlinkage."),
        (["--dirt", "mud=2"], "there is no kind 'mud'"),
        (["--owners", "0"], "at least 100 land users"),
        (["--owners", "300", "--residents", "400"], "at least half as many again"),
        (["--people", "martians"], "--people martians: there are bench, province."),
        (["--people", "province", "--dirt", "name_upper=2"], "come with their own"),
    ],
)
def test_nonsense_is_answered_with_a_sentence(arguments: list[str], words: str) -> None:
    with pytest.raises(CommandError) as refused:
        call_command("bench", "matching", *arguments)
    assert words in str(refused.value)
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--plots", "99"], "--plots 99: from 100 to 5200000"),
        (["--seed", "-1"], "--seed -1"),
        (["--owners", "500"], "takes --plots, --seed, --against and --disturb alone"),
        (["--against", "splink"], "--against splink: there are queries, frames."),
        (["--plots", "1000001", "--against", "queries,frames"], "they are for 1000000 plots at most"),
        (["--against", "queries", "--disturb"], "one at a time"),
    ],
)
def test_a_province_that_cannot_be_made_is_answered_with_a_sentence(arguments: list[str], words: str) -> None:
    with pytest.raises(CommandError) as refused:
        call_command("bench", "classification", *arguments)
    assert words in str(refused.value)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--officers", "0"], "--officers 0: from 1 to 200"),
        (["--seconds", "0"], "--seconds 0: from 1 to 3600"),
        (["--plots", "99"], "--plots 99: from 100 to 5200000"),
        (["--residents", "500"], "takes --plots, --seed, --officers and --seconds alone"),
    ],
)
def test_a_shift_that_cannot_be_is_answered_with_a_sentence(arguments: list[str], words: str) -> None:
    with pytest.raises(CommandError) as refused:
        call_command("bench", "desk", *arguments)
    assert words in str(refused.value)


def test_plots_and_officers_are_for_those_benches_that_have_them() -> None:
    with pytest.raises(CommandError, match="--plots is for classification"):
        call_command("bench", "matching", "--plots", "1000")
    with pytest.raises(CommandError, match="--disturb is for classification"):
        call_command("bench", "matching", "--disturb")
    with pytest.raises(CommandError, match="--officers is for desk"):
        call_command("bench", "classification", "--officers", "3")


def test_a_factor_of_dirt_is_a_number() -> None:
    from reconciliation.bench.people import DIRT

    with pytest.raises(CommandError, match="a number from 0 to 100"):
        call_command("bench", "matching", "--dirt", f"{next(iter(DIRT))}=much")


def test_peers_are_named_once_each_in_order() -> None:
    assert peers(" recordlinkage,splink,splink ") == ["recordlinkage", "splink"]
    assert peers("") == []


def test_an_unknown_bench_is_answered_with_those_there_are(tmp_path: Path) -> None:
    with pytest.raises(
        ServiceError, match="There is no bench 'speed'; there is: matching, dirt, classification, desk"
    ):
        bench.bench(tmp_path, ["speed"])
    assert not list(tmp_path.iterdir())


def test_help_lists_the_names(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert bench.bench(tmp_path, ["--help"]) == 0
    assert "matching" in capsys.readouterr().err
    assert "bench NAME" in cli.HELP


def test_links_are_held_against_the_truth(tmp_path: Path) -> None:
    truth = tmp_path / "truth.parquet"
    pq.write_table(
        pa.table({"owner_id": ["1", "2", "3"], "resident_id": ["a", None, "c"], "case": ["x", "y", "x"]}),
        truth,
    )
    found = pa.table(
        {
            "owner_id": ["1", "2"],
            "resident_id": ["a", "b"],
            "score": [9.0, 2.0],
            "probability": [0.9999, 0.9],
            "accepted": [True, False],
        }
    )
    told = links.measure(found, truth)
    assert (told["links"], told["wanted"]) == (2, 2)
    assert told["accepted"] == {"count": 1, "precision": 1.0, "recall": 0.5}
    assert told["cases"]["x"]["wanted"] == 2
    assert told["cases"]["y"]["wanted"] == 0


def figures(**more: Any) -> dict[str, Any]:
    return {
        "seconds": {"reconcile": 11.0, "learn": 1.0}, "processor_seconds": 15.0, "phases": {},
        "peak_gb": {"engine": 1.0, "both": 1.5, "total": 1.6},
        "f1": 0.99, "recall_at_0.99": 0.98, "recall_at_0.995": 0.98, "recall_at_0.999": 0.97,
        "accepted": {"count": 100_000, "precision": 0.9995, "recall": 0.9},
        "wrong": {"said": 0.0005, "found": 0.0005}, "reliability": [], "cases": {},
        "alone": {"land_users": 200, "first": alone(p95_ms=300.0), "at_hand": alone()}, **more,
    }  # fmt: skip


def alone(p95_ms: float = 120.0) -> dict[str, float]:
    return {"median_ms": 80.0, "p95_ms": p95_ms, "most_ms": 170.0}


def missed(size: Size, **told: dict[str, Any]) -> set[str]:
    return {name for name, each in reach.judge(size, told).items() if each["ok"] is False}


def test_reach_is_judged_where_it_can_be() -> None:
    small = Size(1_000, 4_000)
    assert missed(small, landdb=figures()) == set()
    assert "seconds_to_splink" not in reach.judge(small, {"landdb": figures()})
    assert missed(small, landdb=figures(wrong={"said": 0.0005, "found": 0.0011})) == {"wrong_found_to_said"}
    few = figures(wrong={"said": 0.0, "found": 0.0001})
    assert reach.judge(small, {"landdb": few})["wrong_found_to_said"]["ok"] is None
    slow = {"land_users": 200, "first": alone(), "at_hand": alone(p95_ms=151.0)}
    assert missed(small, landdb=figures(alone=slow)) == {"alone_p95_ms"}
    quick = figures(seconds={"reconcile": 14.0, "learn": 10.0}, f1=0.987)
    large = Size(1_200_000, 3_600_000)
    assert missed(large, landdb=figures(), splink=quick) == {"seconds_to_splink", "recall_over_splink"}
    assert missed(small, landdb=figures(), splink=quick) == set()
    # With its weights at hand the peer takes four seconds, ours ten: told beside it, not judged.
    learnt = figures(seconds={"reconcile": 15.0, "learn": 11.0}, f1=0.987, **{"recall_at_0.999": 0.9})
    assert missed(large, landdb=figures(), splink=learnt) == set()
    assert reach.judge(large, {"landdb": figures(), "splink": learnt})["seconds_to_splink_weights_known"][
        "value"
    ] == pytest.approx(2.5)
    other = Size(1_200_000, 3_600_000, people="province")
    assert missed(other, landdb=figures(), splink=learnt) == set()
    assert missed(Size(50_000, 200_000), landdb=figures(f1=0.98)) == {"f1"}
    assert missed(Size(50_000, 200_000, dirt={"typo": 2.0}), landdb=figures(f1=0.98)) == set()


def test_the_table_shows_peers_side_by_side(capsys: pytest.CaptureFixture[str]) -> None:
    size, told = Size(1_000, 4_000), {"landdb": figures(), "splink": figures(seconds={"predict": 3.25})}
    report.show(size, told, reach.judge(size, {"landdb": figures()}))
    said = capsys.readouterr().err
    assert "1,000 land users × 4,000 residents" in said
    assert "3.25" in said
    assert "again, at hand" in said


@pytest.mark.parametrize(
    ("name", "arguments", "words"),
    [
        ("police", ["--lines", "5"], "--lines 5: from 100 to 50000"),
        ("police", ["--plots", "500"], "takes --lines and --seed alone"),
        ("fuzz", ["--files", "0"], "--files 0: from 1"),
        ("fuzz", ["--lines", "500"], "takes --files and --seed alone"),
        ("matching", ["--lines", "500"], "--lines is for police."),
        ("matching", ["--files", "500"], "--files is for fuzz."),
    ],
)
def test_a_list_or_files_that_cannot_be_made_are_answered_with_a_sentence(
    name: str, arguments: list[str], words: str
) -> None:
    with pytest.raises(CommandError) as refused:
        call_command("bench", name, *arguments)
    assert words in str(refused.value)
