"""The background worker and its timetable."""

import signal
import sys
from collections.abc import Mapping
from pathlib import Path

from landdb.services import folders
from landdb.services.processes import Program

WORKERS = 2
# A worker that has grown beyond this is replaced after its task.
KILOBYTES_PER_WORKER = 1_500_000


def worker(var: Path, env: Mapping[str, str]) -> Program:
    """The Celery worker: two processes that take tasks from the queue."""
    command = [*_celery(), "worker", "--loglevel", "INFO", "--concurrency", str(WORKERS)]
    command += ["--max-memory-per-child", str(KILOBYTES_PER_WORKER)]
    # There is but one worker: nobody to talk to.
    command += ["--without-gossip", "--without-mingle"]
    # Asked once it ends the tasks it has; asked again it gives them back to the queue.
    signals = (signal.SIGTERM, signal.SIGQUIT, signal.SIGKILL)
    return Program("worker", command, folders.log(var, "worker"), env, stop_signals=signals)


def beat(var: Path, env: Mapping[str, str]) -> Program:
    """Celery's clock: puts tasks into the queue when their time has come."""
    schedule = folders.make(var / "beat") / "schedule"
    command = [*_celery(), "beat", "--loglevel", "INFO", "--pidfile=", "--schedule", str(schedule)]
    return Program("beat", command, folders.log(var, "beat"), env)


def _celery() -> list[str]:
    return [sys.executable, "-m", "celery", "-A", "landdb", "--quiet"]
