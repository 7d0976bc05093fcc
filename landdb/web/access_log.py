"""Who looked at what, for auditors and administrators."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import NoReverseMatch, reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET

from landdb.models import AccessLog, Role, User

from .gate import allow
from .paging import newest, older, page_of
from .signed_in import user_of

PAGE = 50
#: Kinds of records that are looked at.
SUBJECTS = {
    "plot": _("Thửa đất"),
    "land_user": _("Người sử dụng đất"),
    "resident": _("Người dân cư"),
    "certificate": _("Giấy chứng nhận"),
    "workbook": _("Biểu của xã"),
    "extract": _("Trích xuất dân cư"),
    "receipt": _("Biên nhận"),
    "scan": _("Bản quét"),
    "scan_arrival": _("Bản quét nộp vào"),
    "police_list": _("Danh sách công an"),
    "police_answers": _("Trả lời của công an"),
    "account": _("Tài khoản"),
    "matching_band": _("Ngưỡng nhận"),
}
#: The page that shows a record, where its name is not the kind's own.
PAGES = {
    "land_user": "land-user",
    "certificate": "certificate-timeline",
    "workbook": "upload",
    "scan_arrival": "scan-arrival",
    "police_list": "police-list",
    "police_answers": "police-answers",
    "matching_band": "band",
}


class DayInput(forms.DateInput):
    """The browser's own calendar; it speaks ISO dates."""

    input_type = "date"

    def __init__(self) -> None:
        super().__init__(format="%Y-%m-%d")


class AccessFilter(forms.Form):
    user = forms.ModelChoiceField(
        User.objects.none(), required=False, label=_("Người dùng"), empty_label=_("Mọi người")
    )
    action = forms.ChoiceField(
        required=False, label=_("Hành động"), choices=[("", _("Mọi hành động")), *AccessLog.Action.choices]
    )
    subject = forms.ChoiceField(
        required=False, label=_("Đối tượng"), choices=[("", _("Mọi đối tượng")), *SUBJECTS.items()]
    )
    first = forms.DateField(required=False, label=_("Từ ngày"), widget=DayInput())
    last = forms.DateField(required=False, label=_("Đến ngày"), widget=DayInput())

    def __init__(self, *args: Any, by: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["user"].queryset = _people_seen_by(by)  # type: ignore[attr-defined]

    def apply(self, entries: QuerySet[AccessLog]) -> QuerySet[AccessLog]:
        """The entries that fit; a day is a whole day of the province."""
        chosen = self.cleaned_data
        for name in ("user", "action", "subject"):
            if chosen[name]:
                entries = entries.filter(**{name: chosen[name]})
        if chosen["first"]:
            entries = entries.filter(at__gte=_midnight(chosen["first"]))
        if chosen["last"]:
            entries = entries.filter(at__lt=_midnight(chosen["last"] + dt.timedelta(days=1)))
        return entries


@allow(Role.AUDITOR, Role.ADMINISTRATOR)
@require_GET
def access_log(request: HttpRequest) -> HttpResponse:
    """Looks, reveals, searches, exports and accounts in the territory, newest first."""
    by = user_of(request)
    entries: QuerySet[AccessLog] = AccessLog.objects.visible_to(by).select_related("user", "commune")
    form = AccessFilter(request.GET, by=by)
    entries = form.apply(entries) if form.is_valid() else entries.none()
    page = page_of(entries, request.GET.get("before"), PAGE)
    context = {
        "entries": [
            (entry, SUBJECTS.get(entry.subject, entry.subject), _href(entry)) for entry in page[:PAGE]
        ],
        "form": form,
        "older": older(request, page, PAGE),
        "newest": newest(request),
    }
    return render(request, "access_log/access_log.html", context)


def _people_seen_by(by: User) -> QuerySet[User]:
    ids = by.commune_ids()
    if ids is None:
        return User.objects.all()
    return User.objects.filter(pk__in=AccessLog.objects.visible_to(by).values("user"))


def _midnight(day: dt.date) -> dt.datetime:
    return timezone.make_aware(dt.datetime.combine(day, dt.time()))


def _href(entry: AccessLog) -> str:
    """The page of the record, where there is one."""
    if entry.subject_id is None or entry.subject not in SUBJECTS:
        return ""
    try:
        return reverse(PAGES.get(entry.subject, entry.subject), args=[entry.subject_id])
    except NoReverseMatch:
        return ""
