"""Print the ledger of a period."""

from __future__ import annotations

import csv
import datetime as dt
from argparse import ArgumentTypeError
from collections.abc import Iterator
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.translation import gettext as _

from landdb.models import AdminUnit
from landdb.templatetags.landdb import num
from reconciliation.classification.period import Account, accounts, total
from reconciliation.models import GroupMove
from reconciliation.models.groups import Group

CSV = ("commune_code", "commune", "line", "cause", "from_group", "to_group", "plots")


def day(typed: str) -> dt.date:
    """A day as people write it, dd/mm/yyyy."""
    try:
        return dt.datetime.strptime(typed, "%d/%m/%Y").date()  # noqa: DTZ007  a day, not a moment
    except ValueError:
        raise ArgumentTypeError(f"{typed}: a day is written dd/mm/yyyy") from None


class Command(BaseCommand):
    """Stocks and moves of a period; exit 1 where they do not balance."""

    help = "Print opening stock, moves by cause and closing stock of each group over a period, per commune."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--from", dest="first", type=day, required=True, help="first day, dd/mm/yyyy")
        parser.add_argument("--to", dest="last", type=day, required=True, help="last day, dd/mm/yyyy")
        parser.add_argument("--commune", help="code of a commune; without it the whole province")
        parser.add_argument("--csv", action="store_true", help="a line per commune and number, as CSV")

    def handle(self, *args: Any, **options: Any) -> None:
        first, last, code = options["first"], options["last"], options["commune"]
        if first > last:
            raise CommandError("The last day lies before the first.")
        unit = AdminUnit.objects.in_force().filter(code=code).first() if code else None
        if code and unit is None:
            raise CommandError(f"There is no commune {code} in force.")
        books = accounts([unit.pk] if unit else None, first, last)
        units = AdminUnit.objects.filter(pk__in=books).order_by("sort_key")
        own = [(each, books[each.pk]) for each in units]
        if options["csv"]:
            rows = csv.writer(self.stdout, lineterminator="\n")
            rows.writerow(CSV)
            for each, book in own:
                rows.writerows([each.code, each.name, *line] for line in _lines(book))
        else:
            where = unit.name if unit else _("Toàn tỉnh")
            self.stdout.write(f"{where}, {first:%d/%m/%Y} – {last:%d/%m/%Y}")
            self.stdout.write("\n".join(_told(total(books.values()))))
            for each, book in own if unit is None else []:
                self.stdout.write(f"\n{each.name} ({each.code})")
                self.stdout.write("\n".join(_stocks(book)))
        if wrong := [each.code for each, book in own if not book.is_balanced]:
            raise CommandError(f"The books do not balance in {', '.join(wrong)}.")


def _lines(book: Account) -> Iterator[tuple[object, ...]]:
    """(line, cause, from, to, plots): opening stocks, moves, closing stocks."""
    for group in Group.values:
        yield "opening", "", "", group, book.opening[group]
    for way, plots in sorted(book.ways.items(), key=str):
        yield "move", way.cause, way.left or "", way.entered or "", plots
    for group in Group.values:
        yield "closing", "", "", group, book.closing[group]


def _stocks(book: Account) -> Iterator[str]:
    for group in Group.values:
        parts = [book.opening[group], book.came(group), book.went(group), book.closing[group]]
        opening, came, went, closing = (num(part) for part in parts)
        yield _("  Nhóm %(group)d: %(opening)s + %(came)s − %(went)s = %(closing)s") % {
            "group": group, "opening": opening, "came": came, "went": went, "closing": closing
        }  # fmt: skip


def _told(book: Account) -> Iterator[str]:
    yield from _stocks(book)
    for way, plots in sorted(book.ways.items(), key=lambda one: (-one[1], str(one[0]))):
        cause = GroupMove.Cause(way.cause).label
        yield f"  {cause}: {way.left or '–'} → {way.entered or '–'}  {num(plots)}"
