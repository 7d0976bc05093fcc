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
#: Under these names the programs are recorded.
WORKER, DESK = "worker", "worker-desk"
DESK_QUEUE = "desk"
NICENESS = 5
# Asked once it ends the tasks it has; asked again it gives them back to the queue.
_SIGNALS = (signal.SIGTERM, signal.SIGQUIT, signal.SIGKILL)


def worker(var: Path, env: Mapping[str, str]) -> Program:
    """The Celery worker: two processes that take tasks from the queue."""
    command = [*_celery(), "worker", "--loglevel", "INFO", "--concurrency", str(WORKERS)]
    command += ["--max-memory-per-child", str(KILOBYTES_PER_WORKER)]
    # No worker needs to know of another.
    command += ["--without-gossip", "--without-mingle"]
    return Program(WORKER, command, folders.log(var, WORKER), env, stop_signals=_SIGNALS)


def desk(var: Path, env: Mapping[str, str]) -> Program:
    """One process for what follows from single words of the desk: they wait behind nothing else."""
    command = [*_celery(), "worker", "--loglevel", "INFO", "--concurrency", "1", "--queues", DESK_QUEUE]
    command += ["--hostname", "desk@%h", "--max-memory-per-child", str(KILOBYTES_PER_WORKER)]
    command += ["--without-gossip", "--without-mingle"]
    return Program(DESK, command, folders.log(var, DESK), env, stop_signals=_SIGNALS)


def beat(var: Path, env: Mapping[str, str]) -> Program:
    """Celery's clock: puts tasks into the queue when their time has come."""
    schedule = folders.make(var / "beat") / "schedule"
    command = [*_celery(), "beat", "--loglevel", "INFO", "--pidfile=", "--schedule", str(schedule)]
    return Program("beat", command, folders.log(var, "beat"), env)


def _celery() -> list[str]:
    """Whoever clicks comes first: on a busy machine jobs wait for pages, not pages for jobs."""
    return ["nice", "-n", str(NICENESS), sys.executable, "-m", "celery", "-A", "landdb", "--quiet"]
