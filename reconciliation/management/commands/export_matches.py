"""Write the best candidate of every land user to a file."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from reconciliation.matching import export


class Command(BaseCommand):
    """The matches as an interchange file; CSV or Parquet by the file's ending."""

    help = "Write the best candidate of every land user to a .csv or .parquet file."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--json", action="store_true", help="print one JSON object")

    def handle(self, *args: Any, **options: Any) -> None:
        path: Path = options["file"]
        if path.suffix.lower() not in export.WRITERS:
            raise CommandError(f"{path.name}: the file must end in .csv or .parquet.")
        try:
            told = export.write(path)
        except OSError:
            raise CommandError(f"{path} cannot be written: is its folder there and open to us?") from None
        if options["json"]:
            self.stdout.write(json.dumps({"file": str(path), **told}))
        else:
            self.stdout.write(
                f"{told['exported']} of {told['land_users']} land users written, "
                f"{told['without_candidate']} without a candidate"
            )
