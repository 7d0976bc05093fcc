"""Land users as pages need them: who may look and decide, who is seen, and what a decision did to groups."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.http import Http404
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from landdb.models import Role, User
from landdb.prepared import Prepared
from parcels.models import Holding, LandUser

from ..models import PlotStatus
from ..models.groups import Group

#: Keys are 8-byte numbers; an address may hold a longer one, which is nobody's.
MOST_ID = 2**63 - 1
READERS = (Role.REVIEWER, Role.SENIOR_REVIEWER, Role.AUDITOR, Role.POLICE_LIAISON)
DECIDERS = (Role.REVIEWER, Role.SENIOR_REVIEWER)


def visible(user: User, pk: int) -> LandUser:
    """A land user of the territory; 404 for any other."""
    found = _VISIBLE.first(pk=pk, within=user.commune_ids()) if pk <= MOST_ID else None
    if found is None:
        raise Http404
    return found


def of_territory(user: User) -> QuerySet[LandUser]:
    """Land users kept in the user's territory, or holding a plot there."""
    return _within(user.commune_ids())


def _within(communes: Any) -> QuerySet[LandUser]:
    """Land users kept in these communes or holding a plot there; all where it is None."""
    people = LandUser.objects.select_related("commune", "verification")
    if communes is None:
        return people
    holds = Holding.objects.filter(land_user=OuterRef("pk"), commune__in=communes)
    return people.filter(Q(commune__in=communes) | Exists(holds))


_VISIBLE = Prepared(lambda pk, within: _within(within).filter(pk=pk))


def groups_of(user: User, people: Iterable[int]) -> dict[int, int]:
    """How many plots of these land users are in each group."""
    held = Holding.objects.filter(land_user__in=list(people)).values("plot")
    rows = PlotStatus.objects.visible_to(user).filter(plot__in=held).values("group")
    return {row["group"]: row["n"] for row in rows.annotate(n=Count("plot")).order_by("group")}


def moved(before: dict[int, int], after: dict[int, int]) -> str:
    """What a decision did to the groups of plots, in a sentence."""
    freed = after.get(Group.READY, 0) - before.get(Group.READY, 0)
    if freed > 0:
        return ngettext("Đã ghi. %(n)d thửa lên nhóm 1.", "Đã ghi. %(n)d thửa lên nhóm 1.", freed) % {
            "n": freed
        }
    if freed < 0:
        return ngettext("Đã ghi. %(n)d thửa rời nhóm 1.", "Đã ghi. %(n)d thửa rời nhóm 1.", -freed) % {
            "n": -freed
        }
    return _("Đã ghi. Không thửa nào đổi nhóm 1: còn vướng mắc khác.")
