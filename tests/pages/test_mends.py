"""What "same person" would correct in the register: marked to the letter, as in the evidence."""

from __future__ import annotations

import pytest

from reconciliation.models import Match
from reconciliation.web import evidence
from tests import factories
from tests.actions.cast import make_resident

from .test_letters import shown

pytestmark = pytest.mark.django_db


def test_letters_and_digits_that_differ_are_marked_alone() -> None:
    person = factories.make_land_user(
        factories.make_commune(),
        name_raw="Nguyễn Văn Thõa", birth_raw="12/03/1965", sex_raw="Nữ", id_number_raw="024075000156",
    )  # fmt: skip
    found = Match(land_user=person, resident=make_resident("Nguyễn Văn Thỏa", "12/03/1956", "024075000756"))
    mends = evidence.mends(person, found, is_revealed=True)
    assert [shown((mend.old, mend.new)) for mend in mends] == [
        ("Nguyễn Văn Th[õ]a", "Nguyễn Văn Th[ỏ]a"),
        ("12/03/19[65]", "12/03/19[56]"),
        ("024075000[1]56", "024075000[7]56"),
    ]
    hidden = evidence.mends(person, found, is_revealed=False)[-1]
    assert shown((hidden.old, hidden.new)) == ("•••• •••• 0[1]56", "•••• •••• 0[7]56")


def test_what_the_register_lacks_is_nowhere_marked() -> None:
    person = factories.make_land_user(
        factories.make_commune(), name_raw="Lê An", birth_raw="", sex_raw="Nữ", id_number_raw=""
    )
    found = Match(land_user=person, resident=make_resident("Lê An", "1956"))
    (mend,) = evidence.mends(person, found, is_revealed=False)
    assert shown((mend.old, mend.new)) == ("", "1956")
