"""A change of the registry in words: what it is, what it was, what it is now."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from citizens.models import Resident, ResidentChange
from landdb.models.people import Sex
from landdb.normalise import id_numbers

Kind = ResidentChange.Kind
_NUMBERS = (Kind.NUMBER, Kind.NUMBER_ISSUED, Kind.FORMER_NUMBER)
_STATUSES = (Kind.CANCELLED, Kind.ABROAD, Kind.RESTORED)
#: The fields of the evidence that a kind of change bears on.
FIELDS: dict[str, tuple[str, ...]] = {
    Kind.NUMBER: ("number",),
    Kind.NUMBER_ISSUED: ("number",),
    Kind.FORMER_NUMBER: ("former_number",),
    Kind.NAME: ("name",),
    Kind.BIRTH: ("birth",),
    Kind.SEX: ("sex",),
    Kind.MOVED: ("commune", "village"),
}


@dataclass(frozen=True, slots=True)
class Told:
    """A change in words; either value may be empty. Numbers are masked."""

    title: Any
    old: str
    new: str


def tell(change: ResidentChange) -> Told:
    """The change as a page shows it."""
    title = change.get_kind_display()
    if change.kind == Kind.NEW:
        resident = change.resident
        return Told(title, "", ", ".join(filter(None, (resident.name, resident.birth_text))))
    if change.kind == Kind.DIED:
        return Told(title, change.old, change.new or _("không rõ ngày"))
    return Told(title, _shown(change.kind, change.old), _shown(change.kind, change.new))


def _shown(kind: str, value: str) -> str:
    if kind in _NUMBERS:
        return id_numbers.mask(value) if value else ""
    if kind in _STATUSES:
        return str(dict(Resident.Status.choices).get(value, value))
    if kind == Kind.SEX:
        return str(dict(Sex.choices).get(value, value)) if value else ""
    return value
