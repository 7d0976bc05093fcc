"""manage.py classify --trace and --check, as a person at the keyboard uses them."""

from __future__ import annotations

import io
import json
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from parcels.models import Plot
from reconciliation import classification
from reconciliation.models import GroupMove
from reconciliation.rules import catalogue
from tests import factories as make
from tests.geohash import geohash

pytestmark = pytest.mark.django_db


@pytest.fixture
def plot() -> Plot:
    plot = make.make_ready_plot(code="")
    classification.refresh([plot.pk], cause=GroupMove.Cause.CORRECTION)
    return plot


def said(*args: object, code: int = 0) -> tuple[str, str]:
    """What the command prints, to both sides, when it ends with this code."""
    out, err = io.StringIO(), io.StringIO()
    if code:
        with pytest.raises(SystemExit) as ended:
            call_command("classify", *map(str, args), stdout=out, stderr=err)
        assert ended.value.code == code
    else:
        call_command("classify", *map(str, args), stdout=out, stderr=err)
    return out.getvalue(), err.getvalue()


def refused(*args: object) -> str:
    with pytest.raises(CommandError) as error:
        said(*args)
    assert error.value.returncode == 1
    return str(error.value)


@pytest.fixture
def file(plot: Plot, tmp_path: Path) -> Path:
    file = tmp_path / "trace.json"
    file.write_text(said("--trace", plot.pk)[0], encoding="utf-8")
    return file


def test_a_trace_that_was_printed_checks_the_same(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert said("--check", file) == ("same\n", "")
    assert json.loads(said("--check", file, "--json")[0]) == {"answer": "same", "versions": [], "results": []}
    monkeypatch.setattr("sys.stdin", io.StringIO(file.read_text(encoding="utf-8")))
    assert said("--check", "-")[0] == "same\n"


def test_a_check_reads_nothing_of_the_plot_itself(file: Path, plot: Plot) -> None:
    plot.holdings.all().delete()
    plot.land_uses.all().delete()
    Plot.objects.filter(pk=plot.pk).update(state="retired", code="khác")
    assert said("--check", file)[0] == "same\n"


def test_a_rule_of_another_version_is_named_with_exit_2(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(type(catalogue.by_id("plot_code_missing")), "version", 2)
    out, _err = said("--check", file, code=2)
    assert out == "Rule plot_code_missing has version 1 in the trace and version 2 here.\n"
    assert json.loads(said("--check", file, "--json", code=2)[0])["answer"] == "versions"


def test_a_result_that_does_not_follow_is_named_with_exit_1(file: Path, plot: Plot) -> None:
    document = json.loads(file.read_text(encoding="utf-8"))
    document["facts"]["plot"][0]["code"] = geohash(21.18, 106.06)
    document["facts"]["plot"][0]["code_distance"] = 0
    file.write_text(json.dumps(document), encoding="utf-8")
    out, _err = said("--check", file, code=1)
    assert out.splitlines()[:2] == [
        f"Rule plot_code_missing finds plot {plot.pk} in the trace and not here, "
        "though its version is the same.",
        "The group is 1 here and 2 in the trace.",
    ]


def test_it_says_beside_the_trace_that_the_books_lag_behind(plot: Plot) -> None:
    assert said("--trace", plot.pk)[1] == ""
    Plot.objects.filter(pk=plot.pk).update(address="")
    assert "has changed since it was last classified" in said("--trace", plot.pk)[1]
    fresh = make.make_ready_plot()
    assert "has not been classified yet" in said("--trace", fresh.pk)[1]


def test_plots_without_a_trace_are_refused_in_a_sentence(plot: Plot) -> None:
    assert refused("--trace", 0) == "There is no plot 0."
    Plot.objects.filter(pk=plot.pk).update(state="retired")
    assert refused("--trace", plot.pk) == f"Plot {plot.pk} was retired: it is in no group."


def test_a_file_that_cannot_be_read_is_refused_in_a_sentence(tmp_path: Path) -> None:
    assert refused("--check", tmp_path / "none.json").endswith("cannot be read: No such file or directory.")
    assert refused("--check", tmp_path).endswith("cannot be read: Is a directory.")
    (tmp_path / "x.json").write_bytes(b"\xff\xff")
    assert refused("--check", tmp_path / "x.json") == "This is not JSON."
    assert "PLOT_ID" not in refused("--trace", "5", "--check", "x")
