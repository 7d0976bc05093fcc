"""The same file again changes nothing; a later file proposes and never overwrites."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest

from landdb.intake.outcome import Difference, Outcome
from landdb.models import AdminUnit, ReceivedFile
from parcels.importers import form01
from parcels.models import Asset, Certificate, Holding, LandUse, LandUser, Plot, Scan
from reconciliation.actions import changes, proposals
from tests import factories
from tests.form01.conftest import Write, bare, row

pytestmark = pytest.mark.django_db


def records() -> dict[str, list[dict[str, Any]]]:
    models = (Plot, LandUser, Certificate, Holding, LandUse, Asset, Scan)
    return {model.__name__: list(model.objects.order_by("pk").values()) for model in models}


def proposed(outcome: Outcome) -> dict[str, object]:
    return {f"{each.model.partition('.')[2]}.{each.field}": each.new for each in outcome.differences}


MESSY = [
    row(1),
    row(1, name="Trần Thị Mẫu", id_number="024175000009", role="Vợ", guid="b", legal_area=99),
    row(2, guid=None, id_number=None, name="Nguyễn Văn Không Số"),
    row(3, guid=None, id_number=None, name="Nguyễn Văn Không Số", birth=1980, address="Thôn Đoài"),
    row(4, guid=None, sheet=None, number=None),
    row(5, guid=None, serial=None),
    row(6, guid=None, serial="CHUACOGIAY_07210_12_6", issued=None, book_number=None, scans="x-DDK.pdf"),
    row(7, guid=None, serial=None, issued=None, book_number=None, name=None),
    row(8, guid=None, name="Ông Lê Văn Mẫu và vợ là Trần Thị Thử", id_number=None),
    row(8, guid=None, name="Lê Văn Mẫu"),
    row(9, guid=None, sheet=None, number=None, certificate_sheet=None, certificate_plot=None),
    row(10, birth=None, sex=None, issued="2012", use1_area="12; 13", book_number="--\\--"),
]


def test_the_same_file_twice_is_all_unchanged(commune: AdminUnit, workbook: Write) -> None:
    path = workbook(MESSY)
    first = form01.import_register(path)
    before = records()
    second = form01.import_register(path)

    # The second row of certificate 8 says again what the first said.
    assert (first.file.rejected, first.file.applied, first.file.unchanged) == (0, len(MESSY) - 1, 1)
    assert (second.file.unchanged, second.file.proposed, second.file.applied) == (len(MESSY), 0, 0)
    assert second.differences == []
    assert (second.plots, second.land_users) == ([], [])
    assert records() == before
    assert ReceivedFile.objects.count() == 2


def test_other_values_are_proposed_and_nothing_is_overwritten(commune: AdminUnit, workbook: Write) -> None:
    form01.import_register(workbook([row(1)]))
    before = records()
    outcome = form01.import_register(
        workbook(
            [row(1, legal_area=130, birth="13/03/1975", issued="21/05/2012", use1_area=99, role="Cá nhân")]
        )
    )

    assert outcome.file.proposed == 1
    assert proposed(outcome) == {
        "plot.legal_area": Decimal("130.00"),
        "landuser.birth_raw": "13/03/1975",
        "certificate.issued_raw": "21/05/2012",
        "certificate.issued_on": dt.date(2012, 5, 21),
        "landuse.area": Decimal("99.00"),
        "holding.role": "holder",
    }
    assert {each.row for each in outcome.differences} == {5}
    assert records() == before


def test_filling_an_empty_field_is_a_proposal_too(commune: AdminUnit, workbook: Write) -> None:
    form01.import_register(workbook([row(1, legal_area=None, birth=None)]))
    outcome = form01.import_register(workbook([row(1)]))

    assert proposed(outcome) == {"plot.legal_area": Decimal("120.50"), "landuser.birth_raw": "12/03/1975"}


def test_an_empty_cell_says_nothing(commune: AdminUnit, workbook: Write) -> None:
    form01.import_register(workbook([row(1)]))
    outcome = form01.import_register(workbook([bare(1, guid=row(1)["guid"])]))

    assert (outcome.file.unchanged, outcome.differences) == (1, [])


def test_a_placeholder_never_stands_against_a_value(commune: AdminUnit, workbook: Write) -> None:
    form01.import_register(workbook([row(1, book_number="CH00012", use1_origin="NCQ-10-CNQ-KTT")]))
    again = form01.import_register(workbook([row(1, book_number="--\\--", use1_origin="CNQ-CTT")]))
    assert again.differences == []
    assert again.file.unchanged == 1


def test_spelling_habits_and_less_precision_are_no_difference(commune: AdminUnit, workbook: Write) -> None:
    form01.import_register(workbook([row(1, name="Nguyễn Thị Hoà")]))
    outcome = form01.import_register(
        workbook([row(1, name="NGUYỄN THỊ HÒA", birth=1975, sex="nam", use1_purpose="Đất ở tại nông thôn")])
    )

    assert outcome.differences == []


def test_a_guid_says_whose_number_and_serial_are_corrected(commune: AdminUnit, workbook: Write) -> None:
    form01.import_register(workbook([row(1, id_number=None, serial="BK 00001")]))
    outcome = form01.import_register(workbook([row(1)]))

    assert (LandUser.objects.count(), Certificate.objects.count(), Holding.objects.count()) == (1, 1, 1)
    assert proposed(outcome) == {
        "landuser.id_number_raw": "024075000001",
        "certificate.serial_raw": "BK 000001",
        "certificate.serial": "BK 000001",
    }


def test_a_guid_that_names_another_person_proposes_the_other_person(
    commune: AdminUnit, workbook: Write
) -> None:
    form01.import_register(workbook([row(1)]))
    outcome = form01.import_register(
        workbook([row(1, name="Lê Thị Khác", id_number="024175000077", birth=1990)])
    )

    buyer = LandUser.objects.get(id_number="024175000077")
    holding = Holding.objects.get()
    assert outcome.differences == [
        Difference("parcels.holding", holding.pk, "land_user_id", holding.land_user_id, buyer.pk, 5)
    ]


def test_numbers_for_a_plot_that_had_none_are_proposed(commune: AdminUnit, workbook: Write) -> None:
    form01.import_register(workbook([row(1, sheet=None, number=None, guid=None)]))
    outcome = form01.import_register(workbook([row(1, guid=None)]))

    assert Plot.objects.count() == 1
    assert proposed(outcome) == {"plot.sheet": 12, "plot.number": 1}


def test_numbers_of_another_plot_are_not_proposed(commune: AdminUnit, workbook: Write) -> None:
    form01.import_register(workbook([row(1), row(2)]))
    outcome = form01.import_register(workbook([row(2, number=1)]))

    assert "plot.number" not in proposed(outcome)
    assert {problem.code for problem in outcome.problems} == {"plot_number_taken"}


def test_the_same_person_on_the_same_certificate_is_known_without_a_number(
    commune: AdminUnit, workbook: Write
) -> None:
    form01.import_register(workbook([bare(1)]))
    outcome = form01.import_register(workbook([bare(1, id_number=None, birth=1975)]))

    assert LandUser.objects.count() == 1
    assert outcome.file.unchanged == 1


def test_one_number_with_two_names_is_two_land_users(commune: AdminUnit, workbook: Write) -> None:
    form01.import_register(workbook([bare(1), bare(2, id_number=bare(1)["id_number"], name="Lê Văn Khác")]))

    assert LandUser.objects.count() == 2


def test_one_name_without_numbers_is_one_person_only_where_birth_and_address_agree(
    commune: AdminUnit, workbook: Write
) -> None:
    same = {"name": "Nguyễn Văn Mẫu", "id_number": None, "address": "Thôn Đông"}
    rows = [bare(1, **same), bare(2, **same), bare(3, **same | {"birth": 1950}), bare(4, **same, sex="Nam")]
    form01.import_register(workbook([*rows, bare(5, **same | {"address": "Thôn Đoài"})]))

    assert LandUser.objects.count() == 3


def test_lines_of_use_for_a_plot_without_any_go_in(commune: AdminUnit, workbook: Write) -> None:
    plot = factories.make_plot(commune, sheet=12, number=1, uses=False)
    outcome = form01.import_register(workbook([row(1)]))

    assert LandUse.objects.filter(plot=plot).count() == 2
    assert set(outcome.added["parcels.landuse"]) == set(LandUse.objects.values_list("pk", flat=True))


def test_a_proposal_can_be_approved_and_then_nothing_is_left(commune: AdminUnit, workbook: Write) -> None:
    reviewer = factories.make_user()
    path = workbook([row(1, legal_area=130, birth="13/03/1975", use1_purpose="ODT", role="Vợ", phone="0912")])
    form01.import_register(workbook([row(1)], "first.xlsx"))
    change_set = proposals.record(form01.import_register(path), reviewer)
    assert change_set is not None
    changes.apply(change_set, by=reviewer)

    assert form01.import_register(path).file.unchanged == 1
    assert LandUser.objects.get().birth_on == dt.date(1975, 3, 13)


def test_a_merged_entry_comes_again_as_the_one_that_stands_for_it(
    commune: AdminUnit, workbook: Write
) -> None:
    path = workbook([row(1), row(2, guid=None, name="NGUYEN VAN MAU", id_number=None, birth="1975")])
    form01.import_register(path)
    keep, other = LandUser.objects.order_by("pk")
    Holding.objects.filter(land_user=other).update(land_user=keep)
    LandUser.objects.filter(pk=other.pk).update(merged_into=keep)
    before = records()
    again = form01.import_register(path)

    assert (again.file.unchanged, again.file.proposed, again.file.applied) == (2, 0, 0)
    assert records() == before
