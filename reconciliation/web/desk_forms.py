"""The forms of the desk: a word on a person, and to whom they are handed on."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import get_language, gettext, ngettext
from django.utils.translation import gettext_lazy as _

from landdb import working_days
from landdb.web.fragments import fingerprint
from parcels.models import LandUser

from ..actions.handovers import Handover
from ..models import AskedField, Decision, Match, Why, WorkItem
from . import desk_reasons, later_day
from .free_text import NoIdentity

With = WorkItem.With

#: What stands as the reason where nobody typed one: the evidence on the page is the reason.
BY_EVIDENCE = "theo chứng cứ trên trang"
#: Working days that the receiver is proposed to have.
DAYS = {With.POLICE: 10, With.COMMUNE: 5}


class MatchForm(forms.Form):
    """A word on a match: which candidate, which decision, and the marks of what the page showed."""

    decision = forms.ChoiceField(
        choices=[
            (kind.value, kind.label)
            for kind in (
                Decision.Kind.SAME,
                Decision.Kind.DIFFERENT,
                Decision.Kind.UNSURE,
                Decision.Kind.NOT_IN_REGISTRY,
                Decision.Kind.DECEASED,
            )
        ]
    )
    reason = NoIdentity(label=_("Lý do"), min_length=3, max_length=300, strip=True, required=False)
    match = forms.IntegerField(required=False)
    mend = forms.BooleanField(required=False)
    seen = forms.CharField(max_length=40, required=False)
    seen_all = forms.CharField(max_length=40, required=False)
    last = forms.IntegerField(required=False)

    def clean_reason(self) -> str:
        return self.cleaned_data["reason"] or BY_EVIDENCE


class HandoverForm(forms.Form):
    """To whom, why, until when and with what to say; what is put off has a day and no coded reason, and what
    goes back to the commune the fields that it is asked to look at.
    """

    TOMORROW, MONDAY, DAY = "tomorrow", "monday", "day"

    why = forms.ChoiceField(
        label=_("Lý do"),
        error_messages={
            "required": _("Chưa chuyển đi vì chưa chọn lý do: bấm số của một lý do rồi gửi lại.")
        },
        widget=forms.RadioSelect,
    )
    fields_asked = forms.MultipleChoiceField(
        label=_("Ô cần xem lại"), choices=AskedField.choices, required=False
    )
    until = forms.DateField(label=_("Hạn"), required=False)
    note = NoIdentity(label=_("Lời nhắn"), max_length=300, strip=True, required=False)
    seen_all = forms.CharField(max_length=40, required=False)
    last = forms.IntegerField(required=False)

    def __init__(self, where: WorkItem.With, data: Any = None) -> None:
        super().__init__(data, auto_id=f"{where.value}-%s")
        self.where = where
        #: What to say where the day is another than the one that was asked for.
        self.moved = ""
        self.fields["why"].choices = list(self.reasons())  # type: ignore[attr-defined]

    def reasons(self) -> Iterator[tuple[str, Any]]:
        """The coded reasons; for what is put off the days it may be put off until."""
        if self.where == With.LATER:
            for choice, day in self._offered().items():
                yield choice, gettext("Đến %(day)s") % {"day": _weekday_and(day)}
            yield self.DAY, _("Đến ngày ghi ở dưới")
        for why in Why.of(self.where):
            yield why.value, why.label

    def clean(self) -> dict[str, Any]:
        told: dict[str, Any] = super().clean() or {}
        if lacks_fields(told.get("why", ""), told.get("fields_asked", ())):
            self.add_error("fields_asked", _("Chọn ít nhất một ô: lý do này chưa nói ô nào sai."))
        if self.where == With.LATER:
            told["until"] = self._offered().get(told.get("why", ""), told.get("until"))
            if told["until"] is None and not self.errors:
                self.add_error("until", _("Ghi ngày xem lại, hoặc chọn một ngày ở trên."))
        until: dt.date | None = told.get("until")
        if until is not None and (fault := later_day.fault(until)):
            self.add_error("until", fault)
        elif until is not None:
            told["until"], self.moved = to_working(until)
        return told

    def _offered(self) -> dict[str, dt.date]:
        """The days that one key picks: the next on which the office works, and a later week's first."""
        today = timezone.localdate()
        monday = today + dt.timedelta(days=7 - today.weekday())
        first, of_week = working_days.after(today, 1), working_days.next_from(monday)
        while of_week <= first:
            monday += dt.timedelta(weeks=1)
            of_week = working_days.next_from(monday)
        return {self.TOMORROW: first, self.MONDAY: of_week}

    def handover(self) -> Handover:
        """What a valid form says."""
        told = self.cleaned_data
        why = "" if self.where == With.LATER else told["why"]
        fields = AskedField.in_order(told["fields_asked"]) if self.where == With.COMMUNE else ()
        return Handover(self.where, why, told["note"], told["until"], fields)


@dataclass(frozen=True, slots=True)
class FieldChoice:
    """A field that a commune may be asked to look at, its key on the sheet, and whether it is ticked."""

    field: AskedField
    key: int
    is_ticked: bool


