"""Who stands on a certificate with a corrected entry is matched again where that can change something."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from parcels.models import Certificate, Holding, LandUser, Plot
from reconciliation import classification, matching
from reconciliation.actions import changes, edits
from reconciliation.actions.beside import beside
from reconciliation.actions.changes import FieldChange
from reconciliation.matching.ladders import LADDERS
from reconciliation.models import ChangeSet, GroupMove, Match, Verification, WorkItem
from tests import factories as make
from tests.matching import cast

pytestmark = pytest.mark.django_db

_HOUSEHOLD = [ladder.field for ladder in LADDERS].index("household")
WIFES_NUMBER, WRONG_NUMBER = "027166000034", "027166000035"


class Couple:
    """A husband with two namesakes of his year in the commune; his wife, whose number is wrong by a digit."""

    def __init__(self) -> None:
        self.here = cast.commune()
        cast.crowd(100, self.here)
        self.man = cast.resident("Vũ Văn Hòa", "12/03/1965", sex="Nam", village="Thôn Đông", unit=self.here)
        cast.resident("Vũ Văn Hòa", "04/09/1965", sex="Nam", village="Thôn Đoài", unit=self.here)
        cast.resident("Lê Thị Mận", "02/02/1966", WIFES_NUMBER, sex="Nữ", village="Thôn Đông", unit=self.here)
        self.husband = cast.land_user("Vũ Văn Hòa", "1965", sex="Nam", unit=self.here)
        self.wife = cast.land_user("Lê Thị Mận", "1966", WRONG_NUMBER, sex="Nữ", unit=self.here)
        self.certificate: Certificate = make.make_certificate(self.here)
        self.plot: Plot = make.make_plot(self.here)
        for person in (self.husband, self.wife):
            make.make_holding(self.plot, person, self.certificate)
        matching.refresh([self.husband.pk, self.wife.pk])
        classification.refresh([self.plot.pk], cause=GroupMove.Cause.FIRST)
        self.by = make.make_user(commune=self.here)

    def correct(self, **values: str) -> ChangeSet:
        person = LandUser.objects.get(pk=self.wife.pk)
        decision = edits.correct(person, values, by=self.by, reason="theo căn cước")
        return decision.change_set

    def levels(self) -> dict[int, str]:
        """resident → how much the household says for the husband."""
        return {match.resident_id: match.levels[_HOUSEHOLD] for match in self.husband.matches.all()}

    def rows(self) -> list[tuple]:
        matches = self.husband.matches.order_by("resident_id")
        return [
            *matches.values_list("resident_id", "score", "probability", "outcome", "levels"),
            *Verification.objects.filter(land_user=self.husband).values_list("outcome", "resident_id"),
            *WorkItem.objects.filter(land_user=self.husband).values_list("state", "outcome", "opened_at"),
        ]


@pytest.fixture
def couple() -> Couple:
    return Couple()


def best(person: LandUser) -> Match:
    found = person.matches.order_by("-score").first()
    assert found is not None
    return found


def test_the_wifes_right_number_tells_which_namesake_is_the_husband(couple: Couple) -> None:
    assert set(couple.levels().values()) == {"-"}
    before = best(couple.husband).probability
    couple.correct(id_number_raw=WIFES_NUMBER)
    found = best(couple.husband)
    assert found.resident == couple.man
    assert couple.levels()[couple.man.pk] == "a"
    assert found.probability > before


def test_taken_back_the_husband_is_as_he_was_also_in_the_queue(couple: Couple) -> None:
    before = couple.rows()
    change_set = couple.correct(id_number_raw=WIFES_NUMBER)
    assert couple.rows() != before
    changes.undo(change_set, by=couple.by)
    assert couple.rows() == before


def test_a_name_that_no_longer_fits_the_number_says_nothing_for_the_husband(couple: Couple) -> None:
    couple.correct(id_number_raw=WIFES_NUMBER)
    person = LandUser.objects.get(pk=couple.wife.pk)
    wanted = [FieldChange(person, "name_raw", "Lê Thị Nhót")]
    changes.apply(changes.plan(ChangeSet.Kind.CORRECTION, wanted, by=couple.by), by=couple.by)
    assert set(couple.levels().values()) == {"-"}


@pytest.mark.parametrize("field", ["birth_raw", "phone", "address_raw"])
def test_what_does_not_tell_who_she_is_leaves_the_husband_alone(couple: Couple, field: str) -> None:
    change_set = couple.correct(**{field: {"birth_raw": "02/02/1966", "phone": "0900000000"}.get(field, "x")})
    assert change_set.state == ChangeSet.State.APPLIED
    assert beside(list(change_set.changes.all())) == set()


def test_a_wrong_number_that_becomes_another_wrong_one_leaves_the_husband_alone(couple: Couple) -> None:
    change_set = couple.correct(id_number_raw="027166000099")
    assert beside(list(change_set.changes.all())) == set()


def test_an_organisation_on_the_certificate_is_not_compared_with_anybody(couple: Couple) -> None:
    firm = cast.land_user("Công ty Hòa Phát", unit=couple.here, kind="organisation")
    make.make_holding(couple.plot, firm, couple.certificate)
    change_set = couple.correct(id_number_raw=WIFES_NUMBER)
    assert beside(list(change_set.changes.all())) == {couple.husband.pk, couple.wife.pk}


def test_a_word_on_a_match_asks_nothing_of_the_certificate(couple: Couple) -> None:
    match = best(couple.husband)
    wanted = [FieldChange(match, "state", Match.State.REJECTED.value)]
    change_set = changes.apply(changes.plan(ChangeSet.Kind.MATCH, wanted, by=couple.by), by=couple.by)
    every = list(change_set.changes.all())
    with CaptureQueriesContext(connection) as asked:
        assert beside(every) == set()
    assert len(asked) == 0


def test_the_entry_that_takes_over_her_holdings_vouches_from_then_on(couple: Couple) -> None:
    other = cast.land_user("Lê Thị Mận", "1966", WIFES_NUMBER, sex="Nữ", unit=couple.here)
    matching.refresh([other.pk])
    held = Holding.objects.get(land_user=couple.wife)
    wanted = [FieldChange(held, "land_user_id", other.pk)]
    change_set = changes.apply(changes.plan(ChangeSet.Kind.MERGE, wanted, by=couple.by), by=couple.by)
    assert couple.levels()[couple.man.pk] == "a"
    changes.undo(change_set, by=couple.by)
    assert set(couple.levels().values()) == {"-"}
