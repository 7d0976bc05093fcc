"""Whose report an address asks for: the reader's own, or an office's or a commune's within it."""

from __future__ import annotations

from dataclasses import dataclass, field

from django.http import Http404, QueryDict

from landdb.models import RegistrationOffice, User

from ..campaign.report_past import Territory


@dataclass(frozen=True)
class Whose:
    """A territory and how it stands in addresses (`own`; nothing for the reader's whole one)."""

    territory: Territory
    name: str
    own: dict[str, str] = field(default_factory=dict)


def whose(user: User, asked: QueryDict) -> Whose:
    """What the address names; 404 where that is not of the reader's territory.

    Another territory's numbers under the asked one's name would be worse than none.
    """
    commune, office = asked.get("commune", ""), asked.get("office", "")
    if commune and user.commune is None:
        unit = user.communes().filter(code=commune).first()
        if unit is None:
            raise Http404
        return Whose(Territory(commune=unit), unit.name, {"commune": commune})
    if office and user.commune_ids() is None:
        found = RegistrationOffice.objects.filter(code=office).first()
        if found is None:
            raise Http404
        return Whose(Territory(office=found), found.name, {"office": office})
    own = {commune, office} - {"", getattr(user.commune, "code", ""), getattr(user.office, "code", "")}
    if own:
        raise Http404
    return Whose(Territory.of(user), user.territory_name)
