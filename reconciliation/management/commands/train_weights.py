"""Estimate the weights anew from what is loaded, beside Splink's estimates, as a new version."""

from __future__ import annotations

import json
from argparse import ArgumentTypeError
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from reconciliation.bench import crosscheck
from reconciliation.bench.crosscheck import Estimates
from reconciliation.matching import revision
from reconciliation.matching.weights import CURRENT, FOLDER, load

NO_SPLINK = "Splink is not installed, so there is no cross-check: it comes with requirements-dev.txt."


class Command(BaseCommand):
    """Writes a version of the weights that nobody goes by until a person puts it in force."""

    help = "Estimate the weights of matching from the loaded data and write them as a new version."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--out", type=_path, metavar="FILE", help="a .json file (else the next free version)"
        )
        parser.add_argument("--json", action="store_true", help="print one JSON object")

    def handle(self, *args: Any, **options: Any) -> None:
        version = revision.next_version()
        path: Path = options["out"] or FOLDER / f"{version}.json"
        if path.exists():
            raise CommandError(f"{path} is there already; it is not overwritten.")
        try:
            fitted, facts, land_users = revision.estimate()
        except revision.TooLittle as error:
            raise CommandError(str(error)) from None
        estimates = self._splink()
        revision.write(path, fitted.fitted(version=version), revision.about(land_users, facts.residents))
        found = crosscheck.rows(load(), fitted, estimates)
        if options["json"]:
            told = {
                "version": version,
                "file": str(path),
                "land_users": land_users,
                "residents": facts.residents,
                "levels": [row._asdict() for row in found],
            }
            self.stdout.write(json.dumps(told))
            return
        self.stdout.write("\n".join(crosscheck.table(found)))
        self.stdout.write(
            f"\n{path}: from {land_users} land users and {facts.residents} residents. Not in force: matching"
            f" goes by {CURRENT} until CURRENT in weights.py names {version}, with the file in {FOLDER}."
        )

    def _splink(self) -> Estimates:
        if find_spec("splink") is None:
            self.stderr.write(NO_SPLINK)
            return {}
        # Looked up when it is asked for: a tool for development.
        estimates: Estimates = import_module("reconciliation.bench.peers.splink_estimates").estimate()
        return estimates


def _path(text: str) -> Path:
    path = Path(text)
    if path.suffix != ".json" or not path.parent.is_dir():
        raise ArgumentTypeError(f"{text}: a .json file in a folder that is there, please.")
    return path
