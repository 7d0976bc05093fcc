"""The communes of a user by what pages show of them, without their records."""

from __future__ import annotations

from typing import NamedTuple

from ..models import User


class Place(NamedTuple):
    """A commune: its id and code, what its names are made of, and its registration office."""

    pk: int
    code: str
    kind: str
    short_name: str
    name: str
    office: int | None
    office_name: str | None


def places_of(user: User) -> tuple[Place, ...]:
    """In reading order. Records of a hundred communes take five times as long to read."""
    communes = user.communes().order_by("sort_key")
    columns = ("pk", "code", "kind", "short_name", "name", "office_id", "office__name")
    return tuple(Place(*row) for row in communes.values_list(*columns))
