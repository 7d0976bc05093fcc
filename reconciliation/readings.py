"""All that typed text may mean: numbers of a plot, papers, a person's number or key; none is preferred.

Each reading is a question of its own that an index answers; the search for plots and the search for people
ask the same ones.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from django.db.models import Q, QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from landdb.models import AdminUnit, User
from landdb.normalise import serials, text
from parcels.models import Certificate, Holding, LandUser, Plot
from parcels.models.sheets import SheetCrosswalk

from . import places

#: Letters of a name, without blanks and marks, that a search needs at least.
SHORTEST = 2
_BETWEEN = r"(?:[/,]?\s*(?:thửa|thua|số|so)\s*|[/,]|\s)"
_FORTH = rf"(?:tờ|to|t\.?)?\s*(?P<sheet>\d{{1,5}})\s*{_BETWEEN}\s*(?P<number>\d{{1,6}})"
_BACK = r"(?:thửa|thua)\s*(?P<number>\d{1,6})\s*[,/]?\s*(?:tờ|to)\s*(?P<sheet>\d{1,5})"
_NUMBERS = [
    re.compile(shape, re.IGNORECASE)
    for core in (_FORTH, _BACK)
    for shape in (
        rf"\s*{core}(?:[\s,;–-]+(?P<place>[^\W\d].*))?\s*",
        rf"\s*(?P<place>[^\W\d].*?)[\s,;–-]+{core}\s*",
    )
]
_IDENTITY = re.compile(r"\d{9}|\d{12}")
_CODE = re.compile(r"(?=.*\d)(?=.*[a-z])[0-9a-z]{6,20}", re.IGNORECASE)
_ENTRY = re.compile(r"#(\d{1,18})")


@dataclass(frozen=True, slots=True)
class Reading:
    """One meaning of the text: a question about plots, about holdings, or these land users."""

    words: Promise
    plots: Q | None = None
    holdings: Q | None = None
    people: frozenset[int] | None = None

    def plot_ids(self, user: User) -> QuerySet[Any, int]:
        """Live plots of the territory."""
        if self.plots is not None:
            return Plot.objects.visible_to(user).live().filter(self.plots).values_list("pk", flat=True)
        return self._held(user).values_list("plot_id", flat=True)

    def land_user_ids(self, user: User) -> QuerySet[Any, int] | frozenset[int]:
        """Who holds those plots; people who are meant themselves, also where they hold none."""
        if self.people is not None:
            return self.people
        held = self._held(user)
        if self.plots is not None:
            # Few plots bear one number: their ids spare the planner a guess.
            held = held.filter(plot__in=list(self.plot_ids(user)[:1000]))
        return held.filter(land_user__isnull=False).values_list("land_user_id", flat=True)

    def _held(self, user: User) -> QuerySet[Holding]:
        held = Holding.objects.visible_to(user).filter(plot__state=Plot.State.LIVE)
        if self.people is not None:
            return held.filter(land_user__in=self.people)
        return held if self.holdings is None else held.filter(self.holdings)


def name_in(typed: str) -> str:
    """The text as a piece of a name, folded; nothing where it cannot be one."""
    folded = text.fold(typed)
    is_name = len(folded.replace(" ", "")) >= SHORTEST and any(map(str.isalpha, folded))
    return folded if is_name else ""


def exact(user: User, typed: str) -> list[Reading]:
    """Everything that the text may mean beside a piece of a name."""
    found = [*_of_numbers(user, typed), *_of_papers(typed)]
    for words, people in ((_("số giấy tờ"), _bearers(typed)), (_("mã bản ghi"), _keyed(typed))):
        if people:
            found.append(Reading(words, people=people))
    if _CODE.fullmatch(typed.strip()):
        code = typed.strip()
        found.append(Reading(_("mã thửa"), plots=Q(code__in={code, code.lower(), code.upper()})))
    return found


def _of_numbers(user: User, typed: str) -> list[Reading]:
    """Sheet and plot of today's map, as printed on a certificate, and, with a former commune, of its map."""
    read = next((match for each in _NUMBERS if (match := each.fullmatch(typed))), None)
    if read is None:
        return []
    sheet, number = int(read["sheet"]), int(read["number"])
    today = Q(sheet=sheet, number=number)
    printed = Q(certificate_sheet=str(sheet), certificate_plot=str(number))
    former = Q()
    # The index on plots begins with the commune: whoever sees the whole province asks it for each of them.
    communes = set(AdminUnit.objects.values_list("pk", flat=True))
    if read["place"]:
        there = places.named(user, read["place"])
        if not there:
            return []
        communes = {place.unit.pk for place in there}
        printed &= Q(commune__in=communes)
        before = [place.former.pk for place in there if place.former]
        rows = SheetCrosswalk.objects.filter(old_unit__in=before, old_sheet=sheet, commune__in=communes)
        for row in rows.filter(Q(old_plot=number) | Q(old_plot__isnull=True)):
            former |= Q(commune=row.commune_id, sheet=row.sheet, number=row.plot or number)
    found = [
        Reading(_("tờ/thửa hiện nay"), plots=today & Q(commune__in=communes)),
        Reading(_("tờ/thửa ghi trên giấy chứng nhận"), holdings=printed),
    ]
    return [*found, Reading(_("tờ/thửa bản đồ cũ"), plots=former)] if former else found


def _of_papers(typed: str) -> list[Reading]:
    found = []
    serial = serials.parse(typed)
    if len(serial.serials) == 1 and re.fullmatch(serials.PATTERN, serial.serials[0]):
        by_serial = Certificate.objects.filter(serial=serial.serials[0])
        found.append(Reading(_("số phát hành"), holdings=Q(certificate__in=by_serial)))
    book = serials.parse_book_number(typed)
    if book.number and any(map(str.isdigit, book.number)) and len(book.number) <= 40:
        by_book = Certificate.objects.filter(book_number__in={book.number, book.number.upper()})
        found.append(Reading(_("số vào sổ"), holdings=Q(certificate__in=by_book)))
    return found


def _bearers(typed: str) -> frozenset[int]:
    """Whose whole identity number it is; one that was merged leads to the entry that stands for it."""
    digits = re.sub(r"[\s.]", "", typed)
    if not _IDENTITY.fullmatch(digits):
        return frozenset()
    return _standing(LandUser.objects.filter(Q(id_number=digits) | Q(id_number="", former_number=digits)))


def _keyed(typed: str) -> frozenset[int]:
    """Whose key it is, as the pages print it; "#12" is the twelfth entry of a register without keys."""
    key = typed.strip()
    entry = _ENTRY.fullmatch(key)
    wanted = Q(pk=int(entry[1])) if entry else Q(source_key__in={key, key.upper()}) & ~Q(source_key="")
    return _standing(LandUser.objects.filter(wanted))


def _standing(people: QuerySet[LandUser]) -> frozenset[int]:
    return frozenset(kept or pk for pk, kept in people.values_list("pk", "merged_into"))
