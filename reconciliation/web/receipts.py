"""Receipts: written at the counter, printed, found again by their number, originals given back."""

from __future__ import annotations

import datetime as dt
import re
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from landdb.models import AccessLog, Role
from landdb.web.day_input import TypedDay
from landdb.web.gate import allow
from landdb.web.paging import newest, older, page_of
from landdb.web.signed_in import user_of
from parcels.models import Plot

from ..models import Receipt
from .free_text import NoIdentity

WRITERS = (Role.COMMUNE_OFFICIAL, Role.REVIEWER, Role.SENIOR_REVIEWER)
READERS = (*WRITERS, Role.AUDITOR)
PAGE = 50
#: Papers that citizens usually hand in; others are typed.
PAPERS = (
    ("certificate", gettext_lazy("Giấy chứng nhận")),
    ("identity", gettext_lazy("Căn cước công dân")),
    ("transfer", gettext_lazy("Giấy tờ chuyển nhượng, tặng cho, thừa kế")),
    ("death", gettext_lazy("Giấy chứng tử")),
    ("marriage", gettext_lazy("Giấy đăng ký kết hôn")),
    ("other", gettext_lazy("Giấy tờ khác")),
)
_NUMBER = re.compile(r"(?:BN-?)?(?:\d{5}-\d{4}-)?0*(\d{1,9})", re.IGNORECASE)


class ReceiptForm(forms.Form):
    """Who hands in what: for each kind of paper how many copies and originals."""

    handed_in_by = forms.CharField(label=gettext_lazy("Người nộp"), min_length=2, max_length=200, strip=True)
    holder = forms.CharField(
        label=gettext_lazy("Người đứng tên trên giấy"), max_length=400, required=False, strip=True
    )
    serial = forms.CharField(
        label=gettext_lazy("Số phát hành của giấy"),
        max_length=120,
        required=False,
        strip=True,
        widget=forms.TextInput(attrs={"size": 20}),
    )
    ask_on = forms.DateField(
        label=gettext_lazy("Hẹn ngày"),
        required=False,
        widget=TypedDay(),
    )
    note = NoIdentity(label=gettext_lazy("Ghi chú"), max_length=300, required=False, strip=True)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for code, _name in PAPERS:
            for what, label in (
                ("copies", gettext_lazy("bản chụp")),
                ("originals", gettext_lazy("bản chính")),
            ):
                self.fields[f"{code}_{what}"] = forms.IntegerField(
                    label=label, min_value=0, max_value=99, required=False, initial=0
                )

    def papers(self) -> list[list[Any]]:
        """(what, copies, originals) of those handed in."""
        found = [
            [
                str(name),
                self.cleaned_data.get(f"{code}_copies") or 0,
                self.cleaned_data.get(f"{code}_originals") or 0,
            ]
            for code, name in PAPERS
        ]
        return [paper for paper in found if paper[1] or paper[2]]

    def rows(self) -> list[tuple[Any, Any, Any]]:
        """For the page: the paper and its two boxes."""
        return [(name, self[f"{code}_copies"], self[f"{code}_originals"]) for code, name in PAPERS]

    def clean_ask_on(self) -> dt.date | None:
        day: dt.date | None = self.cleaned_data["ask_on"]
        if day is not None and day < timezone.localdate():
            raise forms.ValidationError(_("Ngày hẹn không được ở quá khứ."))
        return day

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if not self.errors and not self.papers():
            self.add_error(None, _("Ghi ít nhất một giấy tờ đã nộp."))
        return cleaned


@allow(*WRITERS)
@require_http_methods(["GET", "POST"])
def new(request: HttpRequest, pk: int) -> HttpResponse:
    """Write a receipt for what was handed in about a plot; then print it."""
    user = user_of(request)
    plot = get_object_or_404(Plot.objects.visible_to(user).select_related("commune"), pk=pk)
    form = ReceiptForm(request.POST or None, initial=_of_register(plot))
    if request.method == "POST" and form.is_valid():
        receipt = Receipt.objects.create(
            commune_id=plot.commune_id,
            plot=plot,
            handed_in_by=form.cleaned_data["handed_in_by"],
            holder=form.cleaned_data["holder"],
            serial=form.cleaned_data["serial"],
            papers=form.papers(),
            note=form.cleaned_data["note"],
            ask_on=form.cleaned_data["ask_on"],
            received_by=user,
        )
        return redirect("receipt", receipt.pk)
    context = {"plot": plot, "form": form}
    return render(request, "receipts/new.html", context, status=422 if form.errors else 200)


def _of_register(plot: Plot) -> dict[str, str]:
    """What the register says of the certificate and its holder: a start, the paper handed in decides."""
    held = list(plot.holdings.select_related("certificate", "land_user").order_by("pk"))
    people = dict.fromkeys(each.land_user.name for each in held if each.land_user)
    papers = dict.fromkeys(
        each.certificate.serial or each.certificate.serial_raw for each in held if each.certificate
    )
    return {
        "holder": ", ".join(filter(None, people))[:400],
        "serial": "; ".join(filter(None, papers))[:120],
    }


@allow(*READERS)
@require_http_methods(["GET", "POST"])
def receipts(request: HttpRequest) -> HttpResponse:
    """The receipts of the territory, newest first; by its number one is found at once."""
    user = user_of(request)
    seen = Receipt.objects.visible_to(user).select_related("commune", "plot", "received_by")
    if request.method == "POST":
        typed = _NUMBER.fullmatch(request.POST.get("number", "").strip())
        found = seen.filter(pk=int(typed[1])).first() if typed else None
        if found:
            return redirect("receipt", found.pk)
        messages.warning(request, _("Không có biên nhận số này trên địa bàn của bạn."))
    page = page_of(seen, request.GET.get("before"), PAGE)
    context = {
        "receipts": page[:PAGE],
        "older": older(request, page, PAGE),
        "newest": newest(request),
    }
    return render(request, "receipts/list.html", context)


@allow(*READERS)
@require_GET
def receipt(request: HttpRequest, pk: int) -> HttpResponse:
    """The receipt to print; the look is logged."""
    user = user_of(request)
    found = _visible(request, pk)
    AccessLog.objects.create(
        user=user, action=AccessLog.Action.VIEW, subject="receipt", subject_id=pk, commune_id=found.commune_id
    )
    may_return = found.originals > 0 and found.returned_at is None and user.has_role(*WRITERS)
    return render(request, "receipts/receipt.html", {"receipt": found, "may_return": may_return})


@allow(*WRITERS)
@require_POST
def give_back(request: HttpRequest, pk: int) -> HttpResponse:
    """The originals went back to who handed them in; noted once."""
    found = _visible(request, pk)
    noted = Receipt.objects.filter(pk=found.pk, returned_at__isnull=True).update(
        returned_by=user_of(request), returned_at=timezone.now()
    )
    if noted:
        messages.success(request, _("Đã ghi: bản chính đã trả."))
    return redirect("receipt", pk)


def _visible(request: HttpRequest, pk: int) -> Receipt:
    seen = Receipt.objects.visible_to(user_of(request))
    return get_object_or_404(seen.select_related("commune", "plot", "received_by", "returned_by"), pk=pk)
