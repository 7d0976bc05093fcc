"""The services as one command needs them: up when it begins, down when the last one ends."""

import os
import signal
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from landdb.services import folders, locks, postgres, processes, valkey, worker
from landdb.services.folders import ROOT
from landdb.services.processes import Record

# Stopped first comes first. What is not named here (web processes) goes before all of it.
LAST_TO_STOP = ("beat", worker.WORKER, worker.DESK, valkey.NAME, postgres.NAME)
RUN = "run-"  # a command that uses the services is recorded as run-PID
INTERRUPTS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
RUN_PATIENCE = 150.0  # seconds for a command to end its own work and stop what it started


@dataclass
class Session:
    """The services, and the environment in which Django finds them."""

    var: Path
    env: Mapping[str, str]
    user: locks.User
    ours: Sequence[str] = ()  # services that nobody else looks after
    seconds: float = 0.0  # until the services answered

    def revive(self) -> list[str]:
        """Start services of ours that have died; their names."""
        dead = [name for name in self.ours if not processes.find(self.var, name)]
        if dead:
            with locks.changing(self.var):
                postgres.ensure(self.var)
                valkey.ensure(self.var)
        return dead

    def recreate_database(self) -> bool:
        """Empty database and queue; False if somebody else is using them."""
        with locks.changing(self.var):
            if not self.user.alone():
                return False
            for name in ("beat", worker.WORKER, worker.DESK):
                processes.stop(self.var, name)
            postgres.recreate_database(self.var)
            valkey.empty(self.var)
            self.user.join()
        return True


@contextmanager
def session(var: Path) -> Iterator[Session]:
    """Services up; at the end down again, unless another command still uses them."""
    user = locks.User(var)
    started = time.monotonic()
    try:
        with locks.changing(var):
            user.join()
            _record_ourselves(var)
            database, queue = postgres.ensure(var), valkey.ensure(var)
        env = environment(var, database.dsn_url, queue.url)
        services = {postgres.NAME: database.ours, valkey.NAME: queue.ours}
        ours = [name for name, is_ours in services.items() if is_ours]
        yield Session(var, env, user, ours, seconds=round(time.monotonic() - started, 1))
    finally:
        # A second Ctrl-C must not leave half of them running.
        before = [(number, signal.signal(number, signal.SIG_IGN)) for number in INTERRUPTS]
        try:
            with locks.changing(var):
                processes.forget(var, _our_name())
                if user.alone():
                    _stop_programs(var)
                user.leave()
        finally:
            for number, handler in before:
                signal.signal(number, handler)


def environment(var: Path, database_url: str, queue_url: str) -> dict[str, str]:
    """What Django, Celery and gunicorn are told."""
    return {
        **os.environ,
        "DATABASE_URL": database_url,
        "REDIS_URL": queue_url,
        "LANDDB_VAR": str(var),
        "LANDDB_SECRET_KEY": folders.secret_key(var),
        "PYTHONPATH": str(ROOT),
    }


def stop_everything(var: Path) -> list[str]:
    """Stop every command that uses this folder, then whatever is left; the names of all."""
    with locks.changing(var):
        known = list(processes.find_all(var))
    commands = [each for each in known if each.name.startswith(RUN) and each.pid != os.getpid()]
    for record in commands:
        processes.send(record, signal.SIGTERM)
    for record in commands:
        processes.wait(record, RUN_PATIENCE)
    with locks.changing(var):
        return [record.name for record in commands] + _stop_programs(var)


def _stop_programs(var: Path) -> list[str]:
    def order(record: Record) -> int:
        return LAST_TO_STOP.index(record.name) if record.name in LAST_TO_STOP else -1

    programs = [each for each in processes.find_all(var) if not each.name.startswith(RUN)]
    return [each.name for each in sorted(programs, key=order) if processes.stop(var, each.name)]


def _our_name() -> str:
    return f"{RUN}{os.getpid()}"


def _record_ourselves(var: Path) -> None:
    birth = processes.birth(os.getpid())
    processes.write_down(var, Record(_our_name(), os.getpid(), birth or ""))
