"""Which rows a commune has to mend: one per holding, or per plot that has none, with the cells to look at."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field

from django.utils.translation import gettext as _

from landdb.intake.outcome import Refused
from landdb.models import AdminUnit
from landdb.normalise.text import fold
from parcels.importers.form01.showing import Shown, Subject, shown
from parcels.models import Holding, LandUse, LandUser

from ..models import Effect, Finding, Why, WorkItem
from ..models.findings import FindingQuerySet
from ..rules import book
from . import workbook_marks as marks

#: Rows of one workbook: what opens at once on an office computer, and comes back below 20 MB.
MOST_ROWS = 20_000
_AT_ONCE = 5_000

#: To whom the question goes; DESK: only what the desk sent back.
DESK = "desk"


@dataclass(slots=True)
class Wanted:
    """What a workbook is narrowed to; empty: everything that the commune has to mend."""

    rules: tuple[str, ...] = ()
    village: str = ""
    who: str = ""


@dataclass(slots=True)
class Asked:
    """A row to be given out: its cells now, and for each marked cell the reason (rule or hand-over) with what
    is said of it."""

    subject: Subject
    shown: Shown
    asks: dict[str, str] = field(default_factory=dict)
    said: dict[str, tuple[str, str]] = field(default_factory=dict)
    needs: list[tuple[str, str]] = field(default_factory=list)
    uncollectable: str = ""


def count(commune: AdminUnit) -> int:
    """Plots of the commune with something that it has to mend: those on which the rows of a workbook are."""
    found = set(_findings(commune, _counting(Wanted())).order_by().values_list("plot", flat=True).distinct())
    return len(found | {subject.plot for subject in _sent_back(commune)})


def rows(commune: AdminUnit, wanted: Wanted) -> list[Asked]:
    """The rows in the order of sheets and plots; Refused where there are none, or more than MOST_ROWS."""
    found = _by_finding(commune, wanted) if wanted.who != DESK else {}
    if not wanted.rules and wanted.who in ("", DESK):
        found |= {subject: found.get(subject, set()) for subject in _sent_back(commune)}
    if len(found) > MOST_ROWS and not wanted.village:
        raise Refused(_too_many(len(found)))
    told = shown(sorted(found, key=lambda each: (each.plot, each.holding or 0)))
    if wanted.village:
        told = {subject: each for subject, each in told.items() if _is_in(wanted.village, each)}
    if not told:
        raise Refused(_("Không có dòng nào cần sửa theo lựa chọn này."))
    if len(told) > MOST_ROWS:
        raise Refused(_too_many(len(told)))
    asked = [Asked(subject, each) for subject, each in told.items()]
    _mark(commune, asked)
    return sorted(asked, key=_place)


def villages(commune: AdminUnit) -> list[str]:
    """The villages that the commune's land users live in, each in one spelling."""
    people = LandUser.objects.live().filter(commune=commune).exclude(village_fold="")
    named: dict[str, str] = {}
    for key, village in people.order_by().values_list("village_fold", "village").distinct():
        named.setdefault(key, village)
    return sorted(named.values(), key=fold)


def _too_many(rows: int) -> str:
    return _("Có %(rows)s dòng cần sửa, nhiều hơn mức %(most)s; hãy chọn một thôn hoặc một quy tắc.") % {
        "rows": rows,
        "most": MOST_ROWS,
    }


def _counting(wanted: Wanted) -> list[str]:
    """The rules whose findings make a row. What is only a note does so where somebody asks for it."""
    if wanted.rules:
        known = set(marks.for_communes(wanted.who))
        return [rule for rule in wanted.rules if rule in known]
    effects = {ruling.rule.id: ruling.effect for ruling in book.current().rulings}
    return [rule for rule in marks.for_communes(wanted.who) if effects.get(rule, Effect.NOTE) != Effect.NOTE]


def _findings(commune: AdminUnit, rules: Collection[str]) -> FindingQuerySet:
    return Finding.objects.open().filter(commune=commune, rule__in=list(rules))


def _by_finding(commune: AdminUnit, wanted: Wanted) -> dict[Subject, set[str]]:
    """Subject → the rules that make it a row."""
    told = _findings(commune, _counting(wanted)).values_list("plot", "rule", "subject", "subject_id")
    findings = list(told)
    held = _holdings({plot for plot, *_rest in findings})
    found: dict[Subject, set[str]] = defaultdict(set)
    for plot, rule, subject, subject_id in findings:
        for each in about(plot, subject, subject_id, held):
            found[each].add(rule)
    return found


@dataclass(frozen=True, slots=True)
class _Held:
    """A holding by what it ties together."""

    pk: int
    land_user: int | None
    certificate: int | None


