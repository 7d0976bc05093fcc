"""What the import commands share: their switches, and how an outcome is told."""

from __future__ import annotations

import json
from abc import abstractmethod
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from . import problems as words
from .outcome import Outcome, Problem, Refused

#: Problems shown at most; the rest stands in the received file.
SHOWN = 20


class ImportCommand(BaseCommand):
    """A command that takes one file in."""

    requires_system_checks: list[str] = []
    file_help = "tệp CSV (UTF-8) hoặc Parquet"

    @abstractmethod
    def take_in(self, path: str, options: dict[str, Any]) -> Outcome:
        """Import the file; Refused where it is of no use."""

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", help=self.file_help)
        parser.add_argument("--json", action="store_true", help="in một đối tượng JSON")
        parser.add_argument("--strict", action="store_true", help="có dòng bị trả thì không ghi gì")
        parser.add_argument("--simulate", action="store_true", help="làm đến cùng rồi hoàn lại tất cả")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            outcome = self.take_in(options["file"], options)
        except Refused as refused:
            raise CommandError(str(refused)) from None
        if options["json"]:
            self.stdout.write(json.dumps(self.as_dict(outcome), ensure_ascii=False))
        else:
            self.tell(outcome)

    def as_dict(self, outcome: Outcome) -> dict[str, Any]:
        """What `--json` prints."""
        return as_dict(outcome)

    def tell(self, outcome: Outcome) -> None:
        """What is printed for people."""
        file = outcome.file
        self.stdout.write(
            f"{file.name}: {file.rows} dòng = {file.applied} ghi + {file.unchanged} như cũ"
            f" + {file.proposed} đề xuất + {file.rejected} bị trả + {file.ignored} bỏ qua;"
            f" {outcome.warnings} cần xem; {outcome.seconds} giây"
        )
        if file.unknown_headers:
            self.stdout.write("Cột không dùng: " + ", ".join(map(one_line, file.unknown_headers)))
        self._list(outcome, "rejected", file.rejected, "dòng bị trả")
        self._list(outcome, "warning", outcome.warnings, "ô cần xem")

    def _list(self, outcome: Outcome, level: str, count: int, what: str) -> None:
        """The first problems of a level, each with its mend, and how many are left."""
        found = [problem for problem in outcome.problems if problem.level == level]
        if found:
            self.stdout.write(f"{count} {what}:")
        for problem in found[:SHOWN]:
            told = words.text(problem.code)
            reason = told.said(goes_in=problem.level == "warning", about=problem.about)
            sheet = f"Trang {one_line(problem.sheet)}, dòng" if problem.sheet else "Dòng"
            place = f"{sheet} {problem.row}" + (f", {problem.column}" if problem.column else "")
            value = f" “{one_line(problem.value)}”" if problem.value else ""
            self.stdout.write(f"{place}{value}: {reason}. Cách sửa: {told.mend}.")
        if count > SHOWN:
            self.stdout.write(f"… và {count - SHOWN} {what} khác.")


def as_dict(outcome: Outcome) -> dict[str, Any]:
    """An outcome as the commands print it: counts, and the first problems, rejected rows before others."""
    file = outcome.file
    first = sorted(outcome.problems, key=lambda problem: (problem.level != "rejected", problem.row))[:SHOWN]
    return {
        "file": file.name,
        "sha256": file.sha256,
        "rows": file.rows,
        "applied": file.applied,
        "unchanged": file.unchanged,
        "proposed": file.proposed,
        "rejected": file.rejected,
        "ignored": file.ignored,
        "warnings": outcome.warnings,
        "problems": [_problem(problem) for problem in first],
        "unknown_columns": list(file.unknown_headers),
        "seconds": outcome.seconds,
    }


def _problem(problem: Problem) -> dict[str, Any]:
    told = words.text(problem.code)
    return {
        "level": problem.level,
        **({"sheet": problem.sheet} if problem.sheet else {}),
        "row": problem.row,
        "column": problem.column,
        "value": problem.value[:200],
        "code": problem.code,
        "reason": told.said(goes_in=problem.level == "warning", about=problem.about),
        "mend": str(told.mend),
    }


def one_line(text: str) -> str:
    """The text on one line, cut to 200 characters."""
    return " ".join("".join(c if c.isprintable() else " " for c in text[:200]).split())
