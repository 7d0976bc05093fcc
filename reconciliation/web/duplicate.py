"""Entries side by side, and a person's word on them: one person, several, or whose number it is."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from django.views.decorators.http import require_GET

from citizens.models import Resident
from landdb.models import AccessLog, AdminUnit, User
from landdb.web.gate import allow
from landdb.web.posted import posted_from
from landdb.web.shown_once import shown_once
from landdb.web.signed_in import user_of
from parcels.models import Holding, LandUser

from ..actions import duplicates as actions
from ..actions import police_words
from ..actions.changes import WrongState
from ..actions.consents import SamePerson
from ..actions.matches import EvidenceChanged
from ..duplicates.evidence import names_agree
from ..models import ChangeSet, Decision, Duplicate, PoliceWord
from . import land_users, later, side_by_side
from .duplicates import READERS
from .forms import DuplicateForm

REASONS = (
    _lazy("Cùng số định danh, tên chỉ khác cách viết"),
    _lazy("Đã đối chiếu giấy chứng nhận và giấy tờ tuỳ thân"),
    _lazy("Trưởng thôn xác nhận cùng một người"),
    _lazy("Hai người trùng tên, khác nơi ở"),
)
NUMBER_REASONS = (
    _lazy("Số của vợ hoặc chồng chép sang"),
    _lazy("Số của chủ hộ chép cho thành viên"),
    _lazy("Gõ nhầm số của người khác"),
)


@allow(*READERS)
@require_GET
def duplicate(request: HttpRequest, pk: int) -> HttpResponse:
    """The entries of a group beside each other; each look at a person is logged."""
    return _shown(request, _of(request, pk), AccessLog.Action.VIEW)


@allow(*READERS)
@posted_from("duplicate")
@shown_once
def reveal(request: HttpRequest, pk: int) -> HttpResponse:
    """The same page with numbers in full."""
    return _shown(request, _of(request, pk), AccessLog.Action.REVEAL, is_revealed=True)


@allow(*land_users.DECIDERS)
@posted_from("duplicate")
def decide(request: HttpRequest, pk: int) -> HttpResponse:
    """Merge, set apart or split; plots move at once, and the page says how many."""
    user, found = user_of(request), _of(request, pk)
    form = DuplicateForm(request.POST)
    if not form.is_valid():
        return _again(request, found, form, 422)
    if unseen(user, found):
        form.add_error(None, _("Có bản ghi ngoài địa bàn của bạn nên chưa quyết định được."))
        return _again(request, found, form, 403)
    people = found.members
    before = land_users.groups_of(user, people)
    try:
        decision = _carry_out(found, form, user)
    except (EvidenceChanged, WrongState):
        form.add_error(
            None, _("Hồ sơ đã thay đổi từ khi bạn mở trang. Xem lại rồi quyết định; lý do vẫn giữ.")
        )
        return _again(request, found, form, 409)
    except police_words.Disagree:
        form.add_error(
            None,
            _(
                "Công an trả lời trái nhau về các bản ghi này: chọn một câu trả lời ở dòng “Công an”, "
                "hoặc ghi là khác người."
            ),
        )
        return _again(request, found, form, 422)
    except SamePerson:
        form.add_error(None, _("Bạn đã nộp một trong các câu trả lời trái nhau: người khác chọn và gộp."))
        return _again(request, found, form, 403)
    except actions.NotMergeable:
        form.add_error(None, _("Chọn bản ghi giữ lại và đánh dấu ít nhất một bản ghi khác."))
        return _again(request, found, form, 422)
    messages.success(request, land_users.moved(before, land_users.groups_of(user, people)))
    later.tell(request, decision.change_set)
    return redirect(reverse("duplicate", args=[pk]) + _scope(request))


def _carry_out(found: Duplicate, form: DuplicateForm, user: User) -> Decision:
    told = form.cleaned_data
    word = {"by": user, "reason": told["reason"], "seen": told["seen"]}
    kind = Decision.Kind(told["decision"])
    if kind == Decision.Kind.MERGE:
        word["police_word"] = told["police_word"]
        return actions.merge(found, told["keep"], told["others"], told["carry"], **word)
    if kind == Decision.Kind.APART:
        return actions.set_apart(found, told["keep"], told["others"], **word)
    return actions.split_number(found, told["keep"], told["others"], **word)


def unseen(user: User, found: Duplicate) -> list[LandUser]:
    """The entries of a group that are outside the user's territory."""
    seen = land_users.of_territory(user).filter(pk__in=found.members)
    people = LandUser.objects.filter(pk__in=found.members).exclude(pk__in=seen.values("pk"))
    return list(people.select_related("commune__office"))


