"""Days on which the offices work: no weekends or public holidays, days swapped, a province's own."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest
from django.utils import translation

from landdb import working_days
from landdb.env import EnvError
from landdb.working_days import OwnDay


def day(text: str) -> dt.date:
    return dt.date(*map(int, reversed(text.split("/"))))


@pytest.mark.parametrize(
    ("off", "why"),
    [
        ("01/01/2027", "Tết Dương lịch"),
        ("06/02/2027", "Tết Nguyên Đán"),
        ("10/02/2027", "Mùng năm Tết Nguyên Đán"),
        ("16/04/2027", "Ngày Giỗ Tổ Hùng Vương"),
        ("30/04/2027", "Ngày Chiến thắng"),
        ("03/05/2027", "Ngày Quốc tế Lao động (nghỉ bù)"),
        ("02/09/2027", "Quốc khánh"),
        ("31/08/2026", "Ngày nghỉ (thay cho ngày 22/08/2026)"),
        ("28/11/2026", "Thứ 7"),
    ],
)
def test_a_day_off_says_why(off: str, why: str) -> None:
    assert not working_days.is_working(day(off))
    assert working_days.why_off(day(off)).lower() == why.lower()


def test_a_saturday_that_makes_up_for_a_day_off_is_worked() -> None:
    assert working_days.is_working(day("22/08/2026"))
    assert working_days.why_off(day("22/08/2026")) == ""
    assert not working_days.is_working(day("15/08/2026"))


def test_days_are_counted_without_weekends_and_holidays() -> None:
    assert working_days.after(day("20/11/2026"), 1) == day("23/11/2026")
    assert working_days.after(day("20/11/2026"), 5) == day("30/11/2026")  # 24/11 is off
    assert working_days.after(day("01/02/2027"), 5) == day("15/02/2027")  # Tết, from the 4th to the 10th
    assert working_days.after(day("20/11/2026"), 0) == day("20/11/2026")


def test_a_day_off_moves_to_the_next_on_which_the_office_works() -> None:
    assert working_days.next_from(day("05/02/2027")) == day("11/02/2027")
    assert working_days.next_from(day("11/02/2027")) == day("11/02/2027")


def test_days_passed_over_are_told_but_for_weekends() -> None:
    assert working_days.off_between(day("20/11/2026"), day("30/11/2026")) == [
        (day("24/11/2026"), "Ngày Văn hóa Việt Nam")
    ]
    with translation.override("en"):
        assert [why for _day, why in working_days.off_between(day("20/11/2026"), day("30/11/2026"))] == [
            "Vietnam Cultural Day"
        ]


def test_a_provinces_own_word_comes_first(settings) -> None:
    settings.WORKING_DAYS = {
        day("24/11/2026"): OwnDay(works=True, why="làm bù"),
        day("25/11/2026"): OwnDay(works=False, why="lễ hội của tỉnh"),
    }
    assert working_days.is_working(day("24/11/2026"))
    assert working_days.why_off(day("25/11/2026")) == "lễ hội của tỉnh"
    assert working_days.after(day("23/11/2026"), 2) == day("26/11/2026")


def test_the_provinces_file_is_read(tmp_path: Path) -> None:
    path = tmp_path / "ngay.csv"
    path.write_text("day,works,why\n28/11/2026,yes,làm bù\n25/11/2026,no,lễ hội của tỉnh\n", encoding="utf-8")
    assert working_days.read(path) == {
        day("28/11/2026"): OwnDay(works=True, why="làm bù"),
        day("25/11/2026"): OwnDay(works=False, why="lễ hội của tỉnh"),
    }
    assert working_days.read(None) == {}


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("day,why\n", "line 1: the columns must be day,works,why"),
        ("day,works,why\n31/02/2026,no,lễ\n", "line 2: '31/02/2026' is no day"),
        ("day,works,why\n01/03/2026,no,lễ\n02/03/2026,nein,lễ\n", "line 3: say yes or no"),
        ("day,works,why\n01/03/2026,no\n", "line 2: say yes or no, and why"),
        ("day,works,why\n\n01/03/2026,no,\n", "line 3: say yes or no, and why"),
    ],
)
def test_nonsense_in_the_file_stops_the_start_and_names_the_line(
    tmp_path: Path, text: str, told: str
) -> None:
    path = tmp_path / "ngay.csv"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(EnvError, match=told):
        working_days.read(path)


def test_a_file_that_is_no_text_stops_the_start(tmp_path: Path) -> None:
    path = tmp_path / "ngay.csv"
    path.write_bytes(b"day,works,why\n\xff\xfe")
    with pytest.raises(EnvError, match="cannot be read"):
        working_days.read(path)
