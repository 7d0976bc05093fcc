"""What an officer has to hear on whatever page comes next: told once, where it is drawn."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext as _

from landdb.models import User
from parcels.models import LandUser

from ..actions import leases
from ..models import Lease, TakenOver
from .land_users import DECIDERS


def notices(request: HttpRequest) -> dict[str, Any]:
    """`notices` for the frame of every page. They are asked for, and count as told, only when it draws them.

    Of a page that a script asks for, a piece alone is shown: not the notices.
    """
    user = getattr(request, "user", None)
    is_piece = bool(getattr(request, "htmx", False))
    if is_piece or not isinstance(user, User) or not user.has_role(*DECIDERS):
        return {"notices": ()}
    return {"notices": _told(user)}


def _told(user: User) -> Callable[[], list[str]]:
    return lambda: [_lost(taken) for taken in leases.lost(user)]


def _lost(taken: TakenOver) -> str:
    """Who has a record now that this person had open."""
    name = None
    if taken.kind == Lease.Kind.PERSON:
        name = LandUser.objects.filter(pk=taken.record_id).values_list("name", flat=True).first()
    told = {"who": taken.by.full_name, "name": name or f"{taken.get_kind_display()} {taken.record_id}"}
    return _("%(who)s đã nhận lại hồ sơ %(name)s mà bạn đang mở.") % told
