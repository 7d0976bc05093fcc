"""What the page of a correction showed, so that a stale one is refused with the difference."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.core import signing

from parcels.models import LandUser

from ..actions import edits, restorations

_SALT = "landdb.correct"


@dataclass(frozen=True, slots=True)
class Shown:
    """What the page showed; numbers only as marks, so that they stand nowhere in the page."""

    values: dict[str, str]
    moved: frozenset[str]


def seen(person: LandUser) -> str:
    """What this page shows of the fields, signed."""
    told = {name: _mark(name, getattr(person, name)) for name in edits.FIELDS}
    return signing.dumps({"of": person.pk, **told}, salt=_SALT, compress=True)


def shown(person: LandUser, token: str) -> Shown | None:
    """What the form's page showed, and which of it is otherwise by now; None for what we did not sign."""
    try:
        told: dict[str, Any] = signing.loads(token, salt=_SALT)
    except signing.BadSignature:
        return None
    if told.pop("of", None) != person.pk:
        return None
    moved = frozenset(name for name in edits.FIELDS if told.get(name) != _mark(name, getattr(person, name)))
    return Shown({name: value for name, value in told.items() if name not in edits.NUMBERS}, moved)


def _mark(name: str, value: str) -> str:
    return restorations.stamp(value) if name in edits.NUMBERS else value
