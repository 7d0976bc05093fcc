"""One person, column by column. Everybody here is made up."""

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from landdb.normalise import id_numbers, people


def test_a_person_becomes_plain_columns() -> None:
    found = people.person("Ông NGUYỄN VĂN HOÀ", "12/03/1950", "Nam", "27050001234", "Thôn Đông", "125123456")
    assert found._asdict() == {
        "name": "Nguyễn Văn Hoà",
        "name_key": "nguyễn văn hòa",
        "name_fold": "nguyen van hoa",
        "second_name": "",
        "honorific": "Ông",
        "kind": "individual",
        "deceased": False,
        "legacy": "",
        "birth_on": date(1950, 3, 12),
        "birth_year": 1950,
        "birth_precision": "day",
        "sex": "M",
        "id_number": "027050001234",
        "id_kind": "citizen",
        "former_number": "125123456",
        "village": "Thôn Đông",
        "village_fold": "dong",
        "warnings": ("id_number.padded",),
        "sex_hint": "M",
    }


def test_sex_is_not_taken_from_the_title() -> None:
    found = people.person("Bà Trần Thị Lan", "", "", "", "")
    assert (found.sex, found.sex_hint) == ("", "F")


def test_warnings_name_their_column() -> None:
    found = people.person("Nguy?n V?n A", "01/01/1951", "Nữ", "027050001234", "", "12")
    assert found.warnings == (
        "name.lost",
        "birth.first_of_january",
        "id_number.contradicts_year",
        "id_number.contradicts_sex",
        "former_number.wrong_length",
    )


@pytest.mark.parametrize(
    ("raw", "sex"),
    [
        ("Nam", "M"),
        ("nữ", "F"),
        ("NỮ", "F"),
        ("nu", "F"),
        ("M", "M"),
        ("1", "M"),
        (0, "F"),
        (1.0, "M"),
        ("Bà", "F"),
        (True, "M"),
        ("", ""),
        (None, ""),
        ("khác", ""),
        ("Nam/Nữ", ""),
    ],
)
def test_sex_is_what_its_column_says(raw: object, sex: str) -> None:
    assert people.parse_sex(raw) == sex


cells = st.one_of(st.text(alphabet=st.characters(), max_size=40), st.none(), st.integers(), st.floats())


@settings(max_examples=200)
@given(
    st.lists(st.text(alphabet=st.characters(), max_size=40), min_size=2, max_size=2), st.tuples(*[cells] * 4)
)
def test_whatever_the_cells_hold_the_keys_of_a_person_agree_with_each_other(
    texts: list[str], others: tuple[object, ...]
) -> None:
    birth, sex, number, former = others
    keys = people.person(texts[0], birth, sex, number, texts[1], former)
    # A name of signs alone has nothing to be searched by; without a name there is nothing at all.
    assert keys.name or not (keys.name_key or keys.name_fold)
    assert (keys.birth_on is not None) == (keys.birth_precision == "day")
    assert keys.birth_on is None or keys.birth_on.year == keys.birth_year
    assert keys.sex == people.parse_sex(sex)
    assert keys.id_number == id_numbers.parse(number, of_organisation=keys.kind == "organisation").number
    assert len(set(keys.warnings)) == len(keys.warnings)


def test_ten_digits_of_an_organisation_are_a_tax_code_and_not_a_person_without_zeros() -> None:
    valid = next(
        f"2300{n:05}{d}"
        for n in range(1, 400)
        for d in range(10)
        if id_numbers.tax_code_valid(f"2300{n:05}{d}")
    )
    keys = people.person("Công ty TNHH Mây Tre", "", "", valid, "")
    assert (keys.id_number, keys.id_kind) == (valid, "tax")
    assert (
        people.person("Công ty TNHH Mây Tre", "", "", valid[:9] + str((int(valid[9]) + 1) % 10), "").id_kind
        == "malformed"
    )