def _of(request: HttpRequest, pk: int) -> Duplicate:
    return get_object_or_404(Duplicate.objects.visible_to(user_of(request)), pk=pk)


def _again(request: HttpRequest, found: Duplicate, form: DuplicateForm, status: int) -> HttpResponse:
    context = _context(request, found, form=form)
    return render(request, "duplicates/duplicate.html", context, status=status)


def _shown(
    request: HttpRequest, found: Duplicate, action: AccessLog.Action, *, is_revealed: bool = False
) -> HttpResponse:
    context = _context(request, found, is_revealed=is_revealed)
    AccessLog.objects.bulk_create(
        AccessLog(
            user=user_of(request),
            action=action,
            subject="land_user",
            subject_id=column.person.pk,
            commune_id=column.person.commune_id,
        )
        for column in context["columns"]
    )
    return render(request, "duplicates/duplicate.html", context)


def _context(
    request: HttpRequest,
    found: Duplicate,
    *,
    form: DuplicateForm | None = None,
    is_revealed: bool = False,
) -> dict[str, Any]:
    user = user_of(request)
    people = list(
        land_users.of_territory(user)
        .filter(pk__in=found.members)
        .select_related("verification__resident__commune", "merged_into")
        .order_by("pk")
    )
    live = [person for person in people if person.merged_into_id is None]
    owner = _owner(found, live)
    keep = _kept(request, live, owner)
    others = [person for person in live if person.pk != keep]
    if form is not None and form.is_bound:
        ticked, carry = set(form.posted_others()), set(form.posted_carry())
    else:
        chosen = owner or next((person for person in live if person.pk == keep), None)
        ticked = {person.pk for person in others if _is_meant(found, person, chosen)}
        lacks = actions.lacking(next(p for p in live if p.pk == keep), others) if live else {}
        carry = {f"{name}:{source}" for name, source in lacks.items()}
    columns = side_by_side.columns(people, keep, ticked)
    hidden = unseen(user, found)
    last = actions.last_of(found)
    is_open = found.state == Duplicate.State.OPEN and len(live) > 1 and not hidden
    may_decide = user.has_role(*land_users.DECIDERS)
    return {
        "duplicate": found,
        "columns": columns,
        "rows": side_by_side.rows(columns, carry, is_revealed=is_revealed) if columns else [],
        **_plots(user, columns),
        **_police(user, columns, may_choose=is_open and may_decide),
        "police_chosen": request.POST.get("police_word", ""),
        "keep": keep,
        "owner": owner,
        "hidden": hidden,
        "sentence": _sentence(found, len(live) + len(hidden)),
        "is_open": is_open,
        "may_decide": may_decide,
        "seen": actions.stamp(actions.standing(found)),
        "communes": AdminUnit.objects.filter(pk__in=found.communes).order_by("sort_key"),
        "last": last,
        "is_undone": last is not None and last.change_set.state == ChangeSet.State.UNDONE,
        "may_undo": last is not None and last.is_undoable_by(user) and not hidden,
        "next": _next(request, user, found),
        "scope": _scope(request),
        "reasons": NUMBER_REASONS if found.kind == Duplicate.Kind.NUMBER else REASONS,
        "form": form,
        "is_revealed": is_revealed,
    }


