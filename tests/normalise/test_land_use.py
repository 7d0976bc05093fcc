"""Purposes, origins, terms and forms of land use."""

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from landdb.normalise import land_use
from landdb.normalise.land_use import OriginTable, PurposeTable

from .reference import rows


@pytest.fixture(scope="module")
def purposes() -> PurposeTable:
    return PurposeTable.from_rows(rows("land_use_codes.csv"))


@pytest.fixture(scope="module")
def origins() -> OriginTable:
    return OriginTable.from_rows(rows("land_origin_codes.csv"))


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        ("Đất ở tại đô thị", [("ODT", ())]),
        ("ONT", [("ONT", ())]),
        ("ont+cln", [("ONT", ()), ("CLN", ())]),
        ("ONT: 100m2; CLN: 200,5 m2", [("ONT", ()), ("CLN", ())]),
        ("Đất thương mại, dịch vụ", [("TMD", ())]),
        ("Đất ở tại nông thôn, Đất trồng cây lâu năm", [("ONT", ()), ("CLN", ())]),
        ("Đất trồng cây hàng năm khác", [("HNK", ())]),
        ("BHK", [("BHK", ("superseded",))]),
        ("Đất ở", [("OTC", ("group_code",))]),
        ("T", [("OTC", ("unsure",))]),
        ("thổ cư", [("OTC", ("unsure",))]),
        ("2 lúa", [("LUC", ("unsure",))]),
        ("Đất trên trời", [("", ("unknown_purpose",))]),
        ("", []),
    ],
)
def test_it_reads_purposes(
    purposes: PurposeTable, raw: str, expected: list[tuple[str, tuple[str, ...]]]
) -> None:
    assert [(found.code, found.warnings) for found in land_use.parse_purpose(raw, purposes)] == expected


def test_every_name_in_the_table_is_one_purpose(purposes: PurposeTable) -> None:
    for row in rows("land_use_codes.csv"):
        assert len(land_use.parse_purpose(row["name_vi"], purposes)) == 1, row["name_vi"]
        assert land_use.parse_purpose(row["code"], purposes)[0].code == row["code"]


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        ("CNQ-CTT", ("CNQ-CTT", "")),
        ("NCQ-8-CNQ-CTT", ("CNQ-CTT", "NCQ-8")),
        ("TA-CNQ-CTT", ("CNQ-CTT", "NCQ-10")),
        ("DG-KTT", ("DG-KTT", "")),
        ("NCQ-99", ("", "")),
        (
            "Nhận chuyển nhượng đất được Công nhận QSDĐ như giao đất có thu tiền sử dụng đất",
            ("CNQ-CTT", "NCQ-8"),
        ),
        ("Nhận thừa kế quyền sử dụng đất", ("", "NCQ-9")),
        ("Được tặng cho đất được Nhà nước giao đất không thu tiền sử dụng đất", ("DG-KTT", "NCQ-10")),
        ("Nhà nước công nhận quyền sử dụng đất", ("CNQ", "")),
        ("Nhà nước cho thuê đất trả tiền hằng năm", ("DT-THN", "")),
        ("Nhà nước giao đất để quản lý", ("DG-QL", "")),
        ("ông bà để lại", ("", "")),
        ("", ("", "")),
    ],
)
def test_it_reads_origin_and_transfer(origins: OriginTable, raw: str, expected: tuple[str, str]) -> None:
    assert land_use.parse_origin(raw, origins) == expected


def test_every_origin_in_the_table_is_read_back(origins: OriginTable) -> None:
    for row in rows("land_origin_codes.csv"):
        assert row["code"] in land_use.parse_origin(row["name_vi"], origins)
        assert row["code"] in land_use.parse_origin(row["code"], origins)


@pytest.mark.parametrize(
    ("raw", "kind", "until", "years"),
    [
        ("Lâu dài", "long", None, None),
        ("Ổn định lâu dài", "long", None, None),
        ("Đến ngày 01/08/2074", "until", date(2074, 8, 1), None),
        ("đến 01 tháng 8 năm 2074", "until", date(2074, 8, 1), None),
        ("Sử dụng đến ngày 15/10/2043", "until", date(2043, 10, 15), None),
        ("đến tháng 10/2043", "until", date(2043, 10, 31), None),
        ("10/2043", "until", date(2043, 10, 31), None),
        ("đến năm 2074", "until", date(2074, 12, 31), None),
        ("2043", "until", date(2043, 12, 31), None),
        ("50 năm", "years", None, 50),
        ("Lâu dài; đến ngày 01/08/2074", "unknown", None, None),
        ("theo quy hoạch", "unknown", None, None),
        ("-", "unknown", None, None),
        ("", "", None, None),
    ],
)
def test_it_reads_a_term(raw: str, kind: str, until: date | None, years: int | None) -> None:
    assert land_use.parse_term(raw) == (raw, kind, until, years)


@pytest.mark.parametrize(
    ("raw", "form"),
    [("Sử dụng riêng", "private"), ("chung", "common"), ("Riêng 20m2, chung 5m2", ""), ("", "")],
)
def test_it_reads_a_form(raw: str, form: str) -> None:
    assert land_use.parse_form(raw) == form


@settings(max_examples=200)
@given(st.one_of(st.text(max_size=60), st.text(alphabet="ONTCLD+-;, 0123456789nămđến/", max_size=40)))
def test_whatever_a_cell_holds_is_a_known_code_or_told_as_unknown(
    purposes: PurposeTable, origins: OriginTable, raw: str
) -> None:
    for purpose in land_use.parse_purpose(raw, purposes):
        assert purpose.code in purposes.codes or (purpose.code, purpose.warnings) == (
            "",
            ("unknown_purpose",),
        )
    assert {"", *origins.codes}.issuperset(land_use.parse_origin(raw, origins))
    term = land_use.parse_term(raw)
    assert (term.until is not None) == (term.kind == "until")
    assert (term.years is not None) == (term.kind == "years")
    assert bool(term.kind) == bool(raw.strip())
    assert land_use.parse_form(raw) in ("", "private", "common")
