"""The forms of the hotline. No text may hold an identity number: published or not, others read it."""

from __future__ import annotations

from typing import Any, ClassVar

from django import forms
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from landdb.models import AdminUnit, Role, User
from landdb.web.day_input import TypedDay
from landdb.web.plain_select import PlainSelect

from ..models import Difficulty
from ..rules import catalogue
from . import question_told
from .free_text import NoIdentity

_Area = forms.Textarea
_ROWS = {"rows": 3}


class AskForm(forms.Form):
    """What one cannot get on with, on which commune and rule, and the record that the page before named."""

    words = NoIdentity(
        label=gettext_lazy("Câu hỏi, vướng mắc"),
        min_length=5,
        max_length=2000,
        strip=True,
        widget=_Area(attrs=_ROWS),
        help_text=gettext_lazy("Không ghi tên, số giấy tờ của người dân; người trả lời mở hồ sơ để xem."),
    )
    commune = forms.ModelChoiceField(
        AdminUnit.objects.none(),
        widget=PlainSelect(),
        label=gettext_lazy("Xã, phường"),
        required=False,
        empty_label=gettext_lazy("việc chung, không riêng xã nào"),
    )
    rule = forms.ChoiceField(label=gettext_lazy("Về quy tắc"), required=False)
    about = forms.ChoiceField(choices=[("", ""), *Difficulty.About.choices], required=False)
    about_id = forms.IntegerField(required=False, min_value=1)

    def __init__(self, user: User, data: Any = None, initial: dict[str, Any] | None = None) -> None:
        super().__init__(data, initial=initial)
        self.user = user
        communes = user.communes().order_by("sort_key")
        commune: Any = self.fields["commune"]
        commune.queryset = communes
        if user.has_role(Role.COMMUNE_OFFICIAL):
            commune.required, commune.empty_label = True, None
            commune.initial = communes.first()
        rule: Any = self.fields["rule"]
        rule.choices = [("", _("không rõ quy tắc nào")), *((one.id, one.name) for one in catalogue.RULES)]

    @property
    def subject(self) -> tuple[str, int | None]:
        """The record as it stands in the form or in the address."""
        kind, pk = str(self["about"].value() or ""), str(self["about_id"].value() or "")
        known = kind in Difficulty.About.values and pk.isdecimal() and len(pk) < 19
        return (kind, int(pk)) if known else ("", None)

    def clean(self) -> dict[str, Any]:
        told = super().clean() or {}
        kind, pk = self.subject
        if kind and question_told.record((kind, pk), self.user) is None:
            self.add_error(None, _("Không có hồ sơ này trên địa bàn của bạn."))
        return told

    def asked(self) -> dict[str, Any]:
        """What a valid form says; a plot or an upload names the commune where nobody chose one."""
        kind, pk = self.subject
        told = self.cleaned_data
        return {
            "words": told["words"],
            "commune": told["commune"] or question_told.commune_of((kind, pk)),
            "rule": told["rule"],
            "about": kind,
            "about_id": pk,
        }


class OfQuestion(forms.Form):
    """A form on the page of one question."""

    name: ClassVar[str]

    def __init__(self, data: Any = None, *, difficulty: Difficulty, user: User) -> None:
        super().__init__(data, auto_id=f"{self.name}-%s")
        self.difficulty = difficulty
        self.user = user


class WordsForm(OfQuestion):
    """A word on how it ended, if one likes."""

    name = "close"
    words = NoIdentity(label=gettext_lazy("Lời nhắn"), max_length=2000, strip=True, required=False)


class WordsNeededForm(OfQuestion):
    name = "say"
    words = NoIdentity(
        label=gettext_lazy("Lời nhắn"), min_length=2, max_length=2000, strip=True, widget=_Area(attrs=_ROWS)
    )


class AnswerForm(OfQuestion):
    name = "answer"
    answer = NoIdentity(
        label=gettext_lazy("Trả lời"), min_length=2, max_length=4000, strip=True, widget=_Area(attrs=_ROWS)
    )


class AssignForm(OfQuestion):
    """To a person who may see the question, or a unit by its name; with the day."""

    name = "assign"
    to = forms.ModelChoiceField(
        User.objects.none(), label=gettext_lazy("Giao cho"), required=False, empty_label="–"
    )
    unit = forms.CharField(label=gettext_lazy("hoặc đơn vị"), max_length=120, strip=True, required=False)
    due_on = forms.DateField(label=gettext_lazy("Hạn"), widget=TypedDay())

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        to: Any = self.fields["to"]
        to.queryset = _in_reach(self.difficulty, self.user)

    def clean(self) -> dict[str, Any]:
        told = super().clean() or {}
        if not told.get("to") and not told.get("unit"):
            self.add_error("to", _("Chọn một người hoặc ghi tên đơn vị."))
        if told.get("due_on") and told["due_on"] < timezone.localdate():
            self.add_error("due_on", _("Hạn không được ở quá khứ."))
        return told


class PublishForm(OfQuestion):
    """Question and answer as everybody will read them."""

    name = "publish"
    question = NoIdentity(label=gettext_lazy("Câu hỏi"), min_length=5, max_length=300, strip=True)
    answered = NoIdentity(
        label=gettext_lazy("Trả lời"), min_length=2, max_length=4000, strip=True, widget=_Area(attrs=_ROWS)
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        one = self.difficulty
        self.initial = {
            "question": one.published_question or one.words[:300],
            "answered": one.published_answer or one.answer,
        }


def _in_reach(difficulty: Difficulty, user: User) -> Any:
    """People of the giver's territory whose own holds the question's commune."""
    people = User.objects.filter(is_active=True).order_by("full_name")
    ids = user.commune_ids()
    if ids is not None:
        people = people.filter(Q(commune__in=ids) | Q(office=user.office_id, office__isnull=False))
    whole = Q(commune=None, office=None)
    if difficulty.commune is None:
        return people.filter(whole)
    of_office = Q(office=difficulty.commune.office_id, office__isnull=False)
    return people.filter(whole | of_office | Q(commune=difficulty.commune))
