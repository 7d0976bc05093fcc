"""The explanation of a land user says what is stored, with numbers masked."""

from __future__ import annotations

import io
import json

import pytest
from django.core.management import CommandError, call_command
from factories import make_certificate, make_holding, make_plot

from reconciliation.matching import evidence, refresh
from reconciliation.models import Match, MatchingFit, Verification

from .cast import commune, land_user, resident

pytestmark = pytest.mark.django_db

NUMBER = "027175123456"


def tell(owner_id: str, *flags: str) -> str:
    out = io.StringIO()
    call_command("explain", owner_id, *flags, stdout=out)
    return out.getvalue()


@pytest.fixture
def person():
    unit = commune("Tam Đa")
    resident("Nguyễn Thị Duyên", "12/03/1975", NUMBER, sex="Nữ", village="Thôn Đông", unit=unit)
    resident("Nguyễn Thị Duyên", "1975", "", sex="Nữ", village="Thôn Đoài", unit=unit)
    person = land_user("NGUYỄN THỊ DUYÊN", "1975", "027175123465", sex="Nữ", unit=unit)
    refresh([person.pk])
    return person


def test_its_numbers_are_those_stored(person) -> None:
    told = json.loads(tell(person.source_key, "--json"))
    stored = list(Match.objects.best_first())
    assert len(stored) == 2
    for candidate, match in zip(told["candidates"], stored, strict=True):
        assert (candidate["probability"], candidate["score"]) == (match.probability, match.score)
        assert (candidate["stage"], candidate["outcome"]) == (match.stage, match.outcome)
        weights = [row["weight"] for row in candidate["fields"]]
        parts = [*weights, candidate["coincidence"], candidate["start"]]
        assert [round(100 * part) for part in parts] == match.weights
        assert round(100 * candidate["sum"]) == sum(match.weights)
    assert told["margin"] == stored[0].score - stored[1].score
    assert told["runner_up"] == stored[1].resident.resident_key
    assert told["absent_probability"] == Verification.objects.get().absent_probability


def test_it_reads_in_words_and_masks_numbers(person) -> None:
    for text in (tell(person.source_key), tell(person.source_key, "--json")):
        assert "Nguyễn Thị Duyên" in text
        assert "giống hệt" in text
        assert NUMBER not in text
        assert "027175123465" not in text
    assert "Người đứng sau: Nguyễn Thị Duyên, 1975, Xã Tam Đa" in tell(person.source_key)
    assert "Chưa có lần ước lượng nào" in tell(person.source_key)


def test_it_names_who_stands_on_the_same_certificate(person) -> None:
    other = land_user("Lê Văn Tư", "1970", sex="Nam", unit=person.commune)
    certificate = make_certificate(person.commune, scanned=False)
    for each in (person, other):
        make_holding(make_plot(person.commune, uses=False), each, certificate)
    told = json.loads(tell(person.source_key, "--json"))
    (household,) = (row for row in told["candidates"][0]["fields"] if row["field"] == "household")
    assert household["ours"] == "Lê Văn Tư"


def test_it_names_the_fit_in_force(person) -> None:
    MatchingFit.objects.create(version="v2", land_users=1, residents=2, places=2, weights="{}")
    assert "Ước lượng v2, " in tell(person.source_key)


def test_one_without_a_key_is_found_by_its_row(person) -> None:
    type(person).objects.filter(pk=person.pk).update(source_key="")
    assert json.loads(tell(f"#{person.pk}", "--json"))["owner_id"] == f"#{person.pk}"


def test_who_resembles_nobody_is_told_so() -> None:
    person = land_user("Trần Văn Không", "1950", unit=commune("Tam Đa"))
    refresh([person.pk])
    assert "Không có ứng viên nào được lưu." in tell(person.source_key)


@pytest.mark.parametrize("owner_id", ["U999999", "#999999", "#", "#x", "", "#²", "#99999999999999999999"])
def test_an_unknown_owner_is_one_sentence(owner_id: str) -> None:
    with pytest.raises(CommandError, match="There is no land user"):
        tell(owner_id)


@pytest.mark.parametrize(
    ("ours", "theirs", "told"),
    [
        ("", NUMBER, "sổ đất: không có số định danh"),
        (NUMBER, "", "dân cư: không có số định danh"),
        ("", "", "cả hai bên: không có số định danh"),
    ],
)
def test_it_says_which_side_lacks_a_number(ours: str, theirs: str, told: str) -> None:
    unit = commune("Tam Đa")
    found = resident("Nguyễn Thị Duyên", "1975", theirs, sex="Nữ", unit=unit)
    person = land_user("Nguyễn Thị Duyên", "1975", ours, sex="Nữ", unit=unit)
    match = Match(land_user=person, resident=found)
    evidence.put_back(match, {"number": {"level": "missing", "weight": 0.0}})
    words = {row.field: str(row.word) for row in evidence.explain(match, person, found)}
    assert words["number"] == told


def test_former_numbers_of_two_lengths_are_lacking_on_no_side() -> None:
    person = land_user("Nguyễn Thị Duyên", "1975", "125123456", unit=commune("Tam Đa"))
    found = resident("Nguyễn Thị Duyên", "1975", NUMBER)
    found.former_number = "12512345678"
    match = Match(land_user=person, resident=found)
    evidence.put_back(match, {"former_number": {"level": "missing", "weight": 0.0}})
    words = {row.field: str(row.word) for row in evidence.explain(match, person, found)}
    assert words["former_number"] == "hai bên ghi theo cách không so được"
