"""Reading a whole workbook into entries; writes nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import islice
from pathlib import Path

from django.utils.translation import gettext as _

from landdb.intake.outcome import Problem, Refused
from landdb.models import AdminUnit
from landdb.normalise.text import clean, fold

from . import asking, columns, headers, problems, read_certificates, read_people, read_plots
from .answers import remembered
from .archive import MAX_BYTES, MAX_ROWS, Limits
from .cells import shown
from .entries import Entry, Reading
from .fields import ASSET, IDENTITY, SCANS, UNUSED, USES
from .headers import Header
from .row import Row, RowRejected
from .workbook import Sheet, sheets

_TOTALS = ("tong dt", "tong cong", "tong dien tich", "tong so", "cong", "tong")
#: Sheets that come with the official workbook, or with ours, and hold no rows.
_COMPANIONS = frozenset({"cachnhap", "trangthaixacthucsogiayto", "huongdan", "danhmuc", "tomtat"})
#: What may be said of a cell that nobody of the commune touched does not concern them; of a cell that they
#: filled in, these words turn the row away, and of a row that brings a record, too.
MUST_MEND = frozenset(
    {
        problems.CELL_ERROR, problems.FORMULA_UNSAVED, problems.NUMBERS_SEVERAL,
        problems.ID_NUMBER_MALFORMED, problems.TWO_PEOPLE, problems.NAME_PLACEHOLDER,
        problems.LEGACY_FONT, problems.DATE_UNREADABLE, problems.DATE_IMPOSSIBLE,
        problems.SEX_UNREADABLE, problems.PHONE_UNREADABLE,
        problems.AREA_UNREADABLE, problems.AREA_SEVERAL, problems.PURPOSE_UNKNOWN, problems.PURPOSE_SEVERAL,
        problems.SERIAL_MALFORMED, problems.SERIAL_LETTERS, problems.SERIAL_PLACEHOLDER,
        problems.FORM_UNKNOWN, problems.ROLE_UNKNOWN, problems.TEXT_CUT, problems.ORIGIN_UNKNOWN,
        problems.USE_FORM_UNKNOWN, problems.TERM_UNKNOWN, problems.PLOT_CODE_ODD,
    }
)  # fmt: skip

#: Lays over the rows what is known of them, before any is read further.
Amend = Callable[[Sequence[Row]], None]


def read(
    path: Path,
    *,
    commune: AdminUnit | None = None,
    max_bytes: int = MAX_BYTES,
    max_rows: int = MAX_ROWS,
    mappings: Mapping[str, str] | None = None,
    amend: Amend | None = None,
    asks: bool = False,
) -> Reading:
    """Read every sheet that has the form's headers.

    `asks`: somebody can be asked about columns that are not sure. They are told in the reading, and nothing
    is read from those that could be another's; TooUnsure where that leaves too little. Without it they are
    taken as guessed, and the workbook is refused where two guesses or a guess and its content contradict.

    `amend` sees all rows before they are read, but for those that are none (blank, sums, headers).

    `mappings`: header path → field name, "" = leave out; without them what people said before counts.

    Rows of other communes than `commune`, when given, are rejected. Raises Refused with one sentence where
    the workbook cannot be used at all.
    """
    known = remembered(commune) if mappings is None else mappings
    answers = {headers.header_key(header): name for header, name in known.items()}
    communes = dict(AdminUnit.objects.in_force().values_list("code", "pk"))
    reading = Reading()
    forms = _forms(sheets(Path(path), Limits(max_bytes, max_rows)), answers, reading)
    _check(forms, max_rows)
    if asks:
        forms = _settled(forms, reading, has_commune=commune is not None)
    else:
        for sheet, header in forms:
            columns.check(sheet, header, has_commune=commune is not None)
    own = commune.pk if commune else None
    rows: list[Row] = []
    for sheet, header in forms:
        _note_headers(sheet, header, reading)
        rows += _real_rows(sheet, header, reading)
    if amend is not None:
        amend(rows)
    for row in rows:
        _read_row(row, communes, own, reading)
    _reject_repeated_guids(reading)
    return reading


def _forms(
    found: Iterable[Sheet], answers: Mapping[str, str], reading: Reading
) -> list[tuple[Sheet, Header]]:
    """The sheets that have the form's headers; of others that hold anything it is told."""
    forms = []
    for sheet in found:
        if fold(sheet.name).replace(" ", "") in _COMPANIONS:
            continue
        header = headers.find(sheet, answers)
        if header is not None:
            forms.append((sheet, header))
        elif any(shown(cell) for row in sheet.rows for cell in row):
            reading.problems.append(Problem("warning", 1, problems.SHEET_WITHOUT_FORM, sheet=sheet.name[:60]))
    return forms


