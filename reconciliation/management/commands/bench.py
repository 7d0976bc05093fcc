"""Measure landdb on data of its own; `./run bench` sees to services and a worker."""

from __future__ import annotations

import json
import os
import platform
import sys
from collections.abc import Sequence
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from reconciliation.bench import dirt, matching, usage
from reconciliation.bench.apart import say
from reconciliation.bench.dashboards import run as dashboards
from reconciliation.bench.dashboards.run import Campaign
from reconciliation.bench.data import PEOPLE, Size
from reconciliation.bench.desk import run as desk
from reconciliation.bench.desk.run import Shift
from reconciliation.bench.fuzz import run as fuzz
from reconciliation.bench.people import DIRT
from reconciliation.bench.plots import disturb
from reconciliation.bench.plots import run as plots
from reconciliation.bench.plots.province import Size as Province
from reconciliation.bench.plots.rivals.against import FRAMES_AT_MOST, RIVALS
from reconciliation.bench.police import run as police
from reconciliation.bench.workbook import run as workbook
from reconciliation.bench.workbook.ground import Size as Rows
from reconciliation.demo.campaign import MOST_WEEKS
from reconciliation.demo.province import MOST_PLOTS

#: Land users and residents where nothing is said.
USUAL = {"matching": (50_000, 200_000), "dirt": (20_000, 80_000)}
#: Plots where nothing is said.
USUAL_PLOTS = 50_000
#: Rows of a workbook where nothing is said, and at most.
ROWS, MOST_ROWS = 5_000, 20_000
#: People on a list for the police where nothing is said: as many as in Bắc Ninh; and at most.
USUAL_LINES, MOST_LINES = 43_627, 50_000
NAMES = (*USUAL, "classification", "desk", "workbook", "police", "fuzz", "dashboards")
#: Weeks of a campaign where nothing is said.
WEEKS = 12
#: Mutated files where nothing is said.
USUAL_FILES = 2_000
#: Officers at work at once, and seconds of measuring, where nothing is said; and at most.
OFFICERS, MOST_OFFICERS = 30, 200
SECONDS, MOST_SECONDS = 120, 3600
MOST = 10_000_000
LEAST = 100


