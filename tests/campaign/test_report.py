"""The weekly report: its numbers, the same everywhere and every time."""

from __future__ import annotations

import datetime as dt
import io
import math

import openpyxl
import pytest
from django.core.cache import cache
from django.db import connection
from django.test.utils import CaptureQueriesContext
from docx import Document

from landdb.models import Role
from parcels.models import Plot
from reconciliation.campaign import difficulties
from reconciliation.campaign.history import closed, total
from reconciliation.campaign.report import report
from reconciliation.campaign.report_docx import docx
from reconciliation.campaign.report_keeping import keep, keep_due, path_of, stored
from reconciliation.campaign.report_parts import COUNT, POINTS, SHARE, Report, written
from reconciliation.campaign.report_past import Territory
from reconciliation.campaign.report_xlsx import xlsx
from reconciliation.classification.weeks import closes_at
from reconciliation.models import Difficulty, StoredReport, Tally, WeeklySnapshot
from reconciliation.tasks.reports import keep_weekly_reports
from tests import factories as make

from . import report_cast as cast

pytestmark = pytest.mark.django_db

WEEKS = 6
THIS = cast.week(WEEKS)


@pytest.fixture
def told() -> Report:
    cast.campaign(cast.communes(8), WEEKS)
    return made(Territory())


def made(territory: Territory, week: dt.date = THIS, revision: int | None = None) -> Report:
    found = report(territory, week, revision)
    assert found is not None
    return found


def test_numbers_are_written_as_vietnamese_writes_them() -> None:
    assert written(4812406, COUNT) == "4.812.406"
    assert written(0.4168, SHARE) == "41,7"
    assert written(-27.84, POINTS) == "−27,8"
    assert written(0.04, POINTS) == "0,0"
    assert written(None, COUNT) == "–"


def test_its_numbers_are_those_of_the_snapshot_and_the_ledger_balances(told: Report) -> None:
    figures = total(closed(THIS, None).values())
    for group in (1, 2, 3):
        value = {what: told.value(f"group_{group}_{what}") for what in ("opening", "came", "went", "closing")}
        assert value["closing"] == figures.groups[group]
        assert value["opening"] + value["came"] - value["went"] == value["closing"]  # type: ignore[operator]
    assert told.value("people_matched") == figures.verification["matched"]
    assert told.value("clean_done") == figures.tasks["clean"].done


def test_the_plan_of_a_task_begins_at_what_was_done_when_it_began() -> None:
    (unit,) = cast.communes(1)
    cast.campaign([unit], WEEKS)
    first = cast.week(3)
    due = cast.week(WEEKS + 4) - dt.timedelta(days=1)
    begun = cast.week(1) + dt.timedelta(days=2)
    for row in WeeklySnapshot.objects.filter(week__gte=first):
        row.tasks["verify"] |= {"starts": f"{first}", "due": f"{due}"}
        row.tasks["code"] |= {"starts": f"{begun}", "due": f"{due}"}
        row.save()
    told = made(Territory())
    # At the last close before its first day, else at that of the week in which it began.
    assert told.value("verify_planned") == line(1500 + 90 * 2, 2600, first, due)
    assert told.value("code_planned") == line(3100 + 10, 4000, begun, due)
    # Nobody knows how far things were when this one began.
    old = dt.date(2026, 9, 1), dt.date(2026, 12, 31)
    assert told.value("collect_planned") == line(0, 2500, *old)
    assert told.value("collect_gap") == 1200 - line(0, 2500, *old)


def line(base: int, assigned: int, first: dt.date, due: dt.date) -> int:
    over = (THIS + dt.timedelta(days=6) - first).days
    return math.floor(base + (assigned - base) * over / (due - first).days + 0.5)


def test_the_document_holds_the_same_tables_and_sentences(told: Report) -> None:
    document = Document(io.BytesIO(docx(told)))
    paragraphs = {paragraph.text for paragraph in document.paragraphs}
    shown = [held for block, held, _n in told.parts if block.kind == "table"]
    for table, laid in zip(shown, document.tables[1:-1], strict=True):
        cells = [[cell.text for cell in row.cells] for row in laid.rows]
        assert cells[1:] == [*table.shown_rows, *([table.shown_foot] if table.foot else [])]  # type: ignore[union-attr]
    for block in told.blocks:
        if block.kind in ("part", "head", "text"):
            assert block.text in paragraphs


