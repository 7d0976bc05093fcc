"""What each pair of values reaches on its ladder."""

from __future__ import annotations

import datetime as dt

import duckdb
import pytest

from landdb.normalise.text import fold, tone_key
from reconciliation.matching import comparisons
from reconciliation.matching.comparisons import BIRTH, FORMER_NUMBER, NAME, NUMBER, SEX, VILLAGE, Ladder
from reconciliation.matching.weights import load

_TEXTS = ("name_key", "name_fold", "given", "surname", "sex", "number", "former", "village")
_COLUMNS = dict.fromkeys(_TEXTS, "VARCHAR") | {
    "birth_on": "DATE",
    "birth_year": "SMALLINT",
    "commune": "SMALLINT",
    "has_anothers_number": "BOOLEAN",
}


def level(ladder: Ladder, ours: dict, theirs: dict) -> str:
    """The step on which a ladder puts two persons."""
    with duckdb.connect() as session:
        for alias, person in (("l", ours), ("r", theirs)):
            listed = ", ".join(f"{name} {kind}" for name, kind in _COLUMNS.items())
            session.execute(f"CREATE TABLE {alias} ({listed})")
            row = (
                {"commune": 1}
                | dict.fromkeys(set(_COLUMNS) & {"sex", "number", "former", "village"}, "")
                | person
            )
            session.execute(
                f"INSERT INTO {alias} ({', '.join(row)}) VALUES ({', '.join('?' * len(row))})",
                list(row.values()),
            )
        return session.execute(f"SELECT {ladder.level_sql} FROM l, r").fetchone()[0]


def named(name: str) -> dict:
    words = fold(name).split(" ")
    return {"name_key": tone_key(name), "name_fold": fold(name), "surname": words[0], "given": words[-1]}


@pytest.mark.parametrize(
    ("ours", "theirs", "step"),
    [
        ("Nguyễn Thị Hoà", "Nguyễn Thị Hòa", "same_key"),
        ("LÊ VĂN LÝ", "Lê Văn Lí", "same_key"),
        ("Nguyen Thi Hoa", "Nguyễn Thị Hòa", "marks_missing"),
        ("Nguyen Thị Hòa", "Nguyễn Thị Hòa", "marks_missing"),
        ("Nguyễn Thị Hoa", "Nguyễn Thị Hòa", "marks_missing"),
        ("Nguyễn Văn Hùng", "Nguyễn Văn Hưng", "marks_differ"),
        ("Nguyễn Văn Hùmg", "Nguyễn Văn Hùng", "one_letter"),
        ("Nguyễn Văn Hnùg", "Nguyễn Văn Hùng", "one_letter"),
        ("Nguyễn Vn Hùgn", "Nguyễn Văn Hùng", "two_letters"),
        ("Nguyễn Hùng", "Nguyễn Văn Hùng", "middle"),
        ("Trần Thị Hùng", "Nguyễn Văn Hùng", "given"),
        ("Trần Thị Lan", "Nguyễn Văn Hùng", "differ"),
        ("", "Nguyễn Văn Hùng", "missing"),
    ],
)
def test_names(ours, theirs, step):
    assert level(NAME, named(ours), named(theirs)) == step


def born(text: str) -> dict:
    if "-" in text:
        day = dt.date.fromisoformat(text)
        return {"birth_on": day, "birth_year": day.year}
    return {"birth_on": None, "birth_year": int(text) if text else None}


@pytest.mark.parametrize(
    ("ours", "theirs", "step"),
    [
        ("1965-03-12", "1965-03-12", "same_day"),
        ("1965-12-03", "1965-03-12", "swapped"),
        ("1965", "1965-03-12", "same_year"),
        ("1965-03-13", "1965-03-12", "other_day"),
        ("1966", "1965-03-12", "year_beside"),
        ("1956", "1965-03-12", "year_typo"),
        ("1975", "1965-03-12", "year_typo"),
        ("1942", "1965-03-12", "differ"),
        ("", "1965-03-12", "missing"),
    ],
)
def test_births(ours, theirs, step):
    assert level(BIRTH, born(ours), born(theirs)) == step


@pytest.mark.parametrize(
    ("ours", "theirs", "step"),
    [
        ("027165001234", "027165001234", "same"),
        ("027165001243", "027165001234", "one_off"),
        ("027165001235", "027165001234", "one_off"),
        ("027165001255", "027165001234", "two_off"),
        ("027165991234", "027165001255", "differ"),
        ("", "027165001234", "missing"),
    ],
)
def test_numbers(ours, theirs, step):
    assert level(NUMBER, {"number": ours}, {"number": theirs}) == step


def test_a_number_known_to_be_anothers_has_a_step_of_its_own():
    ours = {"number": "027165991234", "has_anothers_number": True}
    assert level(NUMBER, ours, {"number": "027165001255"}) == "of_another"


@pytest.mark.parametrize(
    ("ladder", "ours", "theirs", "step"),
    [
        (SEX, {"sex": "F"}, {"sex": "F"}, "same"),
        (SEX, {"sex": "F"}, {"sex": "M"}, "differ"),
        (SEX, {"sex": ""}, {"sex": "M"}, "missing"),
        (FORMER_NUMBER, {"former": "125001234"}, {"former": "125001243"}, "one_off"),
        (FORMER_NUMBER, {"former": "125001234"}, {"former": "125999999"}, "differ"),
        (VILLAGE, {"village": "dong"}, {"village": "dong"}, "same"),
        (VILLAGE, {"village": "yen man dong"}, {"village": "yen man"}, "near"),
        (VILLAGE, {"village": "so 3"}, {"village": "so 5"}, "differ"),
        (VILLAGE, {"village": "dong"}, {"village": "dong", "commune": 2}, "missing"),
    ],
)
def test_other_ladders(ladder, ours, theirs, step):
    assert level(ladder, ours, theirs) == step


@pytest.mark.parametrize("ladder", comparisons.LADDERS, ids=lambda ladder: ladder.field)
def test_every_step_has_a_weight_and_a_word(ladder):
    weights = load()
    for step in ladder.steps:
        assert str(step.word)
        assert abs(weights.bits(ladder.field, step.level)) < 30


@pytest.mark.parametrize("ladder", [BIRTH, SEX, NUMBER, FORMER_NUMBER], ids=lambda ladder: ladder.field)
def test_a_step_down_never_weighs_more(ladder):
    exact = [load().bits(ladder.field, step.level) for step in ladder.steps if step.sign == comparisons.EXACT]
    rest = [load().bits(ladder.field, step.level) for step in ladder.steps if step.sign == comparisons.CLASH]
    assert min(exact) > max(rest)
