"""A commune with a plot that waits for one word: its holder has two namesakes in the registry."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from citizens.models import Resident
from landdb.models import AdminUnit, Role, User
from landdb.normalise import people
from parcels.models import LandUser, Plot
from reconciliation import classification, matching
from reconciliation.models import GroupMove, Match, PlotStatus
from tests import factories


@dataclass
class Case:
    """The land user, the plots that wait on them, and the candidates, likeliest first."""

    commune: AdminUnit
    land_user: LandUser
    plots: list[Plot]
    residents: list[Resident]

    @property
    def matches(self) -> list[Match]:
        return list(self.land_user.matches.order_by("-probability", "resident_id"))

    @property
    def match(self) -> Match:
        return self.matches[0]

    def groups(self) -> list[int]:
        return groups(*self.plots)


def make_case(
    commune: AdminUnit | None = None,
    *,
    plots: int = 1,
    name: str = "Nguyễn Thị Duyên",
    number: str = "024175123456",
) -> Case:
    """Each plot is in order but for the holder, whom two residents of other communes resemble."""
    commune = commune or factories.make_commune()
    person = factories.make_land_user(
        commune, name_raw=name, birth_raw="1975", sex_raw="Nữ", id_number_raw=number
    )
    residents = [
        make_resident(name, "12/03/1975", commune=factories.make_commune()),
        make_resident(name, "1975", commune=factories.make_commune()),
    ]
    held = []
    for _n in range(plots):
        plot = factories.make_plot(commune)
        factories.make_holding(plot, person, factories.make_certificate(commune))
        held.append(plot)
    judge(person, *held)
    return Case(commune, person, held, residents)


def make_resident(name: str, birth: str, number: str = "", **fields: Any) -> Resident:
    keys = people.person(name, birth, "Nữ", number, "Thôn Đoài")
    own = {column.name for column in Resident._meta.concrete_fields}
    read = {key: value for key, value in keys._asdict().items() if key in own}
    return factories.make_resident(**read | {"warnings": list(keys.warnings)} | fields)


def judge(person: LandUser, *plots: Plot) -> None:
    """Reconcile a land user and classify plots as they stand."""
    matching.refresh([person.pk])
    classification.refresh([plot.pk for plot in plots], cause=GroupMove.Cause.FIRST)


def groups(*plots: Plot) -> list[int]:
    found = dict(PlotStatus.objects.filter(plot__in=plots).values_list("plot_id", "group"))
    return [found[plot.pk] for plot in plots]


def make_staff(commune: AdminUnit) -> tuple[User, User, User]:
    """Reviewer and approver of the commune, and a reviewer of another one."""
    return (
        factories.make_user(Role.REVIEWER, commune=commune),
        factories.make_user(Role.SENIOR_REVIEWER, commune=commune),
        factories.make_user(Role.REVIEWER, commune=factories.make_commune()),
    )
