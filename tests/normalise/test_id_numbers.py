"""Number cells. All numbers are made up."""

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from landdb.normalise import id_numbers
from landdb.normalise.id_numbers import Kind


@pytest.mark.parametrize(
    ("raw", "number", "kind", "warnings"),
    [
        ("027085001234", "027085001234", Kind.CITIZEN, ()),
        ("'027085001234", "027085001234", Kind.CITIZEN, ()),
        (" 027 085 001 234 ", "027085001234", Kind.CITIZEN, ()),
        ("027.085.001.234", "027085001234", Kind.CITIZEN, ()),
        ("CCCD: 027085001234", "027085001234", Kind.CITIZEN, ()),
        ("Số CCCD 027085001234", "027085001234", Kind.CITIZEN, ()),
        ("27085001234", "027085001234", Kind.CITIZEN, ("padded",)),
        ("27085001234.0", "027085001234", Kind.CITIZEN, ("padded",)),
        (27085001234, "027085001234", Kind.CITIZEN, ("padded",)),
        (27085001234.0, "027085001234", Kind.CITIZEN, ("padded",)),
        ("1085001235", "001085001235", Kind.CITIZEN, ("padded",)),
        ("1085001234", "001085001234", Kind.CITIZEN, ("padded", "could_be_tax_code")),
        ("999085001234", "999085001234", Kind.CITIZEN, ("unknown_province",)),
        ("027299001234", "027299001234", Kind.CITIZEN, ("future_birth",)),
        ("125123456", "125123456", Kind.CMND, ()),
        (125123456.0, "125123456", Kind.CMND, ()),
        ("CMND số: 125123456", "125123456", Kind.CMND, ()),
        ("B1234567", "B1234567", Kind.PASSPORT, ()),
        ("CMQĐ 12345679", "12345679", Kind.MILITARY, ()),
        ("0100109106", "0100109106", Kind.TAX, ()),
        ("0100109106-001", "0100109106-001", Kind.TAX, ()),
        ("N/A-0100109106", "0100109106", Kind.TAX, ()),
        ("2.7085001234E+10", "027085001234", Kind.CITIZEN, ("padded",)),
        ("2.7085E+10", "", Kind.MALFORMED, ("digits_lost",)),
        ("12345", "", Kind.MALFORMED, ("wrong_length",)),
        ("0270850012345", "", Kind.MALFORMED, ("wrong_length",)),
        ("02708500123", "", Kind.MALFORMED, ("wrong_length",)),
        ("O27085001234", "", Kind.MALFORMED, ("lookalike",)),
        ("ĐT 0912345678", "", Kind.MALFORMED, ("not_a_number",)),
        ("027085001234; 125123456", "", Kind.SEVERAL, ("several",)),
        ("027085001234 125123456", "", Kind.SEVERAL, ("several",)),
        ("125123456\n125123457", "", Kind.SEVERAL, ("several",)),
        ("027085001234 (CMND 125123456)", "", Kind.SEVERAL, ("several",)),
        ("027085001234 / 027 085 001 234", "027085001234", Kind.CITIZEN, ("repeated",)),
        ("000000000000", "", Kind.PLACEHOLDER, ()),
        ("111111111", "", Kind.PLACEHOLDER, ()),
        ("123456789", "", Kind.PLACEHOLDER, ()),
        ("không có", "", Kind.PLACEHOLDER, ()),
        ("--", "", Kind.PLACEHOLDER, ()),
        ("", "", Kind.EMPTY, ()),
        (None, "", Kind.EMPTY, ()),
    ],
)
def test_it_reads_a_number_cell(raw: object, number: str, kind: Kind, warnings: tuple[str, ...]) -> None:
    found = id_numbers.parse(raw)
    assert (found.number, found.kind, found.warnings) == (number, kind, warnings)


@pytest.mark.parametrize(
    ("number", "province", "sex", "year"),
    [
        ("027085001234", "027", "M", 1985),
        ("024150001234", "024", "F", 1950),
        ("001305001234", "001", "F", 2005),
    ],
)
def test_a_number_tells_place_sex_and_year(number: str, province: str, sex: str, year: int) -> None:
    found = id_numbers.parse(number)
    assert (found.province, found.sex, found.birth_year) == (province, sex, year)


@pytest.mark.parametrize(
    ("number", "year", "sex", "expected"),
    [
        ("027085001234", 1985, "M", ()),
        ("027085001234", None, "", ()),
        ("027085001234", 1986, "F", ("year", "sex")),
        ("027285001234", 1985, "M", ("century",)),
        ("027185001234", 1985, "M", ("sex",)),
        ("125123456", 1985, "M", ()),
    ],
)
def test_contradictions_are_named(number: str, year: int | None, sex: str, expected: tuple[str, ...]) -> None:
    assert id_numbers.contradicts(number, year, sex) == expected


@pytest.mark.parametrize(
    ("code", "valid"),
    [
        ("0100109106", True),
        ("0100109107", False),
        ("0100109106-001", True),
        ("0100109106001", True),
        ("abc", False),
    ],
)
def test_the_tenth_digit_of_a_tax_code_is_checked(code: str, valid: bool) -> None:
    assert id_numbers.tax_code_valid(code) is valid


@pytest.mark.parametrize(
    ("number", "masked"),
    [("027085000756", "•••• •••• 0756"), ("125123456", "• •••• 3456"), ("1234", "••••"), ("", "")],
)
def test_a_mask_shows_four_digits(number: str, masked: str) -> None:
    assert id_numbers.mask(number) == masked


@settings(max_examples=200)
@given(
    st.one_of(
        st.text(max_size=60),
        st.text(alphabet="0123456789.,;- /E+OB\n", max_size=40),
        st.floats(),
        st.integers(),
    )
)
def test_it_reads_its_own_answer_and_speaks_only_of_numbers(raw: object) -> None:
    number = id_numbers.parse(raw).number
    assert not number or id_numbers.parse(number).number == number
    if not re.fullmatch(r"[0-9]{12}", str(raw)):
        assert not id_numbers.contradicts(str(raw), 1950, "M")
    if not re.fullmatch(r"[0-9]{10}(-?[0-9]{3})?", str(raw)):
        assert not id_numbers.tax_code_valid(str(raw))
    assert id_numbers.mask(str(raw)).count("•") >= len(str(raw)) - 4


def test_a_huge_cell_takes_no_time() -> None:
    assert id_numbers.parse("1 " * 1_000_000).number == ""
    assert id_numbers.parse(10**5000).number == ""
