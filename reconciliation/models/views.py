"""Looks at the work that somebody keeps under a name."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from landdb.models import User


class SavedViewQuerySet(models.QuerySet["SavedView"]):
    def seen_by(self, user: User) -> SavedViewQuerySet:
        """One's own, and those shared by somebody whose territory holds one's own.

        The shared ones come last, each kind in the order in which it was kept.
        """
        above = Q(owner__office=None, owner__commune=None)
        if user.office_id:
            above |= Q(owner__office=user.office_id)
        elif user.commune_id:
            offices = user.communes().order_by().values("office")
            above |= Q(owner__office__in=offices) | Q(owner__commune=user.commune_id)
        seen = self.filter(Q(owner=user) | Q(is_shared=True) & above)
        return seen.select_related("owner").order_by("is_shared", "pk")


class SavedView(models.Model):
    """A name for the facets of the work list, as they stand in the address; typed text is never kept.

    One that is shared reaches all within its owner's territory: the province, an office, a commune.
    """

    owner = models.ForeignKey(User, on_delete=models.CASCADE, related_name="saved_views")
    name = models.CharField(max_length=40)
    query = models.CharField(max_length=2000, blank=True)
    is_shared = models.BooleanField(default=False)

    objects = SavedViewQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["owner", "name"], name="savedview_name_once")]

    def __str__(self) -> str:
        return self.name

    def is_kept_by(self, user: User) -> bool:
        """Who may rename, share or drop it."""
        return self.owner_id == user.pk
