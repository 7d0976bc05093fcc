"""Look through the whole register for entries that are one person."""

from __future__ import annotations

from django.db.models import Q
from django.utils import timezone

from .. import duplicates
from ..actions import effects
from ..models import ChangeSet


def look_through() -> dict[str, int]:
    """The whole register; then again around what people changed meanwhile."""
    begun = timezone.now()
    done = duplicates.refresh_all()
    meanwhile = ChangeSet.objects.filter(Q(applied_at__gte=begun) | Q(undone_at__gte=begun))
    duplicates.refresh({pk for each in meanwhile for pk in effects.land_users_of(each)})
    return {f"duplicates_{name}": n for name, n in done.items()}
