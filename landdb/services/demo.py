"""`./run demo`: a province from nothing, and `./run serve`: the site as it stands."""

import json
import os
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import psycopg

from landdb.services import ServiceError, catalogues, foreground, static, web, worker
from landdb.services.foreground import Output
from landdb.services.session import Session
from landdb.services.supervisor import Supervisor


class InterruptedStepError(Exception):
    """Somebody stopped a step with a signal."""


def say(words: str) -> None:
    """To the person at the keyboard; standard output is for programs."""
    print(words, file=sys.stderr, flush=True)


@dataclass
class Steps:
    """Runs steps of manage.py and keeps their times."""

    session: Session
    seconds: dict[str, float] = field(default_factory=dict)

    @contextmanager
    def timed(self, name: str) -> Iterator[None]:
        started = time.monotonic()
        yield
        self.seconds[name] = round(time.monotonic() - started, 1)

    def manage(self, words: str, command: str, *arguments: str, output: Output = "stderr") -> str:
        """Run one command; what it printed if that is captured."""
        if words:
            say(words)
        with self.timed(command):
            done = foreground.manage(self.session.env, command, *arguments, output=output)
        if done.interrupted:
            raise InterruptedStepError
        if done.code:
            raise ServiceError(f"{command} ended with an error; the reason is above.")
        return done.output

    def manage_json(self, words: str, command: str, *arguments: str) -> dict[str, Any]:
        """Run one command with --json; its last line."""
        said = self.manage(words, command, *arguments, "--json", output="captured")
        try:
            found = json.loads(said.strip().splitlines()[-1])
        except (ValueError, IndexError):
            raise ServiceError(f"{command} --json printed no JSON but {said.strip()[-200:]!r}.") from None
        return found if isinstance(found, dict) else {}


def prepare(steps: Steps) -> None:
    """The translations, the tables and the reference data."""
    catalogues.ensure(steps.session.env)
    steps.manage("Database …", "migrate", "--verbosity", "0")
    steps.manage("", "load_reference")


def prepare_if_empty(session: Session) -> None:
    """`prepare` for a database without any tables of ours: whatever is asked of it first finds them."""
    with psycopg.connect(session.env["DATABASE_URL"]) as connection:
        found = connection.execute("SELECT to_regclass('django_migrations') IS NOT NULL").fetchone()
    if found != (True,):
        prepare(Steps(session))


def make_province(
    session: Session, supervisor: Supervisor, plots: int, seed: int | None, weeks: int | None = None
) -> None:
    """Seed, match and classify, play so many weeks of a campaign, then print the summary."""
    steps = Steps(session)
    steps.seconds["environment"] = float(os.environ.get("LANDDB_SETUP_SECONDS", "0"))
    steps.seconds["services"] = session.seconds
    prepare(steps)
    # Comes up while the province is being made.
    supervisor.add(worker.worker(session.var, session.env))
    with supervisor.in_background():
        _seed_and_sort(steps, plots, seed, weeks)
    steps.manage("", "demo_summary", "--seconds", json.dumps(steps.seconds), output="ours")


def _seed_and_sort(steps: Steps, plots: int, seed: int | None, weeks: int | None) -> None:
    """The data, and what is not yet worked out of it."""
    arguments = ["--plots", str(plots), *(["--seed", str(seed)] if seed is not None else [])]
    state = steps.manage_json(f"A province of {plots:,} plots …", "seed_demo", *arguments)
    if state.get("found"):
        say("  found from last time")
    if not state.get("reconciled"):
        steps.manage_json("Matching land users with residents …", "reconcile")
    if not state.get("classified"):
        steps.manage_json("Laying the outlines over each other …", "geometry")
        at = ["--at", str(_campaign(steps, weeks)["begins"])] if weeks else []
        steps.manage_json("Sorting plots into groups …", "classify", *at)
    if weeks and not _campaign(steps, weeks)["played"]:
        steps.manage_json(f"{weeks} weeks of a campaign …", "seed_demo", "--weeks", str(weeks))
    if not state.get("scanned"):
        steps.manage_json("Scans of some certificates …", "seed_demo", "--scans")


def _campaign(steps: Steps, weeks: int) -> dict[str, Any]:
    """Whether a campaign has been played, and when one of so many weeks begins."""
    return steps.manage_json("", "seed_demo", "--status", "--weeks", str(weeks))


def serve(session: Session, supervisor: Supervisor, port: int | None) -> None:
    """Worker, timetable and web, until somebody stops them; says how to sign in where this is a demo."""
    static.ensure(session.var, session.env)
    chosen = web.choose_port(port)
    supervisor.add(worker.worker(session.var, session.env))
    supervisor.add(worker.desk(session.var, session.env))
    supervisor.add(worker.beat(session.var, session.env))
    site = web.program(session.var, session.env, chosen)
    supervisor.add(site)
    try:
        supervisor.watch(until=lambda: web.answers(chosen))
        if supervisor.stopping:
            return
        if foreground.manage(session.env, "demo_logins", "--if-any", output="stderr").interrupted:
            return
        say(f"landdb is at http://{web.HOST}:{chosen}/ (Ctrl-C stops it)")
        supervisor.watch()
    finally:
        say("Stopping …")
        supervisor.stop(site.name)
