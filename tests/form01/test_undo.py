"""An upload can be taken back as far as nothing else stands on it."""

from __future__ import annotations

import pytest

from landdb.models import AdminUnit
from parcels.importers import form01
from parcels.models import Asset, Certificate, Holding, LandUse, LandUser, Plot, Scan
from tests import factories
from tests.form01.conftest import Write, row

pytestmark = pytest.mark.django_db


def test_all_that_a_file_brought_goes(commune: AdminUnit, workbook: Write) -> None:
    outcome = form01.import_register(workbook([row(1), row(2)]))
    counts = form01.undo(outcome.file, added=outcome.added)

    assert (counts["plots"], counts["certificates"], counts["land_users"], counts["holdings"]) == (2, 2, 2, 2)
    assert counts["kept"] == 0
    for model in (Plot, Certificate, LandUser, Holding, LandUse, Asset, Scan):
        assert not model.objects.exists()


def test_what_a_later_file_stands_on_is_kept(commune: AdminUnit, workbook: Write) -> None:
    first = form01.import_register(workbook([row(1), row(2)]))
    heir = row(1, name="Lê Thị Khác", id_number="024175000077", guid="heir")
    form01.import_register(workbook([heir]))
    counts = form01.undo(first.file, added=first.added)

    assert (counts["plots"], counts["kept"]) == (1, 2)
    assert (Plot.objects.get().number, Holding.objects.get().guid) == (1, "heir")
    assert Certificate.objects.get().serial == "BK 000001"


def test_lines_put_onto_an_older_plot_go_and_the_plot_stays(commune: AdminUnit, workbook: Write) -> None:
    plot = factories.make_plot(commune, sheet=12, number=1, uses=False)
    outcome = form01.import_register(workbook([row(1)]))
    form01.undo(outcome.file, added=outcome.added)

    assert Plot.objects.get() == plot
    assert not LandUse.objects.exists()
    assert not Asset.objects.exists()


def test_who_counts_plots_is_told_before_they_go(commune: AdminUnit, workbook: Write) -> None:
    outcome = form01.import_register(workbook([row(1)]))
    seen: list[tuple[int, str]] = []
    form01.undo(
        outcome.file, leaving=lambda ids: seen.extend((pk, Plot.objects.get(pk=pk).state) for pk in ids)
    )

    assert seen == [(outcome.plots[0], Plot.State.RETIRED)]


def test_entries_that_were_merged_stay(commune: AdminUnit, workbook: Write) -> None:
    outcome = form01.import_register(workbook([row(1), row(2, name="Lê Thị Khác", id_number="024175000077")]))
    keep, other = LandUser.objects.order_by("pk")
    Holding.objects.filter(land_user=other).update(land_user=keep)
    LandUser.objects.filter(pk=other.pk).update(merged_into=keep)
    counts = form01.undo(outcome.file, added=outcome.added)

    assert counts["land_users"] == 0
    assert set(LandUser.objects.all()) == {keep, other}
