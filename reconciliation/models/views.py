"""Looks at the work that somebody keeps under a name."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from landdb.models import RegistrationOffice, User


class SavedViewQuerySet(models.QuerySet["SavedView"]):
    def seen_by(self, user: User) -> SavedViewQuerySet:
        """One's own, and those shared with one's office; who works for the province, those of the province.

        The shared ones come last, each kind in the order in which it was kept.
        """
        return self.filter(Q(owner=user) | Q(is_shared=True, office=user.office_id)).order_by(
            "is_shared", "pk"
        )


class SavedView(models.Model):
    """A name for the facets of the work list, as they stand in the address; typed text is never kept.

    `office` is that of the owner when it was kept: with whom it is shared, None for the whole province.
    """

    owner = models.ForeignKey(User, on_delete=models.CASCADE, related_name="saved_views")
    name = models.CharField(max_length=40)
    query = models.CharField(max_length=2000, blank=True)
    is_shared = models.BooleanField(default=False)
    office = models.ForeignKey(RegistrationOffice, null=True, blank=True, on_delete=models.CASCADE)

    objects = SavedViewQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["owner", "name"], name="savedview_name_once")]

    def __str__(self) -> str:
        return self.name

    def is_kept_by(self, user: User) -> bool:
        """Who may rename or drop it."""
        return self.owner_id == user.pk
