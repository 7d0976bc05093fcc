"""Everything that stands in a commune is seen through the territory of who asks."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Self, TypeVar

from django.db import models

from .accounts import User

Record = TypeVar("Record", bound=models.Model, covariant=True)


class InTerritory(models.QuerySet[Record]):
    """Records with a `commune`; every list, page, export and job begins with `visible_to`."""

    def visible_to(self, user: User) -> Self:
        """The records of the user's territory."""
        return self.within(user.commune_ids())

    def within(self, commune_ids: Any) -> Self:
        """The records of a territory as `User.commune_ids` gives it: None is the whole province.

        For questions that are `Prepared`, which know a territory only as a place for one.
        """
        return self if commune_ids is None else self.filter(commune__in=commune_ids)

    def in_communes(self, commune_ids: Iterable[int]) -> Self:
        return self.filter(commune__in=list(commune_ids))
