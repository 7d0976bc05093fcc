"""Correct the register on a land user: each field with what it reads as and what the registry has."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from django.views.decorators.http import require_http_methods, require_POST

from citizens.models import Resident
from landdb.models import AccessLog
from landdb.normalise import id_numbers
from landdb.web.gate import allow
from landdb.web.signed_in import user_of
from parcels.models import LandUser

from ..actions import corrections as by_registry
from ..actions import edits, leases
from ..models import ChangeSet, Lease
from . import correction_answers, correction_errors, correction_shown, land_users, later
from .correction_shown import Shown
from .forms import ReasonForm
from .timeline_words import NAMES
from .walk import Walk

_LONGEST = {"name_raw": 400, "birth_raw": 60, "sex_raw": 20, "id_number_raw": 60, "former_number": 12,
            "address_raw": 300, "phone": 20}  # fmt: skip
#: What a clerk is told beside the field.
_HINTS = {
    "name_raw": _lazy("như trên giấy chứng nhận; vợ chồng: «A và vợ là B»"),
    "birth_raw": _lazy("ngày/tháng/năm, hoặc chỉ năm"),
    "sex_raw": _lazy("Nam hoặc Nữ"),
}
REASONS = (
    _lazy("Theo giấy chứng nhận"),
    _lazy("Theo căn cước công dân của chủ"),
    _lazy("Theo dữ liệu dân cư, đã đối chiếu"),
    _lazy("Lỗi đánh máy khi nhập sổ"),
)


@dataclass(frozen=True, slots=True)
class Row:
    """A field of the form. Numbers are masked: their box is empty, and stays without effect while it is."""

    name: str
    title: Any
    now: str
    typed: str
    reads_as: str
    registry: str
    hint: Any = ""
    is_masked: bool = False
    takes: bool = False
    may_take: bool = False
    clears: bool = False
    needs_second: bool = False
    error: str = ""
    shown: str | None = None
    changed: bool = False

    @property
    def longest(self) -> int:
        return _LONGEST[self.name]


@dataclass
class Typed:
    """What was typed, or asked to be taken from the registry: field → the value that it shall have."""

    boxes: dict[str, str] = field(default_factory=dict)
    taken: set[str] = field(default_factory=set)
    cleared: set[str] = field(default_factory=set)

    @classmethod
    def read(cls, data: QueryDict) -> Typed:
        boxes = {
            name: " ".join(str(data[name]).split())[: _LONGEST[name]] for name in edits.FIELDS if name in data
        }
        known = set(edits.FIELDS)
        return cls(boxes, known & set(data.getlist("take")), known & set(data.getlist("clear")))

    def values(self, person: LandUser, resident: Resident | None) -> dict[str, str]:
        """The new values; those that stay are left out."""
        offered = _offered(person, resident)
        found: dict[str, str] = {}
        for name in edits.FIELDS:
            if name in self.taken and name in offered:
                found[name] = offered[name]
            elif name in self.cleared and name in edits.NUMBERS:
                found[name] = ""
            elif name in self.boxes and (self.boxes[name] or name not in edits.NUMBERS):
                found[name] = self.boxes[name]
        if found.get("former_number"):
            found["former_number"] = id_numbers.parse(found["former_number"]).number or found["former_number"]
        return {
            name: value for name, value in found.items() if value != " ".join(getattr(person, name).split())
        }


@allow(*land_users.DECIDERS)
@require_http_methods(["GET", "POST"])
def correct(request: HttpRequest, pk: int) -> HttpResponse:
    """The form, and the correction: at once, or before a second person where it says who the holder is."""
    user = user_of(request)
    person = land_users.visible(user, pk)
    if request.method == "GET":
        log = {"subject": "land_user", "subject_id": pk, "commune_id": person.commune_id}
        AccessLog.objects.create(user=user, action=AccessLog.Action.VIEW, **log)
        return _page(request, person, Typed(), ReasonForm())
    typed, form = Typed.read(request.POST), ReasonForm(request.POST)
    values = typed.values(person, edits.registry_values(person))
    errors = correction_errors.found(person, values, typed.taken)
    if not form.is_valid() or errors:
        return _page(request, person, typed, form, errors=errors, status=422)
    shown = correction_shown.shown(person, request.POST.get("seen", ""))
    if shown is None or shown.moved:
        return _stale(request, person, typed, form, shown)
    try:
        leases.check(Lease.Kind.PERSON, pk, by=user)
        held = {name: getattr(person, name) for name in edits.FIELDS}
        decision = edits.correct(person, values, by=user, reason=form.cleaned_data["reason"], shown=held)
    except leases.Held as held_by:
        form.add_error(None, str(held_by))
        return _page(request, person, typed, form, status=409)
    except edits.NothingNew:
        form.add_error(None, _("Chưa có gì khác với giá trị đang ghi."))
        return _page(request, person, typed, form, status=422)
    except edits.AlreadyAsked:
        form.add_error(None, _("Đã có đề nghị sửa thông tin này, đang chờ người thứ hai."))
        return _page(request, person, typed, form, status=409)
    except edits.Stale:
        return _stale(request, land_users.visible(user, pk), typed, form, shown)
    if decision.change_set.state == ChangeSet.State.PLANNED:
        messages.success(request, _("Đã gửi đề nghị sửa; chờ một soát xét chính khác đồng ý."))
    else:
        messages.success(request, _("Đã sửa và đối chiếu lại."))
        later.tell(request, decision.change_set)
    return redirect(Walk.of(request, user).to("land-user", pk))


@allow(*land_users.DECIDERS)
@require_POST
def read(request: HttpRequest, pk: int) -> HttpResponse:
    """What the typed values would be read as: the table alone, while somebody types."""
    person = land_users.visible(user_of(request), pk)
    typed = Typed.read(request.POST)
    return render(request, "corrections/readings.html", {"rows": _rows(person, typed), "is_partial": True})


def _page(
    request: HttpRequest,
    person: LandUser,
    typed: Typed,
    form: forms.Form,
    *,
    errors: Mapping[str, str] | None = None,
    shown: Shown | None = None,
    status: int = 200,
) -> HttpResponse:
    user = user_of(request)
    walk = Walk.of(request, user)
    context = {
        "person": person,
        "back": walk.to("land-user", person.pk),
        "send": walk.to("land-user-correct", person.pk),
        "rows": _rows(person, typed, errors or {}, shown),
        "form": form,
        "reasons": REASONS,
        "seen": correction_shown.seen(person),
        "is_stale": shown is not None and bool(shown.moved),
        "waiting": correction_answers.asked_of(user, [person.pk]),
        "is_merged": person.merged_into_id is not None,
    }
    return render(request, "corrections/correct.html", context, status=status)


def _stale(
    request: HttpRequest, person: LandUser, typed: Typed, form: forms.Form, shown: Shown | None
) -> HttpResponse:
    # A box that nobody touched follows the record: sent again, it must not undo what another has done.
    for name in shown.moved if shown else ():
        then = shown.values.get(name) if shown else None
        if then is not None and typed.boxes.get(name) == " ".join(then.split()):
            del typed.boxes[name]
    form.add_error(
        None,
        _("Hồ sơ đã thay đổi từ khi bạn mở trang; chỗ khác được đánh dấu, chữ đã gõ vẫn giữ."),
    )
    return _page(request, person, typed, form, shown=shown, status=409)


def _rows(
    person: LandUser,
    typed: Typed,
    errors: Mapping[str, str] | None = None,
    shown: Shown | None = None,
) -> list[Row]:
    resident = edits.registry_values(person)
    values = typed.values(person, resident)
    after = edits.preview(person, values) if values else person
    needs_second = set(edits.says_who(person, values)) if values else set()
    offered, theirs = _offered(person, resident), _theirs(resident)
    rows = []
    for name in edits.FIELDS:
        is_masked = name in edits.NUMBERS
        now = getattr(person, name)
        moved = shown is not None and name in shown.moved
        rows.append(
            Row(
                name=name,
                title=NAMES[name],
                now=id_numbers.mask(now) if is_masked and now else now,
                typed=typed.boxes.get(name, "" if is_masked else now),
                reads_as=_reads_as(after, name, is_new=name in values and name not in typed.taken),
                registry=theirs.get(name, ""),
                hint=_HINTS.get(name, ""),
                is_masked=is_masked,
                takes=name in typed.taken and name in offered,
                may_take=name in offered,
                clears=name in typed.cleared,
                needs_second=name in needs_second,
                error=(errors or {}).get(name, ""),
                shown=shown.values.get(name) if moved and shown else None,
                changed=moved,
            )
        )
    return rows


def _reads_as(after: LandUser, name: str, *, is_new: bool) -> str:
    """A value as the machine reads it. A number typed here is told in full: whoever typed it knows it."""
    number = {"id_number_raw": after.id_number, "former_number": after.former_number, "phone": after.phone}
    if name in number:
        text = number[name] if is_new or not number[name] else id_numbers.mask(number[name])
        contradicts = name == "id_number_raw" and any("contradicts" in each for each in after.warnings)
        return f"{text} · {_('trái với năm sinh hoặc giới tính')}" if contradicts else text
    if name == "name_raw":
        return " + ".join(each for each in (after.name, after.second_name) if each)
    if name == "birth_raw":
        return after.birth_text
    if name == "sex_raw":
        return str(after.get_sex_display()) if after.sex else ""
    return ", ".join(each for each in (after.village, str(after.commune or "")) if each)


def _offered(person: LandUser, resident: Resident | None) -> dict[str, str]:
    """What may be taken from the registry: the values that differ there."""
    if resident is None:
        return {}
    changes = by_registry.from_registry(person, resident)
    return {change.field: str(change.new) for change in changes if change.field in edits.FIELDS}


def _theirs(resident: Resident | None) -> dict[str, str]:
    if resident is None:
        return {}
    place = ", ".join(each for each in (resident.village, str(resident.commune or "")) if each)
    return {
        "name_raw": resident.name,
        "birth_raw": resident.birth_text,
        "sex_raw": str(resident.get_sex_display()) if resident.sex else "",
        "id_number_raw": id_numbers.mask(resident.id_number) if resident.id_number else "",
        "former_number": id_numbers.mask(resident.former_number) if resident.former_number else "",
        "address_raw": place,
    }
