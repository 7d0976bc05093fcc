"""landdb's commands, once `./run` has made the environment."""

import argparse
import signal
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from types import FrameType

from landdb import env
from landdb.env import EnvError
from landdb.services import ServiceError, bench, demo, foreground, pinning, testing, web, worker
from landdb.services.demo import say
from landdb.services.folders import ROOT
from landdb.services.session import session, stop_everything
from landdb.services.supervisor import Supervisor

HELP = """\
usage: ./run COMMAND …

  demo [--plots N] [--weeks N] [--no-serve] [--fresh] [--seed S] [--port P]
                    a running site with made-up data, from nothing; with so many weeks of a campaign
  test [ARGUMENT …] the tests, from nothing; arguments go to pytest
  serve [--port P]  the site
  worker            a worker alone, for a further machine on the same database and queue
  manage …          manage.py with the services up
  bench NAME …      measure, on data of its own: matching, dirt, classification, desk, workbook, police, fuzz,
                    dashboards
  check             style, types, migrations
  lock [--upgrade]  pin the requirements again
  stop              stop everything that runs on this data

Data is kept in ./var, or in the folder that LANDDB_VAR names. DATABASE_URL and REDIS_URL name
services to use instead of our own, PG_BINDIR the folder of other PostgreSQL programs.
"""
DEFAULT_PLOTS = 20_000
# What manage.py does without tables.
BEFORE_TABLES = ("--help", "-h", "help", "--version", "version", "migrate", "makemigrations", "check")


def main() -> int:
    """Run one command; its exit code."""
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, _leave)
    command, arguments = sys.argv[1], sys.argv[2:]
    if command in ("-h", "--help", "help"):
        print(HELP)
        return 0
    if command not in COMMANDS:
        say(f"There is no command {command!r}.\n\n{HELP}")
        return 2
    try:
        var = env.path("LANDDB_VAR", default=ROOT / "var")
        return COMMANDS[command](var, arguments)
    except (ServiceError, EnvError) as error:
        say(str(error))
        return 1
    except (KeyboardInterrupt, demo.InterruptedStepError):
        say("Stopped.")
        return 130


def _leave(number: int, _frame: FrameType | None) -> None:
    """End as if the work were done, so that services are stopped on the way out."""
    sys.exit(128 + number)


def _demo(var: Path, arguments: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(prog="./run demo", description="A province from nothing.")
    parser.add_argument("--plots", type=_number(1, 10_000_000), default=DEFAULT_PLOTS)
    parser.add_argument("--seed", type=_number(0, 2**31 - 1), help="other made-up data")
    parser.add_argument("--fresh", action="store_true", help="delete the database first")
    parser.add_argument("--weeks", type=_number(1, 50), help="a campaign of so many weeks, played to today")
    parser.add_argument("--no-serve", action="store_true", help="end after the summary")
    parser.add_argument("--port", type=_number(1, 65535))
    options = parser.parse_args(arguments)
    if options.port and not options.no_serve:
        web.choose_port(options.port)  # a taken one is better known now than in a minute
    with session(var) as services:
        if options.fresh and not services.recreate_database():
            raise ServiceError("Another ./run is using this data; ./run stop stops it.")
        supervisor = Supervisor(services, say)
        demo.make_province(services, supervisor, options.plots, options.seed, options.weeks)
        if not options.no_serve:
            demo.serve(services, supervisor, options.port)
    return 0


def _serve(var: Path, arguments: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(prog="./run serve", description="The site.")
    parser.add_argument("--port", type=_number(1, 65535))
    options = parser.parse_args(arguments)
    if options.port:
        web.choose_port(options.port)
    with session(var) as services:
        demo.prepare(demo.Steps(services))
        demo.serve(services, Supervisor(services, say), options.port)
    return 0


def _worker(var: Path, _arguments: Sequence[str]) -> int:
    with session(var) as services:
        supervisor = Supervisor(services, say)
        supervisor.add(worker.worker(services.var, services.env))
        supervisor.add(worker.desk(services.var, services.env))
        say("A worker takes work from the queue (Ctrl-C stops it)")
        supervisor.watch()
    return 0


def _number(low: int, high: int) -> Callable[[str], int]:
    def parse(value: str) -> int:
        if not value.isascii() or not value.isdigit() or not low <= int(value) <= high:
            raise argparse.ArgumentTypeError(f"{value!r} is not a whole number from {low} to {high}")
        return int(value)

    return parse


def _manage(var: Path, arguments: Sequence[str]) -> int:
    with session(var) as services:
        if arguments and arguments[0] not in BEFORE_TABLES:
            demo.prepare_if_empty(services)
        with Supervisor(services, say).in_background():
            return foreground.manage(services.env, *arguments).code


def _check(var: Path, _arguments: Sequence[str]) -> int:
    return testing.check(var)


def _lock(_var: Path, arguments: Sequence[str]) -> int:
    return pinning.lock(arguments)


def _stop(var: Path, _arguments: Sequence[str]) -> int:
    folders = [folder for folder in (var, var / "test") if folder.is_dir()] + bench.folders_in_use(var)
    stopped = [name for folder in folders for name in stop_everything(folder)]
    say(f"Stopped: {', '.join(stopped)}." if stopped else "Nothing was running.")
    return 0


COMMANDS: dict[str, Callable[[Path, Sequence[str]], int]] = {
    "demo": _demo,
    "test": testing.test,
    "serve": _serve,
    "worker": _worker,
    "manage": _manage,
    "bench": bench.bench,
    "check": _check,
    "lock": _lock,
    "stop": _stop,
}