def _check(forms: list[tuple[Sheet, Header]], max_rows: int) -> None:
    if not forms:
        raise Refused(_("Không tìm thấy tiêu đề của Biểu mẫu 01 trong mười dòng đầu của trang tính nào."))
    rows = sum(len(sheet.rows) - header.first_data_row for sheet, header in forms)
    if rows <= 0:
        raise Refused(_("Tệp chỉ có tiêu đề, không có dòng dữ liệu nào."))
    if rows > max_rows:
        raise Refused(
            _("Tệp có %(rows)s dòng, nhiều hơn mức %(limit)s; hãy chia thành nhiều tệp.")
            % {"rows": rows, "limit": max_rows}
        )


def _settled(
    forms: list[tuple[Sheet, Header]], reading: Reading, *, has_commune: bool
) -> list[tuple[Sheet, Header]]:
    """The headers as far as they are settled; all columns are told in the reading."""
    settled, told = [], list[asking.Told]()
    for sheet, header in forms:
        header, columns_told = asking.settle(sheet, header)
        settled.append((sheet, header))
        told = asking.together([*told, *columns_told])
    reading.columns = told
    missing = (columns.lacking(header.fields, has_commune=has_commune) for _sheet, header in settled)
    if words := next(filter(None, missing), ""):
        raise asking.TooUnsure(reading.columns, words) if reading.open_questions else Refused(words)
    return settled


def _note_headers(sheet: Sheet, header: Header, reading: Reading) -> None:
    """Headers that nobody knows, and columns with values under no header at all."""
    reading.titles |= {(sheet.name, column.field): column.title for column in header.columns if column.field}
    for column in header.columns:
        if not column.field and not column.is_answered and column.header not in reading.unknown_headers:
            reading.unknown_headers.append(column.header)
    named = {column.place for column in header.columns}
    for place in set(range(sheet.width)) - named:
        if any(shown(row[place]) for row in sheet.rows[header.first_data_row :]):
            letter = headers.letter(place)
            reading.problems.append(
                Problem(
                    "warning", header.top + 1, problems.COLUMN_WITHOUT_HEADER, letter, sheet=sheet.name[:60]
                )
            )


def _rows(sheet: Sheet, header: Header) -> Iterator[Row]:
    rows = sheet.rows[header.first_data_row :]
    filled = {name: c for name, c in header.fields.items() if any(row[c.place] != "" for row in rows)}
    present = frozenset(header.fields)
    for place in range(header.first_data_row, len(sheet.rows)):
        formulas = sheet.formulas.get(place, frozenset())
        yield Row(sheet.name, place + 1, list(sheet.rows[place]), filled, present=present, formulas=formulas)


def _real_rows(sheet: Sheet, header: Header, reading: Reading) -> Iterator[Row]:
    """The rows of the form; those that are none are counted and told."""
    for row in _rows(sheet, header):
        if skipped := _not_a_row(row, header):
            reading.ignored += 1
            reading.problems.append(Problem("ignored", row.number, skipped, sheet=row.sheet[:60]))
        else:
            yield row