class Command(BaseCommand):
    """Tables to standard error, one line of JSON to standard output; exit code 1 where a reach is missed."""

    help = (
        "matching: seconds, memory and quality on made-up people; empties the tables."
        " dirt: quality without and with twice as much of each kind of dirt; touches no tables."
        " classification: seconds and memory on a made-up province; empties the tables."
        " workbook: seconds of a commune's workbook from given out to taken back; empties the tables."
        " desk: milliseconds of each click of officers at work on a made-up province."
        " police: seconds of a list for the police and its messy answers; empties the tables."
        " dashboards: milliseconds of each page of managers on a made-up province with a campaign."
        " fuzz: files that nobody would send on purpose, read by every reader; empties the tables."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("name", choices=NAMES)
        parser.add_argument("--owners", type=int, metavar="N", help="land users")
        parser.add_argument("--residents", type=int, metavar="M")
        parser.add_argument("--plots", type=int, metavar="N", help="classification, desk and dashboards")
        parser.add_argument("--rows", type=int, metavar="N", help=f"workbook alone; else {ROWS}")
        parser.add_argument(
            "--disturb",
            action="store_true",
            help="classification alone: kill worker, database and queue under way, compare the outcome",
        )
        parser.add_argument("--officers", type=int, metavar="N", help=f"desk alone; else {OFFICERS}")
        parser.add_argument("--seconds", type=int, metavar="S", help=f"desk alone; else {SECONDS}")
        parser.add_argument("--weeks", type=int, metavar="N", help=f"dashboards alone; else {WEEKS}")
        parser.add_argument("--files", type=int, metavar="N", help=f"fuzz alone; else {USUAL_FILES}")
        parser.add_argument("--lines", type=int, metavar="N", help=f"police alone; else {USUAL_LINES}")
        parser.add_argument("--seed", type=int, default=1, help="other made-up people")
        parser.add_argument(
            "--against",
            default="",
            metavar="PEER,…",
            help=f"matching: {' or '.join(matching.PEERS)}; classification: {' or '.join(RIVALS)}",
        )
        parser.add_argument(
            "--people", default="bench", metavar="WHOSE", help=f"those of: {', '.join(PEOPLE)}"
        )
        parser.add_argument(
            "--dirt", nargs="+", default=[], metavar="KIND=FACTOR", help=f"more or less of: {', '.join(DIRT)}"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        pace = usage.pace()
        say(
            f"machine: {os.cpu_count()} processors, each {pace} million steps of a plain loop in a second "
            f"(Python {platform.python_version()})"
        )
        told = measure(options) | {"pace": pace}
        self.stdout.write(json.dumps(told))
        if not told["ok"]:
            sys.exit(1)


def measure(options: dict[str, Any]) -> dict[str, Any]:
    """Run the bench that was asked for; CommandError with a sentence on nonsense."""
    if options["name"] == "desk":
        return desk.run(shift_of(options))
    if options["name"] == "workbook":
        return workbook.run(rows_of(options))
    for name in ("officers", "seconds", "rows"):
        if options[name] is not None:
            raise CommandError(f"--{name} is for {'workbook' if name == 'rows' else 'desk'}.")
    if options["name"] == "dashboards":
        return dashboards.run(campaign_of(options))
    if options["weeks"] is not None:
        raise CommandError("--weeks is for dashboards.")
    if options["name"] == "fuzz":
        return fuzz.run(files_of(options))
    if options["files"] is not None:
        raise CommandError("--files is for fuzz.")
    if options["name"] == "police":
        return police.run(list_of(options))
    if options["lines"] is not None:
        raise CommandError("--lines is for police.")
    if options["name"] == "classification":
        province = province_of(options)
        against = rivals(options["against"], province)
        if options["disturb"] and against:
            raise CommandError("--disturb and --against are measured one at a time.")
        return disturb.run(province) if options["disturb"] else plots.run(province, against)
    if options["plots"] is not None:
        raise CommandError("--plots is for classification, desk and dashboards.")
    if options["disturb"]:
        raise CommandError("--disturb is for classification.")
    size, against = size_of(options), peers(options["against"])
    return matching.run(size, against) if options["name"] == "matching" else dirt.run(size)


def files_of(options: dict[str, Any]) -> fuzz.Size:
    """How many mutated files; CommandError with a sentence on nonsense."""
    _alone(options, "--files", but="lines")
    files = USUAL_FILES if options["files"] is None else options["files"]
    if not 1 <= files <= MOST:
        raise CommandError(f"--files {files}: from 1 to {MOST}, please.")
    return fuzz.Size(files, _seed(options["seed"]))


def _alone(options: dict[str, Any], own: str, *, but: str = "") -> None:
    """Nothing is asked for that another bench knows."""
    others = ("owners", "residents", "plots", "against", "disturb", "dirt", *filter(None, [but]))
    if any(options[name] for name in others) or options["people"] != "bench":
        raise CommandError(f"bench {options['name']} takes {own} and --seed alone.")


def list_of(options: dict[str, Any]) -> police.Size:
    """How long a list for the police; CommandError with a sentence on nonsense."""
    _alone(options, "--lines")
    lines = USUAL_LINES if options["lines"] is None else options["lines"]
    if not LEAST <= lines <= MOST_LINES:
        raise CommandError(f"--lines {lines}: from {LEAST} to {MOST_LINES}, please.")
    return police.Size(lines, _seed(options["seed"]))


def shift_of(options: dict[str, Any]) -> Shift:
    """How many officers for how long on which province; CommandError with a sentence on nonsense."""
    province = province_of(options)
    officers, seconds = options["officers"], options["seconds"]
    officers = OFFICERS if officers is None else officers
    seconds = SECONDS if seconds is None else seconds
    if not 1 <= officers <= MOST_OFFICERS:
        raise CommandError(f"--officers {officers}: from 1 to {MOST_OFFICERS}, please.")
    if not 1 <= seconds <= MOST_SECONDS:
        raise CommandError(f"--seconds {seconds}: from 1 to {MOST_SECONDS}, please.")
    return Shift(province, officers, seconds)


def campaign_of(options: dict[str, Any]) -> Campaign:
    """How many weeks on which province; CommandError with a sentence on nonsense."""
    if options["files"] is not None or options["lines"] is not None:
        raise CommandError("bench dashboards takes --plots, --seed, --weeks alone.")
    province = province_of(options)
    weeks = WEEKS if options["weeks"] is None else options["weeks"]
    if not 1 <= weeks <= MOST_WEEKS:
        raise CommandError(f"--weeks {weeks}: from 1 to {MOST_WEEKS}, please.")
    return Campaign(province, weeks)


def rows_of(options: dict[str, Any]) -> Rows:
    """How many rows; CommandError with a sentence on nonsense."""
    others = [
        name for name in ("owners", "residents", "plots", "officers", "seconds") if options[name] is not None
    ]
    if others or options["dirt"] or options["against"] or options["disturb"] or options["people"] != "bench":
        raise CommandError("bench workbook takes --rows and --seed alone.")
    rows = ROWS if options["rows"] is None else options["rows"]
    if not LEAST <= rows <= MOST_ROWS:
        raise CommandError(f"--rows {rows}: from {LEAST} to {MOST_ROWS}, please.")
    return Rows(rows, _seed(options["seed"]))


def province_of(options: dict[str, Any]) -> Province:
    """How large a province; CommandError with a sentence on nonsense."""
    others = [name for name in ("owners", "residents") if options[name] is not None]
    takes = {"desk": "--officers and --seconds", "dashboards": "--weeks"}.get(options["name"])
    others += ["against", "disturb"] if takes and (options["against"] or options["disturb"]) else []
    if others or options["dirt"] or options["people"] != "bench":
        takes = takes or "--against and --disturb"
        raise CommandError(f"bench {options['name']} takes --plots, --seed, {takes} alone.")
    count, seed = options["plots"] or USUAL_PLOTS, options["seed"]
    if not LEAST <= count <= MOST_PLOTS:
        raise CommandError(f"--plots {count}: from {LEAST} to {MOST_PLOTS}, please.")
    return Province(count, _seed(seed))


def size_of(options: dict[str, Any]) -> Size:
    """How many people of which kind; CommandError with a sentence on nonsense."""
    owners, residents = (
        usual if options[name] is None else options[name]
        for name, usual in zip(("owners", "residents"), USUAL[options["name"]], strict=True)
    )
    seed = options["seed"]
    if not LEAST <= owners <= residents <= MOST:
        raise CommandError(
            f"--owners {owners} --residents {residents}: at least {LEAST} land users, at least as many"
            f" residents, at most {MOST}, please."
        )
    if options["people"] == "bench" and 2 * residents < 3 * owners:
        raise CommandError(f"--residents {residents}: at least half as many again as land users, please.")
    size = Size(owners, residents, _seed(seed), dict(map(_dirt, options["dirt"])), _people(options["people"]))
    if size.dirt and size.people != "bench":
        raise CommandError(f"--dirt: the people of --people {size.people} come with their own.")
    if options["name"] == "dirt" and (size.dirt or size.people != "bench" or options["against"]):
        raise CommandError("bench dirt takes --owners, --residents and --seed alone.")
    return size


def _seed(seed: int) -> int:
    if not 0 <= seed < 2**31:
        raise CommandError(f"--seed {seed}: a whole number from 0 to {2**31 - 1}, please.")
    return seed


def _people(text: str) -> str:
    if text not in PEOPLE:
        raise CommandError(f"--people {text}: there are {', '.join(PEOPLE)}.")
    return text


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


def peers(text: str, known: Sequence[str] = matching.PEERS) -> list[str]:
    """The peers to measure against, in order; CommandError with a sentence on one that is not known."""
    named = [name.strip() for name in text.split(",") if name.strip()]
    for name in named:
        if name not in known:
            raise CommandError(f"--against {name}: there are {', '.join(known)}.")
    return list(dict.fromkeys(named))


def rivals(text: str, province: Province) -> list[str]:
    """The rivals of a classification, in order; CommandError with a sentence where one cannot be asked."""
    named = peers(text, RIVALS)
    if "frames" in named and province.plots > FRAMES_AT_MOST:
        raise CommandError(f"--against frames: they are for {FRAMES_AT_MOST} plots at most, in memory.")
    return named
