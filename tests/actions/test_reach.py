"""Whatever shares something with a changed record is judged again, also where that record is on no plot."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from landdb.models import AdminUnit, Delivery
from parcels.importers.form01.layout import write_v1
from parcels.models import Certificate, Holding, LandUser, Plot
from reconciliation import classification, matching
from reconciliation.actions import changes, matches, row_words, uploads
from reconciliation.actions.changes import FieldChange
from reconciliation.models import ChangeSet, CorrectionBatch, Decision, GroupMove, PlotStatus
from tests import factories as make
from tests.classification.days import work
from tests.rules.looking import certificate, holder

pytestmark = pytest.mark.django_db

Apply = Callable[..., CorrectionBatch]


@pytest.fixture
def plot() -> Plot:
    found = make.make_ready_plot()
    classification.refresh([found.pk], cause=GroupMove.Cause.FIRST)
    assert rules(found) == []
    return found


@pytest.fixture
def applied(settings: Any, tmp_path: Path, plot: Plot) -> Apply:
    """Has a workbook of one row on the plot applied."""
    settings.FILES_DIR = tmp_path / "files"

    def apply(**values: Any) -> CorrectionBatch:
        path = tmp_path / "bieu.xlsx"
        write_v1(path, [_row(plot) | values])
        by = make.make_user(commune=plot.commune)
        batch = uploads.receive(SimpleUploadedFile("bieu.xlsx", path.read_bytes()), plot.commune, by=by)
        uploads.read(batch)
        batch = uploads.send(batch, by=by)
        row_words.tick(batch, list(batch.lines.values_list("pk", flat=True)), by=by, is_approved=True)
        uploads.carry_out(uploads.approve(batch, by=by, reason="đã kiểm tra"))
        batch.refresh_from_db()
        assert batch.state == CorrectionBatch.State.APPLIED
        return batch

    return apply


def rules(plot: Plot) -> list[str]:
    return PlotStatus.objects.get(pk=plot.pk).rules


def correct(record: LandUser | Certificate, **values: object) -> ChangeSet:
    by = make.make_user()
    wanted = [FieldChange(record, field, value) for field, value in values.items()]
    return changes.apply(changes.plan(ChangeSet.Kind.CORRECTION, wanted, by=by), by=by)


def test_an_entry_without_plots_that_takes_a_number_is_told_on_the_plots_of_whose_it_was(plot: Plot) -> None:
    other = make.make_land_user(plot.commune, name_raw="Lê Thị Khác", sex_raw="Nữ")
    change_set = correct(other, id_number_raw=holder(plot).id_number_raw)
    assert "id_number_shared" in rules(plot)
    changes.undo(change_set, by=make.make_user())
    assert rules(plot) == []


def test_an_entry_without_plots_that_is_said_to_be_the_same_resident_doubles_the_holder(plot: Plot) -> None:
    person = holder(plot)
    matching.refresh([person.pk])
    again = make.make_land_user(plot.commune, name_raw=person.name_raw, id_number_raw="", birth_raw="1975")
    matching.refresh([again.pk])
    match = again.matches.get()
    decision = matches.decide(
        match, Decision.Kind.SAME, by=make.make_user(), reason="giấy gốc", seen=matches.stamp(match)
    )
    assert "holder_duplicated" in rules(plot)
    changes.undo(decision.change_set, by=decision.by)
    assert "holder_duplicated" not in rules(plot)


def test_a_certificate_of_no_plot_that_takes_a_serial_is_told_on_the_plot_whose_it_was(plot: Plot) -> None:
    change_set = correct(make.make_certificate(plot.commune), serial=certificate(plot).serial)
    assert rules(plot) == ["serial_shared"]
    changes.undo(change_set, by=make.make_user())
    assert rules(plot) == []


def test_a_line_of_use_that_a_workbook_put_onto_a_plot_is_gone_from_its_group_too(
    plot: Plot, applied: Apply
) -> None:
    batch = applied(use2_purpose="ONT", use2_area=60, use2_origin="CNQ-CTT", use2_term="Lâu dài")
    assert not Holding.objects.filter(file=batch.file).exists()
    assert rules(plot) == ["land_use_area_differs"]
    uploads.take_back(batch, by=make.make_user())
    assert rules(plot) == []


def test_a_scan_that_a_workbook_put_onto_a_certificate_is_missed_again(plot: Plot, applied: Apply) -> None:
    certificate(plot).scans.all().delete()
    classification.refresh([plot.pk], cause=GroupMove.Cause.CORRECTION)
    before = rules(plot)
    batch = applied(scans="moi-GCN.pdf")
    assert rules(plot) != before
    uploads.take_back(batch, by=make.make_user())
    assert rules(plot) == before == ["scan_missing"]


def test_a_land_user_of_a_workbook_that_goes_is_no_longer_told_on_the_plots_of_others(
    plot: Plot, applied: Apply
) -> None:
    other = make.make_ready_plot(plot.commune)
    # A holding that names nobody yet: who it is by then, no workbook changes.
    Holding.objects.filter(plot=plot).update(guid="g-1", land_user=None)
    batch = applied(guid="g-1", name="Lê Thị Khác", id_number=holder(other).id_number, sex="Nữ")
    assert "id_number_shared" in rules(other)
    assert not Holding.objects.filter(file=batch.file).exists()
    uploads.take_back(batch, by=make.make_user())
    assert rules(other) == []


def test_the_first_workbook_of_a_commune_has_its_other_plots_judged_by_what_waited_for_a_register(
    applied: Apply, plot: Plot
) -> None:
    Delivery.objects.filter(commune=plot.commune, source=Delivery.Source.REGISTER).delete()
    drawn = make.make_drawn_plot(plot.commune)
    classification.classify_commune(plot.commune_id)
    assert "map_only" in PlotStatus.objects.get(pk=drawn.pk).unjudged
    applied(plot_address="Ngõ 3")
    work()
    assert rules(drawn) == ["map_only"]


def _row(plot: Plot) -> dict[str, Any]:
    """The plot's holding as a workbook has it."""
    commune: AdminUnit = plot.commune
    person = plot.holdings.get().land_user
    return {
        "commune_code": commune.code,
        "serial": certificate(plot).serial,
        "name": person.name_raw if person else "",
        "id_number": person.id_number_raw if person else "",
        "sheet": plot.sheet,
        "number": plot.number,
    }
