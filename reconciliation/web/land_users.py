"""Land users as pages need them: who may look and decide, who is seen, and what a decision did to groups."""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from landdb.models import Role, User
from parcels.models import Holding, LandUser

from ..models import PlotStatus
from ..models.groups import Group

READERS = (Role.REVIEWER, Role.SENIOR_REVIEWER, Role.AUDITOR, Role.POLICE_LIAISON)
DECIDERS = (Role.REVIEWER, Role.SENIOR_REVIEWER)


def visible(user: User, pk: int) -> LandUser:
    """A land user of the territory."""
    return get_object_or_404(of_territory(user), pk=pk)


def of_territory(user: User) -> QuerySet[LandUser]:
    """Land users kept in the user's territory, or holding a plot there."""
    ids = user.commune_ids()
    people = LandUser.objects.select_related("commune", "verification")
    if ids is None:
        return people
    holds = Holding.objects.filter(land_user=OuterRef("pk"), commune__in=ids)
    return people.filter(Q(commune__in=ids) | Exists(holds))


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
