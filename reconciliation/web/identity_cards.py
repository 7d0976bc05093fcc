"""An identity card read by scanner or camera: what it says beside the register, proposed as a correction."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from django.views.decorators.http import require_http_methods

from landdb.models import AccessLog, Role
from landdb.normalise import id_numbers
from landdb.normalise.identity_cards import Card, Wrong, parse
from landdb.web.gate import allow
from landdb.web.signed_in import user_of
from parcels.models import LandUser

from ..actions import edits, leases
from ..models import ChangeSet, Lease
from . import land_users, later
from .timeline_words import NAMES

ASKERS = (Role.COMMUNE_OFFICIAL, *land_users.DECIDERS)
#: Fields that are proposed unless somebody unticks them; an address is written otherwise in every office.
_USUAL = ("name_raw", "birth_raw", "sex_raw", "id_number_raw", "former_number")
WORDS = {
    Wrong.EMPTY: _lazy("Chưa có gì: đưa thẻ vào máy quét, con trỏ ở trong ô."),
    Wrong.CERTIFICATE: _lazy("Đây là mã của giấy chứng nhận, không phải của thẻ căn cước."),
    Wrong.BARS: _lazy(
        "Máy quét gõ sai dấu “|” giữa các phần: đổi bàn phím sang tiếng Anh (US) rồi quét lại."
    ),
    Wrong.SHORT: _lazy("Mã không đủ bảy phần: quét lại, giữ thẻ yên cho đến tiếng bíp."),
    Wrong.NUMBER: _lazy("Số định danh trong mã không phải 12 chữ số: quét lại."),
    Wrong.FORMER: _lazy("Số CMND cũ trong mã không phải 9 chữ số: quét lại."),
    Wrong.NAME: _lazy("Mã không có họ tên: quét lại."),
    Wrong.GARBLED: _lazy("Họ tên bị bộ gõ tiếng Việt làm hỏng: tắt Unikey (hoặc bộ gõ khác) rồi quét lại."),
    Wrong.BIRTH: _lazy("Ngày sinh trong mã không đọc được: quét lại."),
    Wrong.SEX: _lazy("Giới tính trong mã không phải Nam hay Nữ: quét lại với bộ gõ đã tắt."),
    Wrong.CONTRADICTS: _lazy(
        "Số định danh trái với ngày sinh hoặc giới tính trong mã: mã bị sửa hoặc quét sai."
    ),
    Wrong.ISSUED: _lazy("Ngày cấp trong mã không đọc được: quét lại."),
}


@dataclass(frozen=True, slots=True)
class Row:
    """A field of the register beside the card; numbers masked, but for their last digits."""

    name: str
    title: Any
    ours: str
    theirs: str
    is_same: bool
    is_usual: bool


@allow(*ASKERS)
@require_http_methods(["GET", "POST"])
def card(request: HttpRequest, pk: int) -> HttpResponse:
    """A field for the scanner; then the difference; then the proposal. The code itself is kept nowhere."""
    user = user_of(request)
    person = land_users.visible(user, pk)
    if request.method == "GET":
        log = {"subject": "land_user", "subject_id": pk, "commune_id": person.commune_id}
        AccessLog.objects.create(user=user, action=AccessLog.Action.VIEW, **log)
        return render(request, "cards/card.html", {"person": person})
    typed = request.POST.get("code", "")
    read = parse(typed)
    if isinstance(read, Wrong):
        context = {"person": person, "wrong": WORDS[read]}
        return render(request, "cards/card.html", context, status=422)
    values = _values(read)
    rows = _rows(person, values)
    context = {
        "person": person,
        "card": read,
        "rows": rows,
        "differs": any(not row.is_same for row in rows),
        "is_other_name": "name_raw" in edits.says_who(person, {"name_raw": read.name}),
        "code": typed[:1000],
        "reason": _("Theo căn cước công dân của chủ"),
    }
    if request.POST.get("word") != "propose":
        return render(request, "cards/card.html", context)
    wanted = {name: values[name] for name in request.POST.getlist("field") if name in values}
    problem = _propose(request, person, wanted)
    if problem:
        return render(request, "cards/card.html", context | {"problem": problem}, status=409)
    return redirect("land-user-card", pk)


def _propose(request: HttpRequest, person: LandUser, wanted: dict[str, str]) -> str:
    """Ask for the correction; '' where it is asked for or done, else why not."""
    user = user_of(request)
    reason = request.POST.get("reason", "").strip()[:300]
    if len(reason) < 3:
        return _("Ghi lý do, ít nhất 3 ký tự.")
    shown = {name: getattr(person, name) for name in wanted}
    try:
        leases.check(Lease.Kind.PERSON, person.pk, by=user)
        decision = edits.correct(
            person, wanted, by=user, reason=reason, shown=shown, must_ask=not user.may_review
        )
    except leases.Held as held_by:
        return str(held_by)
    except edits.NothingNew:
        return _("Chưa có gì khác với giá trị đang ghi.")
    except edits.AlreadyAsked:
        return _("Đã có đề nghị sửa thông tin này, đang chờ người thứ hai.")
    except edits.Stale:
        return _("Hồ sơ đã thay đổi từ khi bạn mở trang: quét lại thẻ.")
    if decision.change_set.state == ChangeSet.State.PLANNED:
        waits = (
            _("Đã gửi đề nghị sửa; chờ một soát xét chính khác đồng ý.")
            if user.may_review
            else _("Đã gửi đề nghị sửa; chờ soát xét chính của văn phòng đăng ký đồng ý.")
        )
        messages.success(request, waits)
    else:
        messages.success(request, _("Đã sửa và đối chiếu lại."))
        later.tell(request, decision.change_set)
    return ""


def _values(read: Card) -> dict[str, str]:
    """What the register would say by the card, as a clerk would write it."""
    found = {
        "name_raw": read.name,
        "birth_raw": f"{read.born_on:%d/%m/%Y}",
        "sex_raw": {"M": "Nam", "F": "Nữ"}[read.sex],
        "id_number_raw": read.number,
        "address_raw": read.address,
    }
    return found | ({"former_number": read.former_number} if read.former_number else {})


def _rows(person: LandUser, values: dict[str, str]) -> list[Row]:
    after = edits.preview(person, {name: value for name, value in values.items() if name != "address_raw"})
    same = {
        "name_raw": person.name_key == after.name_key,
        # Born on the first of January is read as a year alone: then the years are what is compared.
        "birth_raw": (person.birth_on, person.birth_year) == (after.birth_on, after.birth_year),
        "sex_raw": person.sex == after.sex,
        "id_number_raw": person.id_number == after.id_number,
        "former_number": person.former_number == values.get("former_number", ""),
        "address_raw": " ".join(person.address_raw.split()) == values["address_raw"],
    }
    # Another name altogether is another person's card, most likely: nothing of it is proposed by itself.
    is_other = "name_raw" in edits.says_who(person, {"name_raw": values["name_raw"]})
    rows = []
    for name, value in values.items():
        ours = getattr(person, name)
        if name in edits.NUMBERS:
            ours, value = (id_numbers.mask(each) if each else "" for each in (ours, value))
        rows.append(Row(name, NAMES[name], ours, value, same[name], name in _USUAL and not is_other))
    return rows
