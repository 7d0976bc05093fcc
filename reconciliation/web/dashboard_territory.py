"""Whose figures a dashboard shows: the reader's whole territory, an office of it, or one commune."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.http import QueryDict
from django.utils.translation import gettext as _

from landdb.models import AdminUnit, User

from ..campaign.weekly import Communes
from .dashboard_lists import of_communes


@dataclass
class Territory:
    """What was chosen of the reader's communes; `units` are those of it, `choice` all of them."""

    user: User
    choice: dict[int, AdminUnit]
    units: dict[int, AdminUnit]
    ids: Communes
    name: str
    #: As it stands in the addresses of the dashboard and of the ledger.
    own: dict[str, str]

    @classmethod
    def read(cls, user: User, asked: QueryDict) -> Territory:
        """From the address; what is not of the reader's territory is left out."""
        choice = {unit.pk: unit for unit in user.communes().select_related("office").order_by("sort_key")}
        commune, office = asked.get("commune", ""), asked.get("office", "")
        if commune and len(choice) > 1:
            units = {pk: unit for pk, unit in choice.items() if unit.code == commune}
            if units:
                name = next(iter(units.values())).name
                return cls(user, choice, units, tuple(units), name, {"commune": commune})
        if office and user.commune_ids() is None:
            units = {pk: unit for pk, unit in choice.items() if unit.office and unit.office.code == office}
            if units:
                name = str(next(iter(units.values())).office)
                return cls(user, choice, units, tuple(units), name, {"office": office})
        return cls(user, choice, choice, user.commune_ids(), user.territory_name, {})

    @property
    def codes(self) -> list[str]:
        """The communes as they stand in the address of a list; none for the reader's whole territory."""
        return [unit.code for unit in self.units.values()] if self.own else []

    @property
    def office(self) -> str:
        """The code of the office that was chosen."""
        return self.own.get("office", "")

    @property
    def lists(self) -> str:
        """The same, as part of an address."""
        return of_communes(tuple(self.codes))

    def query(self, **more: object) -> str:
        """The dashboard's address of this territory."""
        return urlencode(self.own | {name: str(value) for name, value in more.items() if value is not None})

    def tabs(self, **kept: object) -> list[dict[str, Any]]:
        """The whole and its offices; `kept` stays in the address."""
        rest = {name: value for name, value in kept.items() if value is not None}
        whole = {
            "label": _("Toàn tỉnh") if self.user.commune_ids() is None else self.user.territory_name,
            "query": urlencode(rest),
            "is_on": not self.own,
        }
        offices = {unit.office for unit in self.choice.values() if unit.office}
        if self.user.commune_ids() is not None or len(offices) < 2:
            return [whole]
        return [
            whole,
            *(
                {
                    "label": _short(office.name),
                    "name": office.name,
                    "query": urlencode({"office": office.code, **rest}),
                    "is_on": self.own.get("office") == office.code,
                }
                for office in sorted(offices, key=lambda office: office.code)
            ),
        ]

    def rows_of(self, known: Iterable[int]) -> dict[int, AdminUnit]:
        """The communes in reading order; of the whole province also those no longer in force."""
        gone = [pk for pk in known if pk not in self.units]
        return self.units | (AdminUnit.objects.in_bulk(gone) if gone else {})


def _short(office: str) -> str:
    """An office's name as a tab has room for it; the tab bears the whole name as its title."""
    return office.replace("Văn phòng Đăng ký đất đai", "VPĐK").replace("Văn phòng đăng ký đất đai", "VPĐK")
