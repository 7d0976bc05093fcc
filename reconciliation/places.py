"""Communes that typed text may name: those of today, and those of before with what they belong to now."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.translation import gettext as _

from landdb.models import AdminUnit, User
from landdb.models.units import AdminUnitName
from landdb.normalise import text
from landdb.normalise.gazetteer import commune_prefix


@dataclass(frozen=True, slots=True)
class Place:
    """One of today's communes, and the unit of before that the text names, where it is not its own name."""

    unit: AdminUnit
    former: AdminUnit | None = None

    @property
    def words(self) -> str:
        """ "Xã Tân Chi (huyện Tiên Du), nay là Xã Đại Đồng"."""
        if self.former is None:
            return self.unit.name
        district = f" ({self.former.district})" if self.former.district else ""
        return _("%(former)s%(district)s cũ, nay thuộc %(unit)s") % {
            "former": self.former.name,
            "district": district,
            "unit": self.unit.name,
        }


def named(user: User, typed: str) -> list[Place]:
    """Every commune of the territory that the text may mean, by any name it ever bore; none is preferred.

    Marks count where the text, taken by them, names one at all: "Tân Chi" is not "Tân Chỉ".
    """
    written = " ".join(typed.split()).strip(" ,;.-")
    if len(text.fold(written)) < 2:
        return []
    prefix = commune_prefix(written)
    # "Xa Lý" is a name: the whole is tried as well as what follows the prefix.
    spellings = [written, written[prefix.end() :]] if prefix else [written]
    today = {unit.pk: unit for unit in user.communes().order_by("sort_key")}
    # Some four hundred units with their names: the folded key of each is made here.
    units = list(AdminUnit.objects.order_by("sort_key", "pk"))
    names = [(unit, unit.short_name) for unit in units] + [(unit, unit.name) for unit in units]
    by_id = {unit.pk: unit for unit in units}
    for unit_id, name in AdminUnitName.objects.values_list("unit", "name"):
        behind = commune_prefix(name)
        names.append((by_id[unit_id], name[behind.end() :] if behind else name))
    for key in (text.tone_key, text.fold):
        wanted = {key(spelling) for spelling in spellings}
        if found := _places([unit for unit, name in names if key(name) in wanted], today):
            return found
    return []


def _places(units: Iterable[AdminUnit], today: dict[int, AdminUnit]) -> list[Place]:
    found: dict[tuple[int, int | None], Place] = {}
    for unit in units:
        if unit.pk in today:
            found.setdefault((unit.pk, None), Place(today[unit.pk]))
        if unit.successor_id in today:
            found.setdefault((unit.successor_id, unit.pk), Place(today[unit.successor_id], unit))
    return list(found.values())