def test_the_workbook_holds_the_same_numbers_with_their_definitions(told: Report) -> None:
    book = openpyxl.load_workbook(io.BytesIO(xlsx(told)))
    rows = {row[0]: row[1:] for row in book["Số liệu"].iter_rows(min_row=5, values_only=True)}
    assert set(rows) == set(told.figures)
    for key, figure in told.figures.items():
        name, value, definition = rows[key]
        assert (name, definition) == (figure.name, figure.definition)
        if isinstance(figure.value, (int, float)):
            assert value == pytest.approx(figure.value)
    for table in (*told.tables.values(), *told.annexes):
        sheet = book[table.name[:31]]
        assert sheet.max_row == 3 + len(table.rows) + bool(table.foot)


def test_nothing_that_a_person_wrote_becomes_a_formula() -> None:
    (unit,) = cast.communes(1)
    type(unit).objects.filter(pk=unit.pk).update(name="=1+1")
    cast.campaign([unit], 1)
    book = openpyxl.load_workbook(io.BytesIO(xlsx(made(Territory(), cast.week(1)))))
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row]
    assert any(cell.value == "=1+1" for cell in cells)
    assert not any(cell.data_type == "f" for cell in cells)


def test_made_twice_it_is_the_same_byte_for_byte_whatever_moved_since(told: Report) -> None:
    first = docx(told), xlsx(told), told.fingerprint
    unit = WeeklySnapshot.objects.order_by("commune")[0].commune
    cast.close(unit, 3, WEEKS + 1, WeeklySnapshot.objects.all()[0].rule_set)  # type: ignore[arg-type]
    Tally.objects.create(commune=unit, group=1, plots=99)
    make.make_plot(unit, state=Plot.State.LIVE)
    cache.clear()
    again = made(Territory())
    assert (docx(again), xlsx(again), again.fingerprint) == first


def test_what_a_closed_week_told_is_gathered_once(told: Report) -> None:
    with CaptureQueriesContext(connection) as asked:
        again = made(Territory())
    assert (docx(again), again.fingerprint) == (docx(told), told.fingerprint)
    assert len(asked) <= 3


def test_a_revision_says_why_and_leaves_the_first_as_it_was(told: Report) -> None:
    kept = keep(Territory(), told)
    row = WeeklySnapshot.objects.filter(week=THIS)[0]
    row.pk, row.revision, row.reason, row.group_1 = None, 2, "Ghi sót một lô", row.group_1 + 7
    row.save()
    second = made(Territory())
    assert second.revision == 2
    assert any("sửa bản trước vì: Ghi sót một lô" in block.text for block in second.blocks)
    assert second.value("group_1_closing") == told.value("group_1_closing") + 7  # type: ignore[operator]
    first = made(Territory(), revision=1)
    assert first.fingerprint == kept.fingerprint == told.fingerprint
    assert stored(Territory(), THIS, 1) == kept
    assert keep(Territory(), second).docx_sha256 != kept.docx_sha256


def test_a_correction_of_an_earlier_week_does_not_change_what_was_reported_since(told: Report) -> None:
    row = WeeklySnapshot.objects.filter(week=cast.week(WEEKS - 1))[0]
    row.pk, row.revision, row.reason, row.group_1 = None, 2, "sửa", 1
    row.save()
    assert made(Territory()).fingerprint == told.fingerprint


def test_difficulties_stand_in_it_as_they_did_when_the_week_closed() -> None:
    (unit,) = cast.communes(1)
    cast.campaign([unit], WEEKS)
    official = make.make_user(Role.COMMUNE_OFFICIAL, commune=unit)
    asked = closes_at(THIS) - dt.timedelta(days=2)
    known = Difficulty.objects.create(commune=unit, words="Máy quét hỏng", asked_by=official, asked_at=asked)
    Difficulty.objects.create(commune=unit, words="Lũ cuốn sổ", asked_by=official, asked_at=closes_at(THIS))
    before = docx(made(Territory()))
    difficulties.assign(known, official, to=None, unit="Tổ 2", due_on=dt.date(2026, 12, 1))
    difficulties.close(known, official)
    assert docx(made(Territory())) == before
    words = "\n".join(paragraph.text for paragraph in Document(io.BytesIO(before)).paragraphs)
    assert f"{unit}: Máy quét hỏng ({known})" in words
    assert "Lũ cuốn sổ" not in words


