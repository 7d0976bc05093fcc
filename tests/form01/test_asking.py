"""What a person is asked about the columns of a workbook, and what is read before the answer."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl.utils import get_column_letter

from landdb.intake.outcome import Refused
from landdb.models import AdminUnit
from parcels.importers import form01
from parcels.importers.form01 import Reading, Told, TooUnsure, asking
from parcels.importers.form01.fields import FIELDS, V1, Group
from parcels.importers.form01.headers import Header, find, header_key
from parcels.importers.form01.workbook import Sheet
from tests.form01.conftest import Write, row

pytestmark = pytest.mark.django_db
NAMES = tuple(field.name for field in V1)


@pytest.fixture
def ask(commune: AdminUnit) -> Callable[..., Reading]:
    """Reads a workbook as an upload does: somebody can be asked."""

    def read(path: Path, **answers: str) -> Reading:
        return form01.read(path, commune=commune, mappings=answers, asks=True)

    return read


def with_texts(path: Path, texts: dict[str, object]) -> Path:
    book = openpyxl.load_workbook(path)
    for place, text in texts.items():
        book["Sheet1"][place] = text
    book.save(path)
    return path


def asked(told: Sequence[Told]) -> dict[str, tuple[str, str]]:
    """Letter → why it is asked, and what is read from it meanwhile."""
    return {each.letter: (each.doubt, each.field) for each in told if each.doubt}


@pytest.mark.parametrize(
    "shape",
    [
        {},
        {"merged": False},
        {"depth": 2, "top": 2, "left": 1, "title": "BIỂU THU THẬP THÔNG TIN"},
        {"columns": tuple(reversed(NAMES))},
        {"columns": tuple(random.Random(3).sample(NAMES, len(NAMES))), "merged": False},
    ],
    ids=lambda shape: ", ".join(shape) or "V1",
)
def test_a_sure_layout_goes_through_without_a_question(
    ask: Callable[..., Reading], workbook: Write, shape: dict[str, Any]
) -> None:
    reading = ask(workbook([row(n) for n in range(1, 15)], **shape))

    assert asked(reading.columns) == {}
    assert {each.field for each in reading.columns} == set(NAMES)
    assert len(reading.entries) == 14


@pytest.mark.parametrize(
    ("texts", "letter", "why", "name"),
    [
        ({"J2": "Ngày, thang, nam sinhh"}, "J", "spelling", "birth"),
        ({"H1": "Thông tin về chủ sử dụng là vợ của người kia"}, "K", "group", "sex"),
        ({"BJ1": "Ghi thêm", "BJ2": "Số điện thoại", "BJ5": "0912000001"}, "BJ", "group", "phone"),
        ({"BJ1": "Ý kiến của thôn", "BJ5": "đồng ý"}, "BJ", "unknown", ""),
    ],
)
def test_what_is_recognised_in_part_is_asked(
    ask: Callable[..., Reading],
    workbook: Write,
    texts: dict[str, object],
    letter: str,
    why: str,
    name: str,
) -> None:
    reading = ask(with_texts(workbook([row(1)]), texts))

    assert asked(reading.columns)[letter] == (why, name)


def test_a_header_of_several_meanings_is_asked_with_them_first(
    ask: Callable[..., Reading], workbook: Write
) -> None:
    told = asked_of(ask(workbook([row(1)], depth=1, merged=False)), "Loại đất")

    assert told[0].doubt == "several"
    assert told[0].likely[:3] == ["use1_purpose", "use2_purpose", "use3_purpose"]
    assert all(each.field == "" for each in told)


def asked_of(reading: Reading, own: str) -> list[Told]:
    return [each for each in reading.columns if each.path[-1] == own]


def test_two_columns_for_one_field_are_asked_and_neither_is_read(
    ask: Callable[..., Reading], workbook: Write
) -> None:
    reading = ask(workbook([row(1), row(2)], columns=(*NAMES, "serial")))

    assert asked(reading.columns) == {"C": ("claimed", ""), "BJ": ("claimed", "")}
    first, second = asked_of(reading, "Số phát hành GCN")
    assert (first.rivals, second.rivals) == (["BJ"], ["C"])
    assert first.header != second.header
    assert [entry.certificate and entry.certificate.serial for entry in reading.entries] == ["", ""]

    settled = ask(
        workbook([row(1)], columns=(*NAMES, "serial")), **{first.header: "serial", second.header: ""}
    )
    assert asked(settled.columns) == {}
    assert settled.entries[0].certificate is not None
    assert settled.entries[0].certificate.serial == "BK 000001"


def test_a_column_without_values_contests_nothing(ask: Callable[..., Reading], workbook: Write) -> None:
    path = with_texts(workbook([row(1)]), {"BJ1": "Số seri GCN", "BK1": "Cột mới"})

    assert asked(ask(path).columns) == {}


def test_a_sure_column_stays_what_it_is_beside_a_guess(ask: Callable[..., Reading], workbook: Write) -> None:
    path = with_texts(workbook([row(1)]), {"BJ1": "Giới tínhh", "BJ5": "Nữ"})
    reading = ask(path)

    assert asked(reading.columns) == {"BJ": ("claimed", "")}
    assert reading.entries[0].person is not None
    assert reading.entries[0].person.keys.sex == "M"


def test_content_that_half_fits_is_asked_and_says_how_much(
    ask: Callable[..., Reading], workbook: Write
) -> None:
    rows = [row(n, birth="Nam" if n % 3 == 0 else "12/03/1975") for n in range(1, 16)]
    reading = ask(workbook(rows))
    (told,) = [each for each in reading.columns if each.doubt]

    assert (told.letter, told.doubt, told.field, told.content) == ("J", "mixed", "birth", "sex")
    assert told.percent == 33
    assert told.samples[0] == "Nam"
    assert "12/03/1975" in told.samples
    assert asked(ask(workbook(rows), **{told.header: "birth"}).columns) == {}


def test_of_a_few_cells_one_slip_is_no_reason_to_ask(ask: Callable[..., Reading], workbook: Write) -> None:
    rows = [row(1, birth="Nam"), row(2), row(3)]

    assert asked(ask(workbook(rows)).columns) == {}


def test_a_misplaced_column_is_asked_but_never_for_what_it_contradicts(
    ask: Callable[..., Reading], workbook: Write
) -> None:
    rows = [row(n, birth=f"0240750000{n:02}") for n in range(1, 6)]
    reading = ask(workbook(rows))
    (told,) = [each for each in reading.columns if each.doubt]

    assert (told.doubt, told.field, told.is_mishap) == ("misplaced", "", True)
    assert "birth" in told.unfit
    assert "birth" not in told.likely
    # An earlier answer does not silence what the cells say.
    assert asked(ask(workbook(rows), **{told.header: "birth"}).columns) == {"J": ("misplaced", "")}


def test_a_shifted_sheet_is_refused_as_ever(ask: Callable[..., Reading], workbook: Write) -> None:
    rows = [row(n, birth=f"0240750000{n:02}", sex="12/03/1975", id_number="Nam") for n in range(1, 6)]

    with pytest.raises(Refused, match="dường như chứa"):
        ask(workbook(rows))


def test_where_the_sure_columns_are_too_few_the_questions_alone_come(
    ask: Callable[..., Reading], workbook: Write
) -> None:
    path = with_texts(workbook([row(1)]), {"H1": "Người kê khai", "H2": "Người đứng tên"})
    book = openpyxl.load_workbook(path)
    book["Sheet1"]["F2"] = "Đơn vị"
    book.save(path)
    with pytest.raises(TooUnsure, match="tên chủ sử dụng") as unsure:
        ask(path)

    header = next(each.header for each in unsure.value.told if each.letter == "H")
    reading = ask(path, **{header: "name"})
    assert reading.entries[0].person is not None
    assert reading.entries[0].person.name == row(1)["name"]


def test_more_strange_columns_than_any_layout_has_are_refused(
    ask: Callable[..., Reading], workbook: Write
) -> None:
    strange = {f"{get_column_letter(n)}{place}": f"Cột lạ {n}" for n in range(70, 280) for place in (1, 5)}

    with pytest.raises(Refused, match="210 cột lạ"):
        ask(with_texts(workbook([row(1)]), strange))


def test_numbers_of_people_are_masked_in_samples(ask: Callable[..., Reading], workbook: Write) -> None:
    texts = {"BJ1": "Cột riêng", "BJ5": "gọi 0912 000 001", "BJ6": "024075000001", "BJ7": "121.234.567"}
    reading = ask(with_texts(workbook([row(1), row(2), row(3)]), texts))
    shown = " ".join(next(each for each in reading.columns if each.letter == "BJ").samples)

    assert "gọi" in shown
    for hidden in ("0912", "024075", "121.234"):
        assert hidden not in shown


def test_columns_of_one_path_are_told_apart_by_their_place_alone(
    ask: Callable[..., Reading], workbook: Write
) -> None:
    told = asked_of(ask(workbook([row(1)], columns=(*NAMES, "serial"))), "Số phát hành GCN")
    answers = dict(zip((each.header for each in told), ("serial", ""), strict=True))

    moved = ask(workbook([row(1)], columns=("serial", *NAMES)), **answers)
    assert {"A", "D"} <= asked(moved.columns).keys()


TEXTS = st.one_of(
    st.sampled_from([field.header for field in FIELDS.values()]),
    st.sampled_from(["Họ tên", "Địa chỉ", "Diện tích", "Ngày sinh", "Vợ (chồng)", "Ghi chú", "Số CCCD"]),
    st.text("abcdđeêô ớ", min_size=1, max_size=20),
)
#: Heads of columns stand below: a row of them above another is no form.
HEADS = st.one_of(
    st.sampled_from(["", *(group.value for group in Group)]),
    st.sampled_from(["Vợ (chồng)", "Thông tin về chủ sử dụng là vợ", "Giấy cũ"]),
)
CELLS = st.one_of(
    st.sampled_from(["", "Nam", "12/03/1975", "024075000001", "BK 000001", "Nguyễn Văn Mẫu", "12", 7])
)


@settings(max_examples=80, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    heads=st.lists(st.tuples(HEADS, TEXTS), min_size=3, max_size=14),
    cells=st.lists(CELLS, min_size=1, max_size=12),
)
def test_whatever_the_headers_nothing_is_read_twice_and_answers_end_the_questions(
    heads: list[tuple[str, str]], cells: list[Any]
) -> None:
    fixed = [("", "Số phát hành GCN"), ("", "Họ và tên"), ("", "Số TT")]
    levels = [*fixed, *heads]
    rows = [[group for group, _own in levels], [own for _group, own in levels]]
    rows += [[cell for _head in levels] for cell in cells for _n in range(3)]
    sheet = Sheet("Sheet1", rows, ())
    header = find(sheet, {})
    if header is None:
        return
    try:
        settled, told = asking.settle(sheet, header)
    except Refused:
        return
    _assert_one_field_each(settled)
    assert len(told) == len(header.columns)
    assert {each.header for each in told} == {column.header for column in header.columns}
    assert len({each.header for each in told}) == len(told)
    for each in told:
        assert not set(each.likely) & set(each.unfit)
        assert each.doubt or each.field or each.is_answered or each.is_empty

    # Leaving out what was asked is an answer like any other: nothing is asked again.
    said = {each.header: "" for each in told if each.doubt}
    again = find(sheet, {header_key(header): name for header, name in said.items()})
    if again is not None:
        settled, told = asking.settle(sheet, again)
        _assert_one_field_each(settled)
        assert not [each for each in told if each.header in said and each.doubt]


def _assert_one_field_each(header: Header) -> None:
    fields = [column.field for column in header.columns if column.field]
    assert len(fields) == len(set(fields))
