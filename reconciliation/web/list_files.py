"""The lists of people and of plots as files: the rows of the filter that is on, no more than the pages show.

A workbook is made at once, so it holds few rows; CSV is sent while it is read and may be long. Names of
people are written out where all rows lie in one commune; a file beyond that has their first letters.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from landdb.models import AccessLog, AdminUnit, User
from landdb.spreadsheets import Column, csv_bytes, workbook
from landdb.templatetags.landdb import chance, num
from landdb.web.gate import allow
from landdb.web.signed_in import user_of
from parcels.models import LandUser

from ..filters import QueueFilter, address
from ..models import Verification, WorkItem
from ..queue_values import Place
from ..worklist_values import At
from ..worklists import WorkFilter
from . import queue, queue_rows, work_facets, work_rows, worklist
from .file_links import MOST
from .unknown_facets import is_refused

_TYPES = {
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "csv": "text/csv; charset=utf-8",
}
#: What the log keeps of the address of the list of plots; never the token of what was typed.
_PLOT_FACETS = ("group", "commune", "rule", "dimension", "alone", "confirmed")
#: Rows read at a time.
_PORTION = 500
_DAY, _WHOLE, _AREA = "dd/mm/yyyy", "#,##0", "#,##0.0"


@dataclass(frozen=True, slots=True)
class ListFile:
    """A list that leaves the house: its name, of what, by which facets, and where all of it lies."""

    name: str
    title: str
    subject: str
    columns: Sequence[Column]
    rows: Iterator[Sequence[Any]]
    total: int
    facets: str
    commune: AdminUnit | None


@allow(*worklist.READERS)
@require_GET
def people(request: HttpRequest, kind: str) -> HttpResponseBase:
    """The people to judge under the facets of the address, in its order."""
    user = user_of(request)
    wanted = WorkFilter.read(user, request.GET)
    if is_refused(request, wanted.unknown):
        return redirect(f"{reverse('worklist')}?{request.GET.urlencode()}")
    commune = _only(wanted.communes, wanted.commune_ids)
    columns = [
        Column(_("Mã bản ghi")), Column(_("Người sử dụng đất"), 28), Column(_("Việc cần quyết định"), 48),
        Column(_("Vướng ở"), 20), Column(_("Loại việc"), 22), Column(_("Xã, phường"), 24),
        Column(_("Số thửa chờ"), 12, _WHOLE), Column(_("Cùng người"), 12),
        Column(_("Mở từ ngày"), 12, _DAY), Column(_("Đang chờ"), 18), Column(_("Giao cho"), 24),
    ]  # fmt: skip
    base = work_facets.base_of(request.GET)
    rows = _people(wanted, user, is_short=commune is None)
    made = ListFile("nguoi-can-doi-chieu", _("Người cần đối chiếu"), "land_user", columns, rows,
                    wanted.counts.total, address(base, q=None), commune)  # fmt: skip
    return _answer(made, kind, user)


@allow(*queue.READERS)
@require_GET
def plots(request: HttpRequest, kind: str) -> HttpResponseBase:
    """The flagged plots under the facets of the address."""
    user = user_of(request)
    wanted = QueueFilter.read(user, request.GET)
    if is_refused(request, wanted.unknown):
        return redirect(f"{reverse('queue')}?{request.GET.urlencode()}")
    commune = _only(wanted.communes, wanted.commune_ids)
    columns = [
        Column(_("Tờ"), 8, "0"), Column(_("Thửa"), 8, "0"), Column(_("Mã thửa")), Column(_("Nhóm"), 8, "0"),
        Column(_("Người sử dụng đất"), 40), Column(_("Vướng ở"), 60), Column(_("Xã, phường"), 24),
        Column(_("Diện tích (m²)"), 14, _AREA), Column(_("Từ ngày"), 12, _DAY),
    ]  # fmt: skip
    base = {name: values for name, values in request.GET.lists() if name in _PLOT_FACETS}
    rows = _plots(wanted, is_short=commune is None)
    made = ListFile("thua-vuong-mac", _("Thửa vướng mắc"), "plot", columns, rows,
                    wanted.total(), address(base), commune)  # fmt: skip
    return _answer(made, kind, user)


def short_name(name: str) -> str:
    """ "Nguyễn Thị Duyên" → "N. T. D."."""
    return " ".join(f"{word[0].upper()}." for word in name.split())


def _only(communes: dict[int, AdminUnit], chosen: Sequence[int]) -> AdminUnit | None:
    """The commune in which all rows lie; None where there may be several."""
    within = list(chosen) or list(communes)
    return communes[within[0]] if len(within) == 1 else None


def _people(wanted: WorkFilter, user: User, *, is_short: bool) -> Iterator[list[Any]]:
    place: At | None = None
    while items := wanted.page(place, size=_PORTION):
        shown = items[:_PORTION]
        for row in work_rows.rows(shown, user):
            item, person = row.item, row.person
            is_person = person.kind == LandUser.Kind.INDIVIDUAL
            with_whom = WorkItem.With(item.waits_with if item.is_handed_on else WorkItem.With.DESK).label
            yield [
                person.source_key or f"#{person.pk}",
                short_name(person.name) if is_short and is_person else person.name,
                row.sentence,
                row.hurts,
                str(Verification.Outcome(item.outcome).label) if item.outcome else "",
                item.commune.name if item.commune else "",
                item.plots,
                chance(row.chance),
                timezone.localdate(item.opened_at),
                str(with_whom),
                item.assigned_to.full_name if item.assigned_to else "",
            ]
        if len(items) <= _PORTION:
            return
        place = wanted.at(shown[-1])


def _plots(wanted: QueueFilter, *, is_short: bool) -> Iterator[list[Any]]:
    place: Place | None = None
    while True:
        page = wanted.page(after=place, size=_PORTION)
        for row in queue_rows.rows(page.statuses, in_short=short_name if is_short else None):
            status = row.status
            yield [
                status.sheet,
                status.number,
                status.code,
                status.group,
                "; ".join(row.holders),
                "; ".join(str(rule.name) for rule in row.reasons),
                status.commune.name,
                status.legal_area,
                timezone.localdate(status.since),
            ]
        if page.after is None:
            return
        place = page.after


def _answer(made: ListFile, kind: str, user: User) -> HttpResponseBase:
    """The file, and a line in the log of who took what out."""
    if kind not in MOST:
        raise Http404
    most = MOST[kind]
    AccessLog.objects.create(
        user=user,
        action=AccessLog.Action.EXPORT,
        subject=made.subject,
        commune=made.commune,
        reason=f"{kind}, {min(made.total, most)}/{made.total}: {made.facets}"[:300],
    )
    rows = islice(made.rows, most)
    answer: HttpResponseBase
    if kind == "xlsx":
        content = workbook(made.title, made.columns, rows, _notes(made, most, user))
        answer = HttpResponse(content, content_type=_TYPES[kind])
    else:
        heads = [column.title for column in made.columns]
        answer = StreamingHttpResponse(_as_csv(heads, rows), content_type=_TYPES[kind])
    file = f"{made.name}-{timezone.localdate():%Y%m%d}.{kind}"
    answer["Content-Disposition"] = f'attachment; filename="{file}"'
    answer["Cache-Control"] = "no-store"
    return answer


def _notes(made: ListFile, most: int, user: User) -> list[tuple[str, str]]:
    names = _("đủ họ tên")
    if made.commune is None:
        names = _("chữ cái đầu, vì danh sách gồm nhiều xã, phường; lọc một xã, phường để có đủ họ tên")
    return [
        (_("Danh sách"), made.title),
        (_("Địa bàn"), made.commune.name if made.commune else user.territory_name),
        (_("Số dòng"), _("%(n)s trên %(total)s (mỗi tệp .xlsx nhiều nhất %(most)s dòng)")
            % {"n": num(min(made.total, most)), "total": num(made.total), "most": num(most)}),
        (_("Tên người"), names),
        (_("Tải lúc"), date_format(timezone.localtime(), "H:i d/m/Y")),
        (_("Người tải"), user.full_name),
    ]  # fmt: skip


def _as_csv(heads: list[str], rows: Iterable[Sequence[Any]]) -> Iterator[bytes]:
    # The answer is written when the request's own language may be gone.
    language = translation.get_language()
    yield csv_bytes([heads])
    rows = iter(rows)
    while True:
        with translation.override(language):
            portion = [[_text(value) for value in row] for row in islice(rows, _PORTION)]
        if not portion:
            return
        yield csv_bytes(portion, begins=False)


def _text(value: Any) -> str:
    if hasattr(value, "strftime"):
        return f"{value:%d/%m/%Y}"
    return "" if value is None else str(value)
