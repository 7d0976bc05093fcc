"""The site as `./run serve` starts it, for as long as a bench lasts, and its own record of each request."""

from __future__ import annotations

import os
import re
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from django.core.management.base import CommandError

from landdb.services import folders, processes, static, web

from .browser import KIND

UP_WITHIN = 180.0  # seconds
#: From the request's last byte read to the answer's last byte written, in microseconds (%D).
_FORMAT = f"bench %({{{KIND.lower()}}}i)s %(s)s %(D)s %(m)s %(U)s"
_LINE = re.compile(r"bench (\S+) (\d{3}) (\d+) ([A-Z]+) (\S+)")


@dataclass(frozen=True, slots=True)
class Answered:
    """One request as the server saw it: what for, its status, milliseconds, and where."""

    kind: str
    status: int
    ms: float
    method: str
    path: str


@dataclass(frozen=True, slots=True)
class Site:
    """A running site."""

    port: int
    log: Path
    since: int

    def answered(self) -> list[Answered]:
        """Every request since the start."""
        with self.log.open("rb") as file:
            file.seek(self.since)
            lines = file.read().decode("utf-8", "replace").splitlines()
        found = (_LINE.fullmatch(line) for line in lines)
        return [Answered(one[1], int(one[2]), int(one[3]) / 1000, one[4], one[5]) for one in found if one]


@contextmanager
def running() -> Iterator[Site]:
    """Started on a free port of the loopback address; stopped at the end."""
    var = Path(settings.VAR)
    env = {**os.environ, "GUNICORN_CMD_ARGS": f"--access-logformat '{_FORMAT}'"}
    static.ensure(var, env)
    port = web.choose_port(None)
    program = web.program(var, env, port)
    since = program.log.stat().st_size if program.log.exists() else 0
    record = processes.start(var, program)
    try:
        deadline = time.monotonic() + UP_WITHIN
        while not web.answers(port):
            if not record.alive or time.monotonic() > deadline:
                raise CommandError(
                    f"The site does not start:\n{folders.last_lines(program.log, since=since)}"
                )
            time.sleep(0.2)
        yield Site(port, program.log, since)
    finally:
        processes.stop(var, program.name)