def _police(user: User, columns: list[side_by_side.Column], *, may_choose: bool) -> dict[str, Any]:
    """What the police said, whether it contradicts, and whether the user is one to choose."""
    live = [column for column in columns if column.is_live]
    disagrees = PoliceWord.disagree(column.police_word for column in live)
    return {
        "police": any(column.police_word for column in columns),
        "police_disagrees": disagrees,
        "may_choose_word": may_choose
        and disagrees
        and user.pk not in police_words.senders([column.person.pk for column in live]),
    }


def _owner(found: Duplicate, people: list[LandUser]) -> Resident | None:
    """Whom the registry gives the number that several people share, or shared before it was split."""
    numbers = [person.id_number for person in people if person.id_number]
    if found.kind != Duplicate.Kind.NUMBER or not numbers:
        return None
    return Resident.objects.filter(id_number=numbers[0]).select_related("commune").first()


def _kept(request: HttpRequest, live: list[LandUser], owner: Resident | None) -> int:
    """The entry chosen, else the likeliest."""
    asked = request.POST.get("keep") or request.GET.get("keep") or ""
    if any(str(person.pk) == asked for person in live):
        return int(asked)
    named = [person.pk for person in live if owner is not None and names_agree(person, owner)]
    return side_by_side.likeliest_to_keep(live, named) if live else 0


def _is_meant(found: Duplicate, person: LandUser, owner: Resident | LandUser | None) -> bool:
    """Of a shared number, those are ticked whose name is not the owner's, however spelt."""
    return found.kind != Duplicate.Kind.NUMBER or owner is None or not names_agree(person, owner)


def _plots(user: User, columns: list[side_by_side.Column]) -> dict[str, Any]:
    """The plots that the entries hold: those that several hold first, then the others up to a number."""
    holdings = (
        Holding.objects.visible_to(user)
        .filter(land_user__in=[column.person.pk for column in columns], plot__state="live")
        .select_related("plot__commune", "certificate")
        .defer("plot__geometry")
        .order_by("land_user", "plot__sheet", "plot__number", "pk")
    )
    held = side_by_side.plots(columns, list(holdings[:1_000]))
    return {
        "plots": held[: side_by_side.PLOTS_SHOWN],
        "plots_total": len({each.holding.plot_id for each in held}),
        "shared": sum(len(each.places) > 1 for each in held),
    }


def _sentence(found: Duplicate, n: int) -> str:
    if found.state != Duplicate.State.OPEN:
        return str(found.get_state_display())
    if found.kind == Duplicate.Kind.NUMBER:
        return _("Một số định danh đứng tên %(n)d bản ghi") % {"n": n}
    if found.is_weak:
        return _("Có thể là một người, ghi thành %(n)d bản ghi") % {"n": n}
    return _("Gần như chắc một người, ghi thành %(n)d bản ghi") % {"n": n}


def _scope(request: HttpRequest) -> str:
    """The commune that the list was narrowed to, so that the next one comes from there, too."""
    code = request.GET.get("commune", "")
    return f"?commune={code}" if code.isdecimal() and len(code) < 9 else ""


def _next(request: HttpRequest, user: User, found: Duplicate) -> Duplicate | None:
    """The one after this in the order of the list; after the last comes the first."""
    waiting = Duplicate.objects.open().visible_to(user).filter(kind=found.kind).exclude(pk=found.pk)
    if _scope(request):
        here = AdminUnit.objects.filter(code=request.GET["commune"]).values_list("pk", flat=True)
        waiting = waiting.filter(communes__overlap=list(here))
    same = Q(strength=found.strength)
    later = waiting.filter(
        Q(strength__lt=found.strength)
        | (same & Q(plots__lt=found.plots))
        | (same & Q(plots=found.plots, pk__gt=found.pk))
    )
    return later.strongest_first().first() or waiting.strongest_first().first()
