"""One file read in a process of its own, which may be killed: its seconds, its memory, what came of it."""

from __future__ import annotations

import multiprocessing
import resource
import time
import traceback
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

import django
from django.conf import settings

_GB = 2**30


@dataclass(slots=True)
class Told:
    """`kind` is read, refused, crash, or hang; `gb` the most memory that the process has had so far."""

    kind: str
    words: str = ""
    rows: int = 0
    told: int = 0
    seconds: float = 0.0
    gb: float = 0.0


class Child:
    """Reads one file after the other; a new process is started where one was killed or has grown."""

    def __init__(self, timeout: float, most_gb: float, kept: Path) -> None:
        """`kept` is where files that are kept lie until the next one is read."""
        self.timeout, self.most_gb, self.kept = timeout, most_gb, kept
        self._start()

    def _start(self) -> None:
        fresh = multiprocessing.get_context("spawn")
        self.ours, theirs = fresh.Pipe()
        self.process = fresh.Process(target=_serve, args=(theirs, str(self.kept)), daemon=True)
        self.process.start()
        theirs.close()
        self.ours.recv()

    def read(self, reader: str, path: Path) -> Told:
        """What came of a file."""
        begun = time.monotonic()
        self.ours.send((reader, str(path)))
        try:
            told: Told = self.ours.recv() if self.ours.poll(self.timeout) else Told("hang")
        except EOFError:
            told = Told("crash", "the process died")
        told.seconds = round(time.monotonic() - begun, 2)
        if told.kind == "hang" or not self.process.is_alive() or told.gb > self.most_gb / 2:
            self.stop()
            self._start()
        return told

    def stop(self) -> None:
        self.process.kill()
        self.process.join()


def _serve(pipe: Connection, kept: str) -> None:
    django.setup()
    settings.FILES_DIR = Path(kept)
    # Models can be loaded only now: a fresh process comes here before Django is set up.
    from .readers import READERS

    known = {reader.name: reader for reader in READERS}
    pipe.send("ready")
    while True:
        try:
            name, path = pipe.recv()
        except EOFError:
            return
        pipe.send(_read(known[name], Path(path)))


def _read(reader: Any, path: Path) -> Told:
    try:
        found = reader.read(path)
        told = Told("read" if found.is_read else "refused", found.words, found.rows, found.told)
    except Exception:
        told = Told("crash", traceback.format_exc()[-1500:])
    for left in Path(settings.FILES_DIR).glob("*"):
        left.unlink()
    told.gb = round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 / _GB, 3)
    return told
