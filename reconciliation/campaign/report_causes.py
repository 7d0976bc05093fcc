"""What holds a territory up: rules that are open, what waits with whom, what cannot be collected."""

from __future__ import annotations

from collections.abc import Iterator

from django.utils.translation import gettext_noop as _noop

from ..models import Dimension, Task, Why
from ..rules import catalogue
from .history import Figures, Waiting, total
from .report_annexes import AGES, HOLDERS
from .report_parts import DAY, SHARE, WORDS, Column, Report, Table
from .report_past import Past

#: Rules in the table; the workbook has all.
TOP_RULES = 8
#: The tasks of which reasons are told: in plots, certificates and land users.
REASONED = (Task.CLEAN, Task.SCAN, Task.VERIFY)
WORDS_OF = {
    Dimension.CORRECT: _noop("Đúng"),
    Dimension.SUFFICIENT: _noop("Đủ"),
    Dimension.CLEAN: _noop("Sạch"),
    Dimension.ALIVE: _noop("Sống"),
}


def describe(report: Report, past: Past) -> None:
    """The figures and tables of the causes."""
    figures = total(past.now.values())
    report.tables["rules"] = _rules(figures, TOP_RULES)
    report.annexes.append(_rules(figures, None))
    for dimension, word in WORDS_OF.items():
        count = figures.dimensions[dimension] if figures.dimensions else None
        report.add(f"open_{dimension}", count, what="open", word=word)
    for who, name in HOLDERS.items():
        held = figures.waiting.get(who, Waiting()) if figures.waiting else None
        report.add(f"waiting_{who}", held.items if held else None, what="waiting", holder=name)
        old = held.ages[-1] if held else None
        report.add(f"waiting_{who}_old", old, what="waiting_old", holder=name)
    if figures.waiting:
        report.tables["waiting"] = _waiting(figures)
    if reasons := list(_reasons(figures)):
        report.tables["reasons"] = Table(
            "reasons",
            "Chưa thu được",
            "Chưa thu được vì lý do đã ghi (thửa chưa sạch, giấy chưa có bản quét, người chưa khớp).",
            (Column("Lý do", WORDS), Column("Thửa"), Column("Giấy"), Column("Người")),
            tuple((str(why.label), *counts) for why, counts in reasons),
            about=tuple(why.value for why, _counts in reasons),
        )


def _rules(figures: Figures, most: int | None) -> Table:
    known = [(rule, plots) for rule, plots in figures.rules.items() if plots and catalogue.knows(rule)]
    known.sort(key=lambda pair: (-pair[1], pair[0]))
    rows = []
    for rule_id, plots in known[:most]:
        rule = catalogue.by_id(rule_id)
        part = plots / figures.plots if figures.plots else None
        rows.append((str(rule.name), WORDS_OF[rule.dimension], plots, part, str(rule.who.label)))
    return Table(
        "rules" if most else "rules_all",
        "Quy tắc nhiều nhất" if most else "Quy tắc",
        "Quy tắc vướng nhiều thửa nhất." if most else "Mọi quy tắc còn vướng.",
        (
            Column("Quy tắc", WORDS),
            Column("Chữ", WORDS),
            Column("Thửa vướng"),
            Column("Trên tổng số thửa (%)", SHARE),
            Column("Ai gỡ được", WORDS),
        ),
        tuple(rows),
        (),
        "Một thửa vướng nhiều quy tắc được đếm ở mỗi quy tắc, nên không cộng được.",
        tuple(rule_id for rule_id, _plots in known[:most]),
    )


def _waiting(figures: Figures) -> Table:
    held = [(name, figures.waiting[who]) for who, name in HOLDERS.items() if who in figures.waiting]
    counts = [(name, [*each.ages, each.items, each.plots], each.since) for name, each in held if each.items]
    rows = tuple((name, *numbers, since) for name, numbers, since in counts)
    sums = [sum(column) for column in zip(*(numbers for _name, numbers, _since in counts), strict=True)]
    columns = (*map(Column, AGES), Column("Cộng"), Column("Thửa liên quan"), Column("Lâu nhất từ", DAY))
    caption = "Người sử dụng đất đang chờ ai, theo số ngày chờ (người)."
    foot = ("Cộng", *sums, None) if rows else ()
    return Table("waiting", "Đang chờ ai", caption, (Column("Đang chờ ai", WORDS), *columns), rows, foot)


def _reasons(figures: Figures) -> Iterator[tuple[Why, tuple[int, ...]]]:
    excluded = [figures.tasks[task].excluded if task in figures.tasks else {} for task in REASONED]
    for why in Why:
        counts = tuple(each.get(why.value, 0) for each in excluded)
        if any(counts):
            yield why, counts