def test_what_is_hard_for_all_stands_in_the_report_of_the_province_alone() -> None:
    office = make.make_office()
    (unit,) = cast.communes(1, office)
    cast.campaign([unit], WEEKS)
    by, asked = make.make_user(Role.MANAGER), closes_at(THIS) - dt.timedelta(days=2)
    common = Difficulty.objects.create(commune=None, words="Phần mềm chậm", asked_by=by, asked_at=asked)
    own = Difficulty.objects.create(commune=unit, words="Máy quét hỏng", asked_by=by, asked_at=asked)

    def told(territory: Territory) -> list[str]:
        return [block.text for block in made(territory).blocks if block.text.endswith(")")]

    assert told(Territory()) == [f"{unit}: Máy quét hỏng ({own})", f"Việc chung: Phần mềm chậm ({common})"]
    for part in (Territory(office=office), Territory(commune=unit)):
        assert told(part) == [f"{unit}: Máy quét hỏng ({own})"]


def test_an_office_and_a_commune_report_on_their_own() -> None:
    office = make.make_office(name="Văn phòng đăng ký đất đai số 1")
    own, others = cast.communes(2, office), cast.communes(3)
    cast.campaign([*own, *others], 3)
    week = cast.week(3)
    assert made(Territory(), week).value("plots") == 5 * cast.PLOTS
    assert made(Territory(office=office), week).value("plots") == 2 * cast.PLOTS
    alone = made(Territory(commune=own[0]), week)
    assert alone.value("plots") == cast.PLOTS
    assert "slow" not in alone.tables
    assert own[1].name not in docx(alone).decode("latin-1")


def test_who_waits_with_the_police_is_one_number_wherever_it_is_told() -> None:
    """Whoever was handed on since the last matching has no such outcome yet."""
    (unit,) = cast.communes(1)
    cast.campaign([unit], 2)
    row = WeeklySnapshot.objects.get(week=cast.week(2))
    row.verification["with_police"], row.waiting["police"] = 0, row.waiting["police"] | {"items": 5}
    row.save()
    told = made(Territory(), cast.week(2))
    lines = [block.text for block in told.blocks]
    assert any("5 người đang chờ Công an trả lời." in line for line in lines)
    assert any(line.startswith("Công an trả lời 5 người") for line in lines)
    assert not any("đã chuyển Công an" in line for line in lines)
    WeeklySnapshot.objects.update(waiting={})
    cache.clear()
    unknown = made(Territory(), cast.week(2))
    assert not any("Công an trả lời" in block.text for block in unknown.blocks)


def test_the_forecast_is_told_only_where_there_is_one(told: Report) -> None:
    assert any("dự kiến đạt" in block.text for block in told.blocks)
    early = made(Territory(), cast.week(2))
    assert not any("dự kiến" in block.text for block in early.blocks)
    assert "forecast_pace" not in early.figures


def test_without_a_plan_it_says_so() -> None:
    cast.campaign(cast.communes(3), 2, plan=False)
    told = made(Territory(), cast.week(2))
    assert any(block.text == "Chưa giao chỉ tiêu cho các xã, phường." for block in told.blocks)
    assert told.figures["clean_assigned"].shown == "chưa có số liệu"
    docx(told)


def test_the_timetable_keeps_each_report_once_and_the_kept_files_are_those_made_again(told: Report) -> None:
    assert keep_weekly_reports() == WEEKS
    assert keep_due() == 0
    kept = StoredReport.objects.get(week=THIS)
    assert path_of(kept, "docx").read_bytes() == docx(made(Territory()))
    assert path_of(kept, "xlsx").read_bytes() == xlsx(made(Territory()))


def test_the_form_is_that_of_the_decree(told: Report) -> None:
    document = Document(io.BytesIO(docx(told)))
    section = document.sections[0]
    millimetres = [
        round(length.mm) for length in (section.page_width, section.page_height, section.left_margin)
    ]  # type: ignore[union-attr]
    assert millimetres == [210, 297, 30]
    assert section.different_first_page_header_footer
    assert document.styles["Normal"].font.name == "Times New Roman"
    head = "\n".join(cell.text for row in document.tables[0].rows for cell in row.cells)
    for words in (
        "UBND THÀNH PHỐ BẮC NINH",
        "Độc lập - Tự do - Hạnh phúc",
        "/BC-TCT",
        "ngày 16 tháng 11 năm 2026",
    ):
        assert words in head, words
