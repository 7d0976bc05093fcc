"""Measure landdb on data of its own; `./run bench` sees to services and a worker."""

from __future__ import annotations

import json
import sys
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from reconciliation.bench import matching
from reconciliation.bench.data import Size
from reconciliation.bench.people import DIRT

MOST = 10_000_000
LEAST = 100


class Command(BaseCommand):
    """Tables to standard error, one line of JSON to standard output; exit code 1 where a reach is missed."""

    help = "Measure seconds, memory and quality of matching on made-up people. Empties the tables."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("name", choices=["matching"])
        parser.add_argument("--owners", type=int, default=50_000, metavar="N", help="land users")
        parser.add_argument("--residents", type=int, default=200_000, metavar="M")
        parser.add_argument("--seed", type=int, default=1, help="other made-up people")
        parser.add_argument("--against", default="", metavar="PEER,…", help=" or ".join(matching.PEERS))
        parser.add_argument(
            "--dirt", nargs="+", default=[], metavar="KIND=FACTOR", help=f"more or less of: {', '.join(DIRT)}"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        told = matching.run(size_of(options), peers(options["against"]))
        self.stdout.write(json.dumps(told))
        if not told["ok"]:
            sys.exit(1)


def size_of(options: dict[str, Any]) -> Size:
    """How many people of which kind; CommandError with a sentence on nonsense."""
    owners, residents, seed = options["owners"], options["residents"], options["seed"]
    if not LEAST <= owners <= residents <= MOST:
        raise CommandError(
            f"--owners {owners} --residents {residents}: at least {LEAST} land users, at least as many"
            f" residents, at most {MOST}, please."
        )
    if not 0 <= seed < 2**31:
        raise CommandError(f"--seed {seed}: a whole number from 0 to {2**31 - 1}, please.")
    return Size(owners, residents, seed, dict(map(_dirt, options["dirt"])))


def _dirt(text: str) -> tuple[str, float]:
    kind, _sign, factor = text.partition("=")
    if kind not in DIRT:
        raise CommandError(f"--dirt {text}: there is no kind {kind!r}; there are {', '.join(DIRT)}.")
    try:
        value = float(factor)
    except ValueError:
        value = -1.0
    if not 0 <= value <= 100:
        raise CommandError(f"--dirt {text}: after the sign stands a number from 0 to 100.")
    return kind, value


def peers(text: str) -> list[str]:
    """The peers to measure against, in order."""
    named = [name.strip() for name in text.split(",") if name.strip()]
    for name in named:
        if name not in matching.PEERS:
            raise CommandError(f"--against {name}: there are {', '.join(matching.PEERS)}.")
    return list(dict.fromkeys(named))
