"""Write messy answers to a list that was handed out, to try their way back."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from reconciliation.demo import police_answers, writing
from reconciliation.models import VerificationBatch


class Command(BaseCommand):
    help = "Ghi trả lời giả lập cho một danh sách công an đã giao (chỉ cho tỉnh giả lập)."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("list", help="the list's number, such as XM-2026-0001, or its id")
        parser.add_argument("folder", type=Path)
        parser.add_argument("--seed", type=int, default=1)

    def handle(self, *args: Any, **options: Any) -> None:
        if not writing.truth_path().exists():
            raise CommandError("There is no demo here: answers are made up for made-up people alone.")
        issued = VerificationBatch.objects.filter(state=VerificationBatch.State.ISSUED)
        wanted = options["list"]
        number = wanted.rpartition("-")[2]
        batch = issued.filter(pk=int(number)).first() if number.isdecimal() else None
        if batch is None:
            raise CommandError(f"List {wanted} is not handed out.")
        sent = police_answers.write(batch, options["folder"], options["seed"])
        for path in sent.files:
            self.stdout.write(f"{path}: {sent.rows[path.name]} rows")
