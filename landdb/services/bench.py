"""`./run bench`: measurements, each on data and services of its own."""

import fcntl
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from landdb.services import ServiceError, demo, folders, foreground, postgres_settings, worker
from landdb.services.demo import say
from landdb.services.session import session
from landdb.services.supervisor import Supervisor

NAMES = {
    "matching": "seconds, memory and quality of land users × residents",
    "dirt": "quality without and with twice as much of each kind of dirt",
    "classification": "seconds and memory of every plot into its group",
    "desk": "milliseconds of each click while a room of officers works",
    "workbook": "seconds of a commune's workbook from given out to taken back",
    "fuzz": "mutated files: no crash, no hang, no memory over 1 GB, a clear sentence for each",
    "dashboards": "milliseconds of each page of managers on a province with weeks of a campaign",
    "police": "seconds of a list of the police and its messy answers; every line accounted for",
}
#: Benches that need neither database nor queue.
ALONE = {"dirt"}
#: MB of the server's own memory where it counts as what a bench uses. The others measure a province's own
#: server, which has half of the machine.
DATABASE_MEMORY = {"matching": 640}
HELP = "\n".join(
    [
        "usage: ./run bench NAME …",
        "",
        *(f"  {name:15} {words}" for name, words in NAMES.items()),
        "",
        "./run bench NAME --help says more. The data is kept in var/bench/NAME and used again.",
    ]
)


def bench(var: Path, arguments: Sequence[str]) -> int:
    """Run one measurement; its exit code."""
    name = arguments[0] if arguments else "--help"
    if name in ("-h", "--help", "help"):
        say(HELP)
        return 0
    if name not in NAMES:
        raise ServiceError(f"There is no bench {name!r}; there is: {', '.join(NAMES)}.")
    # It empties its tables, so it never works in a database that somebody else looks after.
    for service in ("DATABASE_URL", "REDIS_URL"):
        os.environ.pop(service, None)
    if {"-h", "--help"} & set(arguments):
        return foreground.manage(os.environ, "bench", *arguments, output="stderr").code
    if name in ALONE:
        return foreground.manage(os.environ, "bench", *arguments).code
    memory = DATABASE_MEMORY.get(name, postgres_settings.machine_memory() // 2)
    os.environ.setdefault(postgres_settings.MEMORY, str(memory))
    own = folder(var, name)
    with _alone(own), session(own) as services:
        steps = demo.Steps(services)
        demo.prepare(steps)
        supervisor = Supervisor(services, say)
        supervisor.add(worker.worker(services.var, services.env))
        if name == "desk":
            supervisor.add(worker.desk(services.var, services.env))
        with supervisor.in_background():
            return foreground.manage(services.env, "bench", *arguments).code


def folder(var: Path, name: str) -> Path:
    """Where a bench has its data."""
    return folders.make(var / "bench" / name)


def folders_in_use(var: Path) -> list[Path]:
    """Every bench that has data."""
    return sorted(path for path in (var / "bench").glob("*") if path.is_dir())


@contextmanager
def _alone(own: Path) -> Iterator[None]:
    """Two at once would measure each other, and on the same tables."""
    with (own / "bench.lock").open("a", encoding="ascii") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise ServiceError("Another ./run bench is at work on this data.") from None
        yield