@dataclass(frozen=True)
class Sheet:
    """The side sheet of a receiver: its key and words, the form, and the day that it proposes."""

    where: WorkItem.With
    key: str
    short: Any
    title: Any
    told: Any
    is_open: bool
    #: The reason that the evidence gives, if any, and the fields that it is about.
    proposed: Why | None
    asked: Sequence[AskedField]
    #: What was typed and sent; None where the sheet is as everybody gets it.
    sent: HandoverForm | None

    @cached_property
    def form(self) -> HandoverForm:
        return self.sent or HandoverForm(self.where)

    @property
    def blank_key(self) -> str:
        """As what the fields of a blank sheet are kept: they change with the proposal, day and language."""
        return fingerprint(self.where.value, self.chosen, *self.asked, timezone.localdate())

    @property
    def due(self) -> str:
        """The day in the field: as it was typed, else as proposed; dd/mm/yyyy."""
        if self.sent is not None:
            return str(self.sent.data.get("until", ""))
        day = due(self.where)
        return f"{day:%d/%m/%Y}" if day else ""

    @property
    def hint(self) -> str:
        """How the proposed day came about: so many working days, and which days off were passed over."""
        if (proposed := due(self.where)) is None:
            return (
                gettext("chỉ cần khi chọn ngày")
                if self.where == With.LATER
                else gettext("để trống: chưa hẹn ngày")
            )
        n = DAYS[self.where]
        told = ngettext("%(n)d ngày làm việc", "%(n)d ngày làm việc", n) % {"n": n}
        passed = working_days.off_between(timezone.localdate(), proposed)
        if not passed:
            return told
        days = ", ".join(f"{day:%d/%m} {why}" for day, why in passed)
        return gettext("%(told)s, không tính %(days)s") % {"told": told, "days": days}

    @property
    def note(self) -> str:
        return str(self.form.data.get("note", ""))

    @property
    def field_choices(self) -> list[FieldChoice]:
        """The fields with their keys, which follow those of the reasons; only a commune is asked for any."""
        if self.where != With.COMMUNE:
            return []
        ticked = self.asked if self.sent is None else self.sent["fields_asked"].value() or ()
        first = len(Why.of(self.where)) + 1
        return [FieldChoice(field, (first + n) % 10, field in ticked) for n, field in enumerate(AskedField)]

    @property
    def chosen(self) -> str:
        """The reason that is ticked: what was sent, else what the evidence gives; empty where the officer is
        to choose. What is put off is put off until tomorrow unless somebody says otherwise.
        """
        if self.sent is not None:
            return str(self.sent.data.get("why", ""))
        if self.where == With.LATER:
            return HandoverForm.TOMORROW
        return self.proposed.value if self.proposed else ""


_SHEETS = (
    (With.POLICE, "p", _("Công an"), _("Chuyển công an"), _("Công an trả lời ngay trên danh sách nhận.")),
    (With.COMMUNE, "b", _("Trả xã"), _("Trả về xã"), _("Xã thấy việc này ngay trong biểu tải về.")),
    (With.LATER, "l", _("Để sau"), _("Để sau"), _("Đến ngày đó hồ sơ tự trở lại hàng đợi.")),
    (With.CITIZEN, "c", _("Chưa thu"), _("Chưa thu được giấy"), _("Lấy lại được bất cứ lúc nào.")),
)


def sheets(
    opened: str, sent: HandoverForm | None, person: LandUser, candidates: Sequence[Match]
) -> list[Sheet]:
    """The sheets in the order of the bar; `opened` names the one that is open, `sent` is what was typed.

    The land user and their candidates say which reason each proposes.
    """
    drawn = []
    for where, key, short, title, told in _SHEETS:
        typed = sent if sent is not None and sent.where == where else None
        is_open = typed is not None or opened == where.value
        why = desk_reasons.proposed(where, candidates, getattr(person, "verification", None))
        asked = desk_reasons.fields_of(why, person, candidates)
        drawn.append(Sheet(where, key, short, title, told, is_open, why, asked, typed))
    return drawn


def lacks_fields(why: str, fields: Collection[str]) -> bool:
    """A reason that says that something is wrong, without a word on what."""
    return why in Why.values and Why(why).needs_fields and not fields


def _weekday_and(day: dt.date) -> str:
    """Within a sentence; Vietnamese writes its weekdays small there, English does not."""
    told = date_format(day, "l, d/m/Y")
    return told.lower() if get_language() == "vi" else told


def to_working(until: dt.date) -> tuple[dt.date, str]:
    """The day itself, or the next one on which the offices work, with a sentence that says so."""
    day = working_days.next_from(until)
    if day == until:
        return day, ""
    told = {"asked": f"{until:%d/%m/%Y}", "why": working_days.why_off(until), "day": f"{day:%d/%m/%Y}"}
    return day, gettext("%(asked)s là ngày nghỉ (%(why)s); hạn ghi là %(day)s") % told


def due(where: WorkItem.With) -> dt.date | None:
    """The day until which a receiver is proposed to have a person."""
    return working_days.after(timezone.localdate(), DAYS[where]) if where in DAYS else None
