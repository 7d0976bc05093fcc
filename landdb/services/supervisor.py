"""Keeps programs running until it is told to stop."""

import signal
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType

from landdb.services import ServiceError, folders, locks, processes
from landdb.services.processes import Program
from landdb.services.session import INTERRUPTS, Session

LOOK_EVERY = 0.5  # seconds
QUICK_DEATH = 4.0  # seconds; a program that lives shorter cannot start
QUICK_DEATHS = 5  # in a row, then we give up


@dataclass
class Kept:
    """A program with what is known of its luck."""

    program: Program
    started_at: float = field(default_factory=time.monotonic)
    quick_deaths: int = 0


class Supervisor:
    """Looks after programs and the services below them."""

    def __init__(self, session: Session, say: Callable[[str], None]) -> None:
        self.session = session
        self.say = say
        self.kept: list[Kept] = []
        self.stopping = False

    @property
    def var(self) -> Path:
        return self.session.var

    def add(self, program: Program) -> None:
        """Start the program, unless another command has, and keep it running."""
        with locks.changing(self.var):
            if not processes.find(self.var, program.name):
                processes.start(self.var, program)
        if program.name not in {kept.program.name for kept in self.kept}:
            self.kept.append(Kept(program))

    def watch(self, until: Callable[[], bool] = lambda: False) -> None:
        """Keep everything running until a signal comes or `until` holds."""
        with ExitStack() as stack:
            for number in INTERRUPTS:
                before = signal.signal(number, self._stop)
                stack.callback(signal.signal, number, before)
            while not self.stopping and not until():
                self.look()
                time.sleep(LOOK_EVERY)

    @contextmanager
    def in_background(self) -> Iterator[None]:
        """Keep everything running while the block waits for something else."""
        over = threading.Event()

        def loop() -> None:
            try:
                while not over.wait(LOOK_EVERY):
                    self.look()
            except ServiceError as error:
                self.say(str(error))

        watcher = threading.Thread(target=loop, daemon=True)
        watcher.start()
        try:
            yield
        finally:
            over.set()
            watcher.join()

    def _stop(self, _number: int, _frame: FrameType | None) -> None:
        self.stopping = True

    def look(self) -> None:
        """Start again what has died, one after the other."""
        for name in self.session.revive():
            self.say(f"{name} had died and was started again.")
        for kept in self.kept:
            with locks.changing(self.var):
                if not processes.find(self.var, kept.program.name):
                    self._revive(kept)

    def _revive(self, kept: Kept) -> None:
        name, log = kept.program.name, kept.program.log
        quick = time.monotonic() - kept.started_at < QUICK_DEATH
        kept.quick_deaths = kept.quick_deaths + 1 if quick else 0
        if kept.quick_deaths >= QUICK_DEATHS:
            raise ServiceError(f"{name} does not stay up; see {log}:\n{folders.last_lines(log)}")
        # What it left behind may still work on a task that its successor is given again.
        processes.stop(self.var, name)
        kept.started_at = time.monotonic()
        processes.start(self.var, kept.program)
        self.say(f"{name} had died and was started again.")

    def stop(self, name: str) -> None:
        """Stop one program and look after it no more."""
        self.kept = [kept for kept in self.kept if kept.program.name != name]
        with locks.changing(self.var):
            processes.stop(self.var, name)
