"""Search the registry by hand for a land user: typed text stays on the server, every search is logged."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from django.views.decorators.http import require_http_methods, require_POST

from citizens.models import Resident
from landdb.models import AccessLog, TypedSearch, User
from landdb.normalise import id_numbers, names
from landdb.normalise.text import fold
from landdb.web.gate import allow
from landdb.web.signed_in import user_of
from parcels.models import LandUser

from ..actions import picks
from ..models import Match
from . import land_users, later, letters
from .letters import Piece
from .registry_questions import MOST, Question, find
from .walk import Walk

_DIGITS = re.compile(r"[\s.\-]+")


class SearchForm(forms.Form):
    """A name or a number; a year and a place narrow a name down."""

    who = forms.CharField(
        label=_lazy("Họ tên, hoặc số 12 hay 9 chữ số"), min_length=3, max_length=110, strip=True
    )
    year = forms.IntegerField(label=_lazy("Năm sinh"), required=False, min_value=1880, max_value=2100)
    place = forms.CharField(label=_lazy("Xã, phường hoặc thôn"), required=False, max_length=60, strip=True)

    def clean_who(self) -> str:
        who: str = self.cleaned_data["who"]
        digits = _DIGITS.sub("", who)
        if digits.isdecimal():
            if not digits.isascii() or len(digits) not in (9, 12):
                raise forms.ValidationError(_("Số định danh có 12 chữ số, số CMND có 9 chữ số."))
            return digits
        if len(fold(who)) < 3:
            raise forms.ValidationError(_("Gõ ít nhất ba chữ cái của tên, hoặc một số đầy đủ."))
        return who

    @property
    def text(self) -> str:
        """What was typed, as it is kept under a token."""
        chosen = self.cleaned_data
        return "\n".join([chosen["who"], str(chosen["year"] or ""), chosen["place"]])


@dataclass(frozen=True, slots=True)
class Cell:
    """One thing of a resident: its letters, the differing ones marked, and how it compares to ours."""

    pieces: list[Piece]
    sign: str
    word: Any


@dataclass(frozen=True, slots=True)
class Found:
    """A resident beside the land user; `match` where they are a candidate already."""

    resident: Resident
    name: Cell
    birth: Cell
    sex: Cell
    number: Cell
    place: Cell
    match: Match | None


@allow(*land_users.DECIDERS)
@require_http_methods(["GET", "POST"])
def search(request: HttpRequest, pk: int) -> HttpResponse:
    """The form, and what a typed search finds: at most MOST residents, masked, beside the land user."""
    user = user_of(request)
    person = land_users.visible(user, pk)
    if request.method == "POST":
        form = SearchForm(request.POST)
        if not form.is_valid():
            return _page(request, person, form, None, status=422)
        typed = TypedSearch.objects.create(user=user, text=form.text)
        return redirect(Walk.of(request, user).to("registry-search", pk, asked=typed.token))
    # Not "q": that is what was typed to filter the desk.
    token = request.GET.get("asked", "")
    question = _question(user, token)
    if question is None:
        start = {"who": person.name, "year": person.birth_year}
        form = SearchForm(initial=start)
        form.fields["who"].widget.attrs["autofocus"] = True
        return _page(request, person, form, None)
    AccessLog.objects.create(
        user=user,
        action=AccessLog.Action.SEARCH,
        subject="land_user",
        subject_id=pk,
        commune_id=person.commune_id,
        reason=_("tìm trong dân cư"),
    )
    form = SearchForm(initial={"who": question.who, "year": question.year, "place": question.place})
    return _page(request, person, form, find(question, person), token=token)


@allow(*land_users.DECIDERS)
@require_POST
def pick(request: HttpRequest, pk: int) -> HttpResponse:
    """Make a resident whom this user's search found a candidate, and lead to them on the land user's page."""
    user = user_of(request)
    person = land_users.visible(user, pk)
    walk = Walk.of(request, user)
    question = _question(user, request.POST.get("asked", ""))
    raw = request.POST.get("resident", "")
    wanted = int(raw) if raw.isdecimal() and len(raw) < 19 else 0
    if question is None or wanted not in {resident.pk for resident in find(question, person)}:
        messages.error(request, _("Hãy tìm lại rồi chọn trong danh sách tìm được."))
        return redirect(walk.to("registry-search", pk))
    resident = get_object_or_404(Resident, pk=wanted)
    try:
        match = picks.pick(person, resident, by=user, reason=_("tự tìm trong dân cư"))
    except picks.AlreadyThere as there:
        match = there.match
        messages.info(request, _("Người này đã là ứng viên."))
    except picks.NotComparable:
        messages.error(request, _("Chỉ đưa ứng viên vào bản ghi đang đứng riêng của một cá nhân có tên."))
        return redirect(walk.to("land-user", pk))
    else:
        messages.success(request, _("Đã đưa vào ứng viên và tính điểm; hãy kết luận."))
        decision = person.decision_set.select_related("change_set").first()
        if decision is not None:
            later.tell(request, decision.change_set)
    return redirect(walk.to("land-user", pk, candidate=match.pk))


def _question(user: User, token: str) -> Question | None:
    """What this user typed under a token."""
    typed = TypedSearch.objects.filter(user=user, token=token).first() if token else None
    if typed is None or typed.text.count("\n") != 2:
        return None
    who, year, place = typed.text.split("\n")
    return Question(who, int(year) if year.isdecimal() else None, place)


def _page(
    request: HttpRequest,
    person: LandUser,
    form: SearchForm,
    residents: list[Resident] | None,
    *,
    token: str = "",
    status: int = 200,
) -> HttpResponse:
    matches = {match.resident_id: match for match in person.matches.all()} if residents else {}
    walk = Walk.of(request, user_of(request))
    context = {
        "person": person,
        "back": walk.to("land-user", person.pk),
        "send": walk.to("registry-search", person.pk),
        "pick": walk.to("registry-pick", person.pk),
        "look_at": f"{walk.to('land-user', person.pk)}{'&' if walk.query else '?'}candidate=",
        "number": id_numbers.mask(person.id_number) if person.id_number else "",
        "form": form,
        "token": token,
        "is_asked": residents is not None,
        "found": [_beside(person, each, matches.get(each.pk)) for each in residents or []],
        "is_full": residents is not None and len(residents) >= MOST,
        "most": MOST,
        "may_pick": person.merged_into_id is None and person.kind == LandUser.Kind.INDIVIDUAL,
    }
    return render(request, "registry/search.html", context, status=status)


def _beside(person: LandUser, resident: Resident, match: Match | None) -> Found:
    return Found(
        resident,
        _name(person, resident),
        _birth(person, resident),
        _sex(person, resident),
        _number(person, resident),
        _place(person, resident),
        match,
    )


def _name(person: LandUser, resident: Resident) -> Cell:
    pieces = letters.names(person.name, resident.name)[1]
    if names.parse(resident.name).key == person.name_key:
        return Cell(pieces, "exact", _("trùng"))
    is_near = person.name_fold == resident.name_fold
    return Cell(pieces, "near", _("khác dấu")) if is_near else Cell(pieces, "clash", _("khác"))


def _birth(person: LandUser, resident: Resident) -> Cell:
    pieces = letters.births(person.birth_text, resident.birth_text)[1]
    if person.birth_year is None or resident.birth_year is None:
        return Cell(pieces, "none", _("thiếu"))
    if person.birth_year != resident.birth_year:
        return Cell(pieces, "clash", _("khác"))
    if person.birth_on and resident.birth_on:
        same = person.birth_on == resident.birth_on
        return Cell(pieces, "exact", _("trùng")) if same else Cell(pieces, "near", _("cùng năm, khác ngày"))
    return Cell(pieces, "near", _("cùng năm"))


def _sex(person: LandUser, resident: Resident) -> Cell:
    text = str(resident.get_sex_display()) if resident.sex else ""
    return _equal(letters.same(text, text)[1], person.sex, resident.sex)


def _number(person: LandUser, resident: Resident) -> Cell:
    """Masked; compared on the server, the number of either kind with its own."""
    ours = {person.id_number, person.former_number} - {""}
    theirs = {resident.id_number, resident.former_number} - {""}
    shown = id_numbers.mask(resident.id_number or resident.former_number) if theirs else ""
    pieces = letters.same(shown, shown)[1]
    if ours & theirs:
        return Cell(pieces, "exact", _("trùng"))
    is_same_kind = {len(number) for number in ours} & {len(number) for number in theirs}
    return Cell(pieces, "clash", _("khác")) if is_same_kind else Cell(pieces, "none", _("thiếu"))


def _place(person: LandUser, resident: Resident) -> Cell:
    text = ", ".join(each for each in (resident.village, str(resident.commune or "")) if each)
    pieces = letters.same(text, text)[1]
    if person.commune_id is None or resident.commune_id is None:
        return Cell(pieces, "none", _("thiếu"))
    if person.commune_id != resident.commune_id:
        return Cell(pieces, "clash", _("xã khác"))
    same = person.village_fold and person.village_fold == resident.village_fold
    return Cell(pieces, "exact", _("cùng thôn")) if same else Cell(pieces, "near", _("cùng xã"))


def _equal(pieces: list[Piece], ours: str, theirs: str) -> Cell:
    if not ours or not theirs:
        return Cell(pieces, "none", _("thiếu"))
    return Cell(pieces, "exact", _("trùng")) if ours == theirs else Cell(pieces, "clash", _("khác"))
