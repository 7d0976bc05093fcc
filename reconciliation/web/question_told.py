"""Questions as pages show them: to whom which names and records are shown."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from landdb.models import AdminUnit, Role, User
from landdb.web.shell import roles_of
from parcels.models import Plot

from ..models import CorrectionBatch, Difficulty, DifficultyEntry, VerificationBatch
from ..rules import catalogue
from . import land_users

About = Difficulty.About


@dataclass(frozen=True, slots=True)
class Record:
    """The record that a question is about, for who may see it."""

    kind: Any
    title: str
    href: str


def record(about: tuple[str, int | None], user: User) -> Record | None:
    """The record behind kind and id; None where there is none, or not for this user."""
    kind, pk = about
    if not kind or pk is None or user.role not in roles_of(_ADDRESS[About(kind)], 1):
        return None
    title = _title(About(kind), pk, user)
    return Record(About(kind).label, title, reverse(_ADDRESS[About(kind)], args=[pk])) if title else None


def commune_of(about: tuple[str, int | None]) -> AdminUnit | None:
    """The commune in which a plot or an upload is at home."""
    kind, pk = about
    if pk is None:
        return None
    home: Plot | CorrectionBatch | None = None
    if kind == About.PLOT:
        home = Plot.objects.select_related("commune").filter(pk=pk).first()
    elif kind == About.UPLOAD:
        home = CorrectionBatch.objects.select_related("commune").filter(pk=pk).first()
    return home.commune if home else None


_ADDRESS = {
    About.PLOT: "plot",
    About.LAND_USER: "land-user",
    About.POLICE_LIST: "police-list",
    About.UPLOAD: "upload",
}


def _title(kind: Difficulty.About, pk: int, user: User) -> str:
    if kind == About.PLOT:
        plot = Plot.objects.visible_to(user).filter(pk=pk).first()
        return plot.long_number if plot else ""
    if kind == About.LAND_USER:
        person = land_users.of_territory(user).filter(pk=pk).first()
        return person.name if person else ""
    if kind == About.POLICE_LIST:
        batch = VerificationBatch.objects.visible_to(user).filter(pk=pk).first()
        return batch.number if batch else ""
    upload = CorrectionBatch.objects.visible_to(user).select_related("file").filter(pk=pk).first()
    return upload.file.name if upload else ""


def who(person: User | None, user: User) -> str:
    """A person's name; a commune reads names of its own people only, of others what they are."""
    if person is None:
        return ""
    ids = user.commune_ids() or ()
    is_own = person.pk == user.pk or person.commune_id in ids
    return (
        person.full_name if is_own or not user.has_role(Role.COMMUNE_OFFICIAL) else person.get_role_display()
    )


def row(one: Difficulty) -> dict[str, Any]:
    """A line of a list: state with a mark, and how late it is."""
    late = (timezone.localdate() - one.due_on).days if one.due_on and one.is_open else 0
    return {
        "one": one,
        "rule": catalogue.by_id(one.rule).name if catalogue.knows(one.rule) else "",
        "days_late": max(0, late),
    }


def thread(one: Difficulty, user: User) -> list[dict[str, Any]]:
    """The entries, the first one first."""
    entries = one.entries.select_related("by", "assigned_to")
    return [{"entry": entry, "who": who(entry.by, user), "told": _told(entry, user)} for entry in entries]


def _told(entry: DifficultyEntry, user: User) -> str:
    if entry.kind != DifficultyEntry.Kind.ASSIGN:
        return entry.words
    to = " · ".join(filter(None, (who(entry.assigned_to, user), entry.unit)))
    return _("cho %(to)s, hạn %(day)s") % {
        "to": to,
        "day": f"{entry.due_on:%d/%m/%Y}" if entry.due_on else "–",
    }
