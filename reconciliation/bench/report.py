"""The figures as tables for the person at the keyboard."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from .apart import say
from .data import Size
from .reach import RECALL, Reached

_QUALITY = ("f1", "recall_at_0.99", "recall_at_0.995", "recall_at_0.999")


def show(size: Size, told: Mapping[str, dict[str, Any]], reached: Reached) -> None:
    """Everything, ours and the peers' side by side."""
    names = list(told)
    say(f"\n{size.owners:,} land users × {size.residents:,} residents, seed {size.seed}")
    say(f"people: {size.people}; dirt: {size.dirt or 'as usual'}")
    say("`learn` is the part of `reconcile` in which the weights are learnt\n")
    table(["", *names], _side_by_side(told))
    say("\nlanddb: phases of the job, seconds of all workers together")
    phases = told["landdb"]["phases"].items()
    table(
        ["phase", "chunks", "seconds", "longest"], ([name, *map(str, row.values())] for name, row in phases)
    )
    alone = told["landdb"]["alone"]
    say(f"\nlanddb: one land user matched again, {alone['land_users']} of them, milliseconds")
    table(
        ["", "median", "p95", "most"],
        (
            [words, *map(str, alone[name].values())]
            for name, words in (("first", "as the database finds it"), ("at_hand", "again, at hand"))
        ),
    )
    for name in names:
        say(f"\n{name}: said and found")
        table(
            ["from", "n", "said", "found"],
            ([str(value) for value in row.values()] for row in told[name]["reliability"]),
        )
    say("\nBy case: wanted, links, F1, recall at .999, accepted, their precision")
    table(["case", *(f"{name} " for name in names)], _cases(told))
    reached_table(reached)


def show_dirt(size: Size, told: Mapping[str, Mapping[str, Any]], reached: Reached) -> None:
    """Every case of the bench `dirt`, the usual one first."""
    say(f"\n{size.owners:,} land users × {size.residents:,} residents, seed {size.seed}\n")
    table(
        ["dirt", "factor", "F1", "recall at .999", "accepted", "wrong said", "wrong found"],
        (
            [
                each["group"],
                f"{each['factor']:g}",
                f"{each['f1']:.4f}",
                f"{each[RECALL]:.4f}",
                f"{each['accepted']['count'] / size.owners:.4f}",
                f"{each['wrong']['said']:.5f}",
                f"{each['wrong']['found']:.5f}",
            ]
            for each in told.values()
        ),
    )
    reached_table(reached)


def reached_table(reached: Reached) -> None:
    """What should be reached, and whether it is."""
    say("")
    table(
        ["reach", "value", "wanted", "", ""],
        (
            [
                name,
                str(each["value"]),
                each["reach"],
                {True: "ok", False: "NOT REACHED", None: each.get("why", "")}[each["ok"]],
                each.get("case", ""),
            ]
            for name, each in reached.items()
        ),
    )


def _side_by_side(told: Mapping[str, dict[str, Any]]) -> Iterable[list[str]]:
    parts = dict.fromkeys(part for each in told.values() for part in each["seconds"])
    for part in parts:
        yield [f"{part}, s", *(str(each["seconds"].get(part, "")) for each in told.values())]
    yield ["processors, s", *(str(each["processor_seconds"]) for each in told.values())]
    for name in ("engine", "both", "total"):
        yield [f"peak {name}, GB", *(str(each["peak_gb"][name]) for each in told.values())]
    for name in _QUALITY:
        yield [name.replace("_", " "), *(f"{each[name]:.5f}" for each in told.values())]
    for name in ("count", "precision", "recall"):
        yield [f"accepted: {name}", *(str(each["accepted"][name]) for each in told.values())]
    for name in ("said", "found"):
        yield [f"accepted: wrong {name}", *(f"{each['wrong'][name]:.6f}" for each in told.values())]


def _cases(told: Mapping[str, dict[str, Any]]) -> Iterable[list[str]]:
    for case in next(iter(told.values()))["cases"]:
        yield [case, *(_case(each["cases"][case]) for each in told.values())]


def _case(row: Mapping[str, Any]) -> str:
    accepted = row["accepted"]
    return (
        f"{row['wanted']:>8} {row['links']:>8} {row['f1']:.4f} {row['recall_at_0.999']:.4f}"
        f" {accepted['count']:>8} {accepted['precision']:.4f}"
    )


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    """Columns as wide as their widest cell, the first to the left, the others to the right."""
    lines = [head, *rows]
    widths = [max(len(line[column]) for line in lines) for column in range(len(head))]
    for line in lines:
        first, *others = (
            cell.ljust(width) if column == 0 else cell.rjust(width)
            for column, (cell, width) in enumerate(zip(line, widths, strict=True))
        )
        say("  " + "  ".join([first, *others]).rstrip())
