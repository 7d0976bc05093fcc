"""Which reason a side sheet of the desk proposes: what the evidence says, else none."""

from __future__ import annotations

import re

import pytest

from parcels.models import LandUser
from reconciliation.actions.handovers import With
from reconciliation.matching import evidence
from reconciliation.models import Decision, Match, Verification, Why
from reconciliation.web.desk_reasons import fields_of, proposed

from .desk_cast import page, sheet

PROPOSED, ACCEPTED, REJECTED = Match.State.PROPOSED, Match.State.ACCEPTED, Match.State.REJECTED


def candidate(probability: float, state: str = PROPOSED, **levels: str) -> Match:
    """A candidate that agrees in everything but the fields named."""
    match = Match(probability=probability, state=state)
    agreeing = {"name": "same_key", "birth": "same_day", "number": "same"}
    told = {field: {"level": level, "weight": 1.0} for field, level in (agreeing | levels).items()}
    evidence.put_back(match, told)
    return match


@pytest.mark.parametrize(
    ("candidates", "why"),
    [
        ([], "police_absent"),
        ([candidate(0.9, REJECTED), candidate(0.1, REJECTED)], "police_absent"),
        ([candidate(0.5), candidate(0.4)], "police_unclear"),
        ([candidate(0.5, number="differ"), candidate(0.4)], "police_unclear"),
        ([candidate(0.9995)], None),
        ([candidate(0.9995), candidate(0.0001)], None),
        ([candidate(0.6)], None),
        ([candidate(0.9995, number="differ")], "police_number"),
        ([candidate(0.9995, number="differ"), candidate(0.0001)], "police_number"),
        ([candidate(0.6, former_number="differ"), candidate(0.4, REJECTED)], "police_number"),
        ([candidate(0.6, number="one_off")], None),
        ([candidate(0.4, ACCEPTED), candidate(0.3)], None),
    ],
)
def test_to_the_police(candidates: list[Match], why: str | None) -> None:
    assert proposed(With.POLICE, candidates, None) == why


@pytest.mark.parametrize(
    ("candidates", "outcome", "why"),
    [
        ([candidate(0.9995)], "matched", None),
        ([candidate(0.9995, birth="year_typo")], "mismatch", "commune_differs"),
        ([candidate(0.5, birth="year_typo"), candidate(0.4)], "ambiguous", None),
        ([], "not_found", None),
        ([], "unverifiable", "commune_cells"),
    ],
)
def test_back_to_the_commune(candidates: list[Match], outcome: str, why: str | None) -> None:
    assert proposed(With.COMMUNE, candidates, Verification(outcome=outcome)) == why


@pytest.mark.parametrize(
    ("levels", "fields"),
    [
        ({"birth": "year_typo"}, ["birth"]),
        ({"former_number": "differ", "number": "one_off", "name": "differ"}, ["name", "id_number"]),
        ({"commune": "differ"}, ["address"]),
    ],
)
def test_the_commune_is_asked_about_the_fields_that_differ(levels: dict[str, str], fields: list[str]) -> None:
    found = [candidate(0.9995, **levels), candidate(0.0001, sex="differ")]
    assert fields_of(Why.COMMUNE_DIFFERS, LandUser(), found) == fields


def test_the_commune_is_asked_about_the_fields_that_are_not_there() -> None:
    assert fields_of(Why.COMMUNE_CELLS, LandUser(name="NGUYỄN THỊ AN"), []) == ["birth", "id_number"]
    assert fields_of(Why.COMMUNE_CELLS, LandUser(former_number="125000111"), []) == ["name", "birth"]
    assert fields_of(None, LandUser(), [candidate(0.5)]) == []


def test_why_a_paper_stays_with_its_holder_is_not_in_the_registry() -> None:
    assert proposed(With.CITIZEN, [candidate(0.9995)], None) is None


@pytest.mark.django_db
class TestOnTheDesk:
    def test_each_has_its_own_reason_ticked(self, visit, officer, cases) -> None:
        several, one, _nobody = cases
        # The later one as it is with most: somebody already turned the other down.
        Match.objects.filter(pk=one.matches[1].pk).update(state=REJECTED)
        client = visit(officer)
        assert ticked(client.get(page(several, "?sheet=police")), "police") == ["police_unclear"]
        assert ticked(client.get(page(one, "?sheet=police")), "police") == []
        assert ticked(client.get(page(several, "?sheet=police")), "later") == ["tomorrow"]

    def test_without_a_reason_it_says_so_and_loses_nothing(self, visit, officer, cases) -> None:
        data = sheet(cases[0], "police", "", note="nhờ xem lại", until="30/04/2030")
        answer = visit(officer).post(page(cases[0]) + "hand-on/", data)
        shown = answer.content.decode()
        assert answer.status_code == 422
        assert "Chưa chuyển đi vì chưa chọn lý do: bấm số của một lý do rồi gửi lại." in shown
        assert "nhờ xem lại" in shown
        assert 'value="30/04/2030"' in shown
        assert ticked(answer, "police") == []
        assert not Decision.objects.exists()


def ticked(answer, where: str) -> list[str]:
    """The reasons that are ticked on the sheet of a receiver."""
    form = answer.content.decode().partition(f'id="sheet-{where}"')[2].partition("</form>")[0]
    return re.findall(r'name="why" value="(\w+)"[^>]* checked', form)
