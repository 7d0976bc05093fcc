"""Looks at the work list that are kept under a name, as tabs above it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from django.contrib import messages
from django.db import IntegrityError, transaction
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from landdb.models import Role, User
from landdb.web.gate import allow
from landdb.web.signed_in import user_of

from ..filters import address
from ..models import SavedView
from ..models.work import WorkItemQuerySet
from ..worklists import EXACT, WorkFilter
from .work_facets import base_of

#: Views that are counted, in their order.
COUNTED = 6
#: Views that one person may keep.
MOST = 20
#: There from the beginning: the address and its name.
ALWAYS = (("mine=1", gettext_lazy("Việc của tôi")), ("", gettext_lazy("Nhiều thửa chờ nhất")))


@dataclass(frozen=True, slots=True)
class Tab:
    """A view as a tab; `count` is None where it is not counted."""

    key: str
    name: Any
    query: str
    is_current: bool
    view: SavedView | None = None
    count: int | None = None

    @property
    def is_cut(self) -> bool:
        return self.count is not None and self.count > EXACT


@dataclass(frozen=True, slots=True)
class Tabs:
    """All views of a user, and the questions that count the first of them."""

    tabs: list[Tab]
    questions: dict[str, WorkItemQuerySet] = field(default_factory=dict)
    user: User | None = None

    def counted(self, counts: Mapping[str, int]) -> list[Tab]:
        return [replace(tab, count=counts.get(tab.key)) for tab in self.tabs]

    @property
    def current(self) -> SavedView | None:
        """The view that is looked at, where it is the user's own."""
        found = next((tab.view for tab in self.tabs if tab.is_current), None)
        return found if found is not None and self.user and found.is_kept_by(self.user) else None


def tabs(user: User, wanted: WorkFilter, base: Mapping[str, list[str]]) -> Tabs:
    """The views that a user sees; the one that is looked at is marked, unless typed text narrows it down."""
    here = None if "q" in base else query_of(base)
    kept = list(SavedView.objects.seen_by(user))
    drawn = [Tab(f"view{n}", name, query, query == here) for n, (query, name) in enumerate(ALWAYS)]
    drawn += [Tab(f"view{view.pk}-", view.name, view.query, view.query == here, view) for view in kept]
    units = {unit.code: unit for unit in wanted.communes.values()}
    # The one with everything is the list itself: its number stands at the foot.
    counted = [tab for tab in drawn if tab.query][:COUNTED]
    questions = {tab.key: WorkFilter.read(user, QueryDict(tab.query), units).items() for tab in counted}
    return Tabs(drawn, questions, user)


def query_of(base: Mapping[str, list[str]]) -> str:
    """The facets in one order and without the token of typed text: what a view keeps."""
    kept = {name: sorted(values) for name, values in base.items() if name != "q"}
    return address({name: kept[name] for name in WorkFilter.FACETS if name in kept})


@allow(Role.REVIEWER, Role.SENIOR_REVIEWER, Role.AUDITOR)
@require_POST
def keep(request: HttpRequest) -> HttpResponse:
    """Keep the facets of the list under a name; a senior reviewer may share them with the territory."""
    user = user_of(request)
    base = base_of(request.GET)
    back = f"{reverse('worklist')}?{address(base)}"
    name = " ".join(request.POST.get("name", "").split())[:40]
    if not name:
        messages.error(request, _("Đặt tên cho khung nhìn."))
        return redirect(back)
    if SavedView.objects.filter(owner=user).count() >= MOST:
        messages.error(request, _("Mỗi người giữ nhiều nhất %(n)d khung nhìn; hãy xoá bớt.") % {"n": MOST})
        return redirect(back)
    try:
        with transaction.atomic():
            view = SavedView.objects.create(
                owner=user,
                name=name,
                query=query_of(base)[:2000],
                is_shared="shared" in request.POST and user.has_role(Role.SENIOR_REVIEWER),
            )
    except IntegrityError:
        messages.error(request, _("Bạn đã có khung nhìn tên này."))
        return redirect(back)
    if "q" in base:
        messages.info(request, _("Đã lưu khung nhìn; chữ đã gõ để tìm không được lưu."))
    else:
        messages.success(request, _("Đã lưu khung nhìn."))
    return redirect(f"{reverse('worklist')}?{view.query}")


@allow(Role.REVIEWER, Role.SENIOR_REVIEWER, Role.AUDITOR)
@require_POST
def change(request: HttpRequest, pk: int) -> HttpResponse:
    """Rename or drop a view of one's own; a senior reviewer also shares it or stops sharing it."""
    user = user_of(request)
    view = get_object_or_404(SavedView, pk=pk, owner=user)
    back = f"{reverse('worklist')}?{view.query}"
    word = request.POST.get("word")
    if word == "drop":
        view.delete()
        messages.success(request, _("Đã xoá khung nhìn."))
        return redirect(back)
    if word in ("share", "unshare"):
        return _share(request, view, is_shared=word == "share", by=user)
    view.name = " ".join(request.POST.get("name", "").split())[:40] or view.name
    try:
        with transaction.atomic():
            view.save(update_fields=["name"])
        messages.success(request, _("Đã đổi tên khung nhìn."))
    except IntegrityError:
        messages.error(request, _("Bạn đã có khung nhìn tên này."))
    return redirect(back)


def reach_of(user: User) -> str:
    """Whom a view reaches that this user shares."""
    if user.commune:
        return _("chung cho mọi người xét duyệt của %(place)s") % {"place": user.commune.name}
    if user.office:
        return _("chung cho mọi người xét duyệt của %(place)s") % {"place": user.office.name}
    return _("chung cho mọi người xét duyệt trong tỉnh")


def _share(request: HttpRequest, view: SavedView, *, is_shared: bool, by: User) -> HttpResponse:
    if not by.has_role(Role.SENIOR_REVIEWER):
        messages.error(request, _("Chỉ soát xét chính dùng chung được khung nhìn."))
    else:
        view.is_shared = is_shared
        view.save(update_fields=["is_shared"])
        done = _("Đã dùng chung khung nhìn.") if is_shared else _("Đã thôi dùng chung; chỉ còn bạn thấy.")
        messages.success(request, done)
    return redirect(f"{reverse('worklist')}?{view.query}")
