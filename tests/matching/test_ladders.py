"""What each pair of values reaches on its ladder."""

from __future__ import annotations

import datetime as dt

import duckdb
import pytest

from landdb.normalise.text import fold, tone_key
from reconciliation.matching.ladders import (
    BIRTH,
    COMMUNE,
    FORMER_NUMBER,
    HOUSEHOLD,
    LADDERS,
    LETTERS,
    NAME,
    NUMBER,
    SEX,
    STATUS,
    VILLAGE,
)  # fmt: skip
from reconciliation.matching.steps import CLASH, EXACT, MISSING, Ladder
from reconciliation.matching.weights import load

#: What stands in the tables where a test says nothing.
_PERSON = {
    "name": None, "key": None, "name_key": "", "name_fold": "x", "given": None, "ends": None, "tail": None,
    "stem": None, "birth_on": None, "birth_year": None, "sex": "", "number": None, "digits": "", "former": "",
    "commune": 1, "former_commune": None, "district": None, "village": "", "place": None, "status": "alive",
}  # fmt: skip
_AROUND = {
    "owner_place": None, "former_owner_place": None, "kin": None,
}  # fmt: skip
_TYPES = {"birth_on": "DATE", "birth_year": "SMALLINT", "number": "BIGINT"}
_INTEGERS = {
    "name", "key", "given", "ends", "tail", "stem", "commune", "former_commune", "district", "place",
    "owner_place", "former_owner_place", "kin",
}  # fmt: skip


def level(ladder: Ladder, ours: dict, theirs: dict, around: dict | None = None) -> str:
    """The step on which a ladder puts two persons."""
    with duckdb.connect() as session:
        tables = {"l": {**_PERSON, **ours}, "r": {**_PERSON, **theirs}, "x": {**_AROUND, **(around or {})}}
        for alias, row in tables.items():
            kinds = {name: _TYPES.get(name, "BIGINT" if name in _INTEGERS else "VARCHAR") for name in row}
            session.execute(f"CREATE TABLE {alias} ({', '.join(f'{n} {kind}' for n, kind in kinds.items())})")
            marks = ", ".join("?" * len(row))
            session.execute(f"INSERT INTO {alias} VALUES ({marks})", list(row.values()))
        code = session.execute(
            f"SELECT {NAME.code_sql} AS c_name, {ladder.code_sql} AS code"
            f" FROM l, r, (SELECT x.*, {LETTERS} AS letters FROM l, r, x) x".replace("$year", "2026")
        ).fetchone()[1]
        return ladder.level_of(code)


def named(name: str) -> dict:
    words = fold(name).split(" ")
    parts = {
        "name": fold(name),
        "key": tone_key(name),
        "given": words[-1],
        "ends": f"{words[0]} {words[-1]}",
        "tail": " ".join(words[1:]),
        "stem": " ".join(words[:-1]),
    }
    hashed = {part: hash(text) % 10**9 for part, text in parts.items()}
    return {**hashed, "name_key": tone_key(name), "name_fold": fold(name)}


def numbered(number: str) -> dict:
    return {"number": int(number) if number else None, "digits": number}


@pytest.mark.parametrize(
    ("ours", "theirs", "step"),
    [
        ("Nguyễn Thị Hoà", "Nguyễn Thị Hòa", "same_key"),
        ("LÊ VĂN LÝ", "Lê Văn Lí", "same_key"),
        ("Nguyen Thi Hoa", "Nguyễn Thị Hòa", "marks_missing"),
        ("Nguyen Thị Hòa", "Nguyễn Thị Hòa", "marks_missing"),
        ("Nguyễn Thị Hoa", "Nguyễn Thị Hòa", "marks_missing"),
        ("Nguyễn Văn Hùng", "Nguyễn Văn Hưng", "one_mark"),
        ("Nguyễn Vân Hùng", "Nguyễn Văn Hưng", "marks_differ"),
        ("Nguyễn Văn Hùmg", "Nguyễn Văn Hùng", "one_letter"),
        ("Nguyễn Văn Hnùg", "Nguyễn Văn Hùng", "one_letter"),
        ("Nguyễn Vn Hùgn", "Nguyễn Văn Hùng", "two_letters"),
        ("Nguyễn Hùng", "Nguyễn Văn Hùng", "middle_dropped"),
        ("Nguyễn Thị Lan", "Nguyễn Thị Ngọc Lan", "middle_dropped"),
        ("Nguyễn Hữu Hùng", "Nguyễn Văn Hùng", "middle"),
        ("Trịnh Văn Hùng", "Nguyễn Văn Hùng", "surname"),
        ("Nguyễn Văn Quang", "Nguyễn Văn Hùng", "stem"),
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
        ("1965-03-13", "1965-03-12", "near_day"),
        ("1965-07-28", "1965-03-12", "other_day"),
        ("1964", "1965-02-01", "lunar_year"),
        ("1966", "1965-03-12", "year_beside"),
        ("1956", "1965-03-12", "year_swapped"),
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
        ("027165991234", "027165001255", "same_head"),
        ("024065991234", "027165001255", "differ"),
        ("", "027165001234", "missing"),
    ],
)
def test_numbers(ours, theirs, step):
    name = named("Vũ Thị Hòa")
    assert level(NUMBER, name | numbered(ours), name | numbered(theirs)) == step


