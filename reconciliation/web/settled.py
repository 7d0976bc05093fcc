"""What a word of the desk did to plots: its head says so as soon as a worker has worked it out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.db import connection
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET

from landdb.models import User
from landdb.web.gate import allow
from landdb.web.signed_in import user_of

from ..models import GroupMove
from ..models.groups import Group
from .land_users import DECIDERS

# In plain SQL, since the head of the desk asks it after every word; by query sets these are four statements.
# A line for each commune in which the word moved plots; a single one without a commune where it moved none.
_TOLD = """
    SELECT EXISTS (SELECT FROM reconciliation_unsettled u WHERE u.change_set_id = d.change_set_id),
        (SELECT count(*) FROM reconciliation_dueplot p WHERE p.change_set_id = d.change_set_id),
        moved.commune_id, moved.freed
    FROM reconciliation_decision d
    LEFT JOIN LATERAL (
        SELECT m.commune_id, count(*) FILTER (WHERE m.to_group = %(ready)s)
            - count(*) FILTER (WHERE m.from_group = %(ready)s) AS freed
        FROM reconciliation_groupmove m
        WHERE m.change_set_id = d.change_set_id AND m.cause <> %(undo)s
        GROUP BY m.commune_id
    ) moved ON true
    WHERE d.id = %(decision)s AND d.by_id = %(by)s
"""
#: Marks the message of a word, which `Moved` says better than it could when it was written.
TAG = "word"
#: How often a page asks: then it is not worth a glance any more.
_MOST = 10


@dataclass(frozen=True, slots=True)
class Moved:
    """What is known by now; while `is_settling` the page asks again, for the `asked`-th time.

    `is_here`: the record at hand is the one that was decided on, and changes as well.
    """

    decision_id: int
    text: str
    is_settling: bool
    asked: int = 0
    is_here: bool = False

    @property
    def asks_again(self) -> bool:
        return self.is_settling and self.asked < _MOST


def moved_by(user: User, decision_id: int, asked: int = 0, *, is_here: bool = False) -> Moved | None:
    """What a decision of the user did to the groups of plots of the territory; None for anybody else's."""
    told: dict[str, Any] = {
        "ready": Group.READY.value,
        "undo": GroupMove.Cause.UNDO.value,
        "decision": decision_id,
        "by": user.pk,
    }
    with connection.cursor() as cursor:
        cursor.execute(_TOLD, told)
        rows = cursor.fetchall()
    if not rows:
        return None
    is_settling, waiting, _commune, _freed = rows[0]
    by_commune = {commune: freed for _settling, _waiting, commune, freed in rows if freed}
    text = _("đang xếp lại thửa") if is_settling else _told(_of_territory(user, by_commune), waiting)
    return Moved(decision_id, text, is_settling, asked, is_here)


@allow(*DECIDERS)
@require_GET
def moved(request: HttpRequest, pk: int) -> HttpResponse:
    """The line of one's own decision: what it did, or that this is still being worked out.

    Where the record that was decided on is still open, its page hears when that is worked out and opens anew:
    the next word would be refused, since candidates and chances are others than those shown.
    """
    user = user_of(request)
    raw = request.GET.get("asked", "")
    asked = int(raw) if raw.isdecimal() and len(raw) < 4 else 0
    told = moved_by(user, pk, asked + 1, is_here=request.GET.get("here") == "1")
    if told is None:
        raise Http404
    response = render(request, "matches/moved.html", {"moved": told})
    if told.is_here and not told.is_settling:
        messages.success(request, told.text, extra_tags=f"desk {TAG}")
        response["HX-Trigger"] = "record-settled"
    return response


def _of_territory(user: User, by_commune: dict[int, int]) -> int:
    """The sum over the communes of the territory, which is asked for only where there is anything to add."""
    territory = user.commune_ids() if by_commune else None
    return sum(freed for commune, freed in by_commune.items() if territory is None or commune in territory)


def _told(freed: int, waiting: int) -> str:
    """In words how many plots came to group 1, and how many still wait to be judged."""
    if freed > 0:
        said = ngettext("%(n)d thửa lên nhóm 1", "%(n)d thửa lên nhóm 1", freed) % {"n": freed}
    elif freed < 0:
        said = ngettext("%(n)d thửa rời nhóm 1", "%(n)d thửa rời nhóm 1", -freed) % {"n": -freed}
    else:
        said = _("chưa thửa nào lên nhóm 1")
    if waiting:
        more = ngettext("còn %(n)d thửa đang xếp lại", "còn %(n)d thửa đang xếp lại", waiting)
        said = f"{said}, {more % {'n': waiting}}"
    return said
