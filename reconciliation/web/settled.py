"""What a word of the desk did to plots: its head says so as soon as a worker has worked it out."""

from __future__ import annotations

from dataclasses import dataclass

from django.contrib import messages
from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET

from landdb.models import User
from landdb.web.gate import allow
from landdb.web.signed_in import user_of

from ..classification import due
from ..models import Decision, GroupMove, Unsettled
from ..models.groups import Group
from .land_users import DECIDERS

#: Marks the message of a word, which `Moved` says better than it could when it was written.
TAG = "word"
#: How often a page asks: then it is not worth a glance any more.
_MOST = 10


@dataclass(frozen=True, slots=True)
class Moved:
    """What is known by now; while `is_settling` the page asks again, for the `asked`-th time.

    `is_here`: the record at hand is the one that was decided on, and changes as well.
    """

    decision: Decision
    text: str
    is_settling: bool
    asked: int = 0
    is_here: bool = False

    @property
    def asks_again(self) -> bool:
        return self.is_settling and self.asked < _MOST


def moved_by(user: User, decision: Decision, asked: int = 0, *, is_here: bool = False) -> Moved:
    """What a decision did to the groups of the user's plots."""
    is_settling = Unsettled.objects.filter(change_set=decision.change_set_id).exists()
    text = _("đang xếp lại thửa") if is_settling else _freed(user, decision)
    return Moved(decision, text, is_settling, asked, is_here)


@allow(*DECIDERS)
@require_GET
def moved(request: HttpRequest, pk: int) -> HttpResponse:
    """The line of one's own decision: what it did, or that this is still being worked out.

    Where the record that was decided on is still open, its page hears when that is worked out and opens anew:
    the next word would be refused, since candidates and chances are others than those shown.
    """
    user = user_of(request)
    decision = get_object_or_404(Decision.objects.select_related("change_set"), pk=pk, by=user)
    raw = request.GET.get("asked", "")
    asked = int(raw) if raw.isdecimal() and len(raw) < 4 else 0
    told = moved_by(user, decision, asked + 1, is_here=request.GET.get("here") == "1")
    response = render(request, "matches/moved.html", {"moved": told})
    if told.is_here and not told.is_settling:
        messages.success(request, told.text, extra_tags=f"desk {TAG}")
        response["HX-Trigger"] = "record-settled"
    return response


def _freed(user: User, decision: Decision) -> str:
    moves = GroupMove.objects.visible_to(user).filter(change_set=decision.change_set_id)
    came, left = Q(to_group=Group.READY), Q(from_group=Group.READY)
    told = moves.exclude(cause=GroupMove.Cause.UNDO).aggregate(
        came=Count("pk", filter=came), left=Count("pk", filter=left)
    )
    n = told["came"] - told["left"]
    if n > 0:
        said = ngettext("%(n)d thửa lên nhóm 1", "%(n)d thửa lên nhóm 1", n) % {"n": n}
    elif n < 0:
        said = ngettext("%(n)d thửa rời nhóm 1", "%(n)d thửa rời nhóm 1", -n) % {"n": -n}
    else:
        said = _("chưa thửa nào lên nhóm 1")
    if waiting := due.waiting(decision.change_set):
        more = ngettext("còn %(n)d thửa đang xếp lại", "còn %(n)d thửa đang xếp lại", waiting)
        said = f"{said}, {more % {'n': waiting}}"
    return said