def test_a_number_known_to_be_anothers_has_steps_of_its_own():
    ours, theirs = numbered("027165991234"), {**numbered("027165001255"), "place": 7}
    assert level(NUMBER, ours, theirs, {"owner_place": 8}) == "of_another"
    assert level(NUMBER, ours, theirs, {"owner_place": 7}) == "of_neighbour"


def test_a_number_with_another_name_is_told_apart():
    number = numbered("027165001234")
    assert (
        level(NUMBER, {**number, **named("Lê Văn A")}, {**number, **named("Vũ Thị Bé")}) == "same_of_another"
    )


@pytest.mark.parametrize(
    ("ladder", "ours", "theirs", "around", "step"),
    [
        (SEX, {"sex": "F"}, {"sex": "F"}, {}, "same"),
        (SEX, {"sex": "F"}, {"sex": "M"}, {}, "differ"),
        (SEX, {"sex": ""}, {"sex": "M"}, {}, "missing"),
        (FORMER_NUMBER, {"former": "125001234"}, {"former": "125001243"}, {}, "one_off"),
        (FORMER_NUMBER, {"former": "125001234"}, {"former": "125999999"}, {}, "differ"),
        (COMMUNE, {"former_commune": 5}, {"former_commune": 5}, {}, "same_former"),
        (COMMUNE, {"former_commune": 5}, {"former_commune": 6}, {}, "other_former"),
        (COMMUNE, {"former_commune": 5}, {}, {}, "same"),
        (COMMUNE, {"district": 3}, {"commune": 2, "district": 3}, {}, "district"),
        (COMMUNE, {"district": 3}, {"commune": 2, "district": 4}, {}, "differ"),
        (VILLAGE, {"village": "dong"}, {"village": "dong"}, {}, "same"),
        (VILLAGE, {"village": "yen man dong"}, {"village": "yen man"}, {}, "near"),
        (VILLAGE, {"village": "so 3"}, {"village": "so 5"}, {}, "differ"),
        (VILLAGE, {"village": "dong"}, {"village": "dong", "commune": 2}, {}, "missing"),
        (HOUSEHOLD, {}, {}, {"kin": 2}, "same_village"),
        (HOUSEHOLD, {}, {}, {"kin": 0}, "elsewhere"),
        (HOUSEHOLD, {}, {}, {}, "missing"),
        (HOUSEHOLD, {"place": 7}, {"place": 7}, {"kin": 2}, "missing"),
        (STATUS, {}, {"status": "deceased"}, {}, "deceased"),
        (STATUS, {}, {"birth_year": 2020}, {}, "minor"),
        (STATUS, {"birth_year": 2020}, {"birth_year": 2020}, {}, "alive"),
    ],
)
def test_other_ladders(ladder, ours, theirs, around, step):
    assert level(ladder, ours, theirs, around) == step


@pytest.mark.parametrize("ladder", LADDERS, ids=lambda ladder: ladder.field)
def test_every_step_has_a_weight_and_a_word(ladder):
    weights = load()
    for step in ladder.steps:
        assert str(step.word)
        assert abs(weights.bits(ladder.field, step.level)) < 30


@pytest.mark.parametrize("ladder", [BIRTH, SEX, NUMBER, FORMER_NUMBER], ids=lambda ladder: ladder.field)
def test_a_step_down_never_weighs_more(ladder):
    exact = [load().bits(ladder.field, step.level) for step in ladder.steps if step.sign == EXACT]
    rest = [load().bits(ladder.field, step.level) for step in ladder.steps if step.sign == CLASH]
    assert min(exact) > max(rest)


@pytest.mark.parametrize("ladder", LADDERS, ids=lambda ladder: ladder.field)
def test_every_step_has_a_code_of_its_own(ladder):
    codes = [step.code for step in ladder.steps]
    assert len(set(codes)) == len(codes)
    assert MISSING not in codes
    assert [ladder.level_of(code) for code in codes] == [step.level for step in ladder.steps]
