"""Areas in square metres."""

from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from landdb.normalise import areas


@pytest.mark.parametrize(
    ("raw", "value", "warnings"),
    [
        ("348.6", "348.6", ()),
        ("348,6", "348.6", ()),
        ("1.234,5", "1234.5", ()),
        ("1,234.5", "1234.5", ()),
        ("1 234,5", "1234.5", ()),
        ("1.234.567", "1234567", ()),
        ("1234.567", "1234.567", ()),
        ("0,125", "0.125", ()),
        (1.234, "1.234", ()),
        (348.59999999999997, "348.6", ()),
        (360, "360", ()),
        (Decimal("360.50"), "360.5", ()),
        ("120 m2", "120", ()),
        ("120,5m²", "120.5", ()),
        ("0,5 ha", "5000", ("hectares",)),
    ],
)
def test_it_reads_an_area(raw: object, value: str, warnings: tuple[str, ...]) -> None:
    found = areas.parse(raw)
    assert (found.value, str(found.value), found.warnings) == (Decimal(value), value, warnings)


@pytest.mark.parametrize(
    ("raw", "warnings"),
    [
        ("1.234", ("ambiguous",)),
        ("120+45", ("sum",)),
        ("0", ("out_of_range",)),
        (-5, ("out_of_range",)),
        (float("nan"), ("unreadable",)),
        ("một trăm", ("unreadable",)),
        ("12.345.67", ("unreadable",)),
        (True, ("unreadable",)),
        ("", ()),
        (None, ()),
    ],
)
def test_it_says_why_it_cannot(raw: object, warnings: tuple[str, ...]) -> None:
    assert areas.parse(raw)[1:] == (None, warnings)


@settings(max_examples=200)
@given(
    st.one_of(
        st.text(max_size=70),
        st.text(alphabet="0123456789., m2ha+", max_size=20),
        st.floats(),
        st.integers(),
        st.decimals(),
    )
)
def test_whatever_a_cell_holds_is_a_possible_area_or_none_with_a_reason(raw: object) -> None:
    found = areas.parse(raw)
    if found.value is None:
        # Only a cell without a letter or a digit is empty without a reason.
        assert found.warnings or not any(map(str.isalnum, str(raw)))
    else:
        assert 0 < found.value < 10**10
        assert areas.parse(found.value).value == found.value
    assert not isinstance(raw, str) or found.raw == raw