def _holdings(plots: Iterable[int]) -> dict[int, list[_Held]]:
    ids, found = sorted(plots), defaultdict(list)
    for start in range(0, len(ids), _AT_ONCE):
        told = Holding.objects.filter(plot__in=ids[start : start + _AT_ONCE]).order_by("pk")
        for plot, pk, land_user, certificate in told.values_list("plot", "pk", "land_user", "certificate"):
            found[plot].append(_Held(pk, land_user, certificate))
    return found


def about(plot: int, subject: str, subject_id: int, held: dict[int, list[_Held]]) -> list[Subject]:
    """The rows in which a finding can be mended: its own holdings; what is said of the plot, in the first."""
    there = held.get(plot, [])
    if subject == Finding.Subject.LAND_USER:
        own = [each for each in there if each.land_user == subject_id]
    elif subject == Finding.Subject.CERTIFICATE:
        own = [each for each in there if each.certificate == subject_id]
    elif subject == Finding.Subject.HOLDING:
        own = [each for each in there if each.pk == subject_id]
    else:
        own = there[:1]
    chosen = own or there[:1]
    return [Subject(each.pk, plot) for each in chosen] or [Subject(None, plot)]


def _sent_back(commune: AdminUnit) -> list[Subject]:
    """Holdings here of whom the desk sent back to the commune."""
    waiting = WorkItem.objects.filter(
        state=WorkItem.State.OPEN, waits_with=WorkItem.With.COMMUNE, land_user__holdings__commune=commune
    ).values("land_user")
    held = Holding.objects.filter(commune=commune, land_user__in=waiting, plot__state="live")
    return [Subject(pk, plot) for pk, plot in held.order_by("pk").values_list("pk", "plot")]


def _is_in(village: str, told: Shown) -> bool:
    wanted = f" {fold(village)} "
    return any(wanted in f" {fold(told.cells.get(name, ''))} " for name in ("address", "plot_address"))


def _place(each: Asked) -> tuple[int, int, int, int]:
    cells = each.shown.cells
    return (
        int(cells.get("sheet", 0) or 0),
        int(cells.get("number", 0) or 0),
        each.subject.plot,
        each.subject.holding or 0,
    )


def _mark(commune: AdminUnit, asked: list[Asked]) -> None:
    """Everything that the commune can mend in these rows, notes and hand-overs of the desk too."""
    by_subject = {each.subject: each for each in asked}
    plots = sorted({each.subject.plot for each in asked})
    held = _holdings(plots)
    wanted = marks.for_communes()
    for start in range(0, len(plots), _AT_ONCE):
        chunk = plots[start : start + _AT_ONCE]
        findings = list(_findings(commune, wanted).filter(plot__in=chunk).values_list(
            "plot", "rule", "subject", "subject_id"
        ))  # fmt: skip
        uses = [pk for _plot, _rule, subject, pk in findings if subject == Finding.Subject.LAND_USE]
        lines = dict(LandUse.objects.filter(pk__in=uses).values_list("pk", "line"))
        for plot, rule, subject, subject_id in findings:
            for each in about(plot, subject, subject_id, held):
                if each in by_subject:
                    _ask(by_subject[each], rule, lines.get(subject_id, 1))
    _mark_handed_on(asked)


def _ask(row: Asked, rule: str, line: int) -> None:
    is_organisation = "organisation_name" in row.shown.cells
    told = marks.words(rule)
    row.needs.append(told)
    for name in marks.cells(rule, line, is_organisation=is_organisation):
        row.asks.setdefault(name, rule)
        row.said.setdefault(name, told)


def _mark_handed_on(asked: list[Asked]) -> None:
    """What the desk says of the land users: sent back, or known to be not collectable."""
    by_person: dict[int, list[Asked]] = defaultdict(list)
    for row in asked:
        if row.shown.land_user is not None:
            by_person[row.shown.land_user].append(row)
    items = WorkItem.objects.filter(
        land_user__in=list(by_person), waits_with__in=[WorkItem.With.COMMUNE, WorkItem.With.CITIZEN]
    )
    for item in items:
        for row in by_person[item.land_user_id]:
            if item.waits_with == WorkItem.With.CITIZEN:
                row.uncollectable = str(Why(item.waits_why).label) if item.waits_why in Why.values else ""
            elif item.state == WorkItem.State.OPEN:
                _ask_for_desk(row, item)


def _ask_for_desk(row: Asked, item: WorkItem) -> None:
    """A person's own word goes before that of a rule at the same cell; the summary of the row has both."""
    ask = f"{marks.DESK}{item.waits_why}"
    why, how = marks.words(ask, item.waits_note)
    row.needs.insert(0, (item.waits_told or why, how))
    is_organisation = "organisation_name" in row.shown.cells
    for name in marks.handed_on(item.waits_why, item.waits_fields, is_organisation=is_organisation):
        row.asks[name], row.said[name] = ask, (why, how)