def _read_row(row: Row, communes: Mapping[str, int], own: int | None, reading: Reading) -> None:
    if row.is_left:
        reading.left += 1
        reading.problems += row.problems
        return
    try:
        if any(problem.level == "rejected" for problem in row.problems):
            raise RowRejected
        entry = _entry(row, communes, own)
        _check_touched(row)
    except RowRejected:
        reading.rejected += 1
        # What else was noted does not matter for a row that stays outside.
        reading.problems += [problem for problem in row.problems if problem.level == "rejected"]
        return
    reading.entries.append(entry)
    reading.problems += row.problems


def _check_touched(row: Row) -> None:
    """Of a row of ours only the touched cells are spoken of, and what cannot be read there turns it away."""
    if row.known is None:
        return
    spoken = [
        problem
        for problem, name in zip(row.problems, row.noted, strict=True)
        if name in row.known.changed or problem.level == "rejected"
    ]
    bad = [problem.level == "rejected" or problem.code in MUST_MEND for problem in spoken]
    row.problems = [
        replace(problem, level="rejected") if is_bad else problem
        for problem, is_bad in zip(spoken, bad, strict=True)
    ]
    if any(bad):
        raise RowRejected


def _not_a_row(row: Row, header: Header) -> str:
    """Why a row is none of the form's: blank, a sum, the headers again; '' for all others."""
    if not any(shown(row.cells[c.place]) for name, c in row.columns.items() if name not in UNUSED):
        return problems.ROW_BLANK
    begin = [fold(clean(text[:300])) for text in islice(filter(None, map(shown, row.cells)), 3)]
    if begin[0].startswith(_TOTALS) and not _has_identity(row):
        return problems.SUBTOTAL
    # The first three cells tell most rows from the headers.
    if sum(text in header.texts for text in begin) < 2:
        return ""
    filled = [fold(clean(text[:300])) for text in map(shown, row.cells) if text]
    repeated = sum(text in header.texts for text in filled)
    return problems.HEADER_AGAIN if repeated * 2 >= len(filled) else ""


def _has_identity(row: Row) -> bool:
    """Is anything but a word for a sum in the cells that say whose row it is?"""
    identifying = (shown(row.cells[row.columns[name].place]) for name in IDENTITY if name in row.columns)
    return any(text and not fold(text[:60]).startswith(_TOTALS) for text in identifying)


def _entry(row: Row, communes: Mapping[str, int], own: int | None) -> Entry:
    row.check_errors()
    commune = read_plots.read_commune(row, communes, own)
    certificate = read_certificates.read_certificate(row)
    plot = read_plots.read_plot(row)
    holding = read_people.read_holding(row)
    serial = certificate.serial if certificate else ""
    is_placed = plot.is_located or (holding.certificate_sheet and holding.certificate_plot)
    if not (is_placed or serial or holding.guid or row.known):
        raise row.reject(problems.PLOT_MISSING, "number")
    return Entry(
        row.sheet,
        row.number,
        commune,
        plot,
        read_people.read_person(row),
        certificate,
        holding,
        read_plots.read_uses(row) if row.says_of(USES) else (),
        read_plots.read_asset(row) if row.says_of(ASSET) else None,
        read_certificates.read_scans(row, serial) if row.says_of(SCANS) else (),
        row.text("uncollectable", 120),
        row.known,
    )


def _reject_repeated_guids(reading: Reading) -> None:
    """A Guid names one holding: a copied one would make two rows fight for it."""
    seen: set[str] = set()
    kept = []
    for entry in reading.entries:
        guid = entry.holding.guid
        if guid and guid in seen and entry.known is None:
            reading.rejected += 1
            reading.problems.append(
                Problem("rejected", entry.row, problems.GUID_REPEATED, "Guid", guid, entry.sheet[:60])
            )
            continue
        seen.add(guid)
        kept.append(entry)
    reading.entries = kept
