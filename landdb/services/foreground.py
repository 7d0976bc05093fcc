"""Commands that we wait for."""

# ruff: noqa: S603 - running programs is what this file is for; none of their names come from outside

import os
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import FrameType
from typing import Literal

from landdb.services.folders import ROOT

SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
Output = Literal["ours", "stderr", "captured"]


@dataclass(frozen=True)
class Done:
    """How a command ended."""

    code: int
    output: str = ""
    interrupted: bool = False


def run(
    command: Sequence[str | Path],
    env: Mapping[str, str],
    output: Output = "ours",
    folder: Path | None = None,
) -> Done:
    """Run it where it shares our terminal; a signal sent to us reaches it."""
    streams = {"ours": None, "stderr": sys.stderr, "captured": subprocess.PIPE}
    child = subprocess.Popen(command, env=env, stdout=streams[output], cwd=folder, text=True)
    with _passing_on(child) as received:
        said, _ = child.communicate()
    code = child.returncode if child.returncode >= 0 else 128 - child.returncode
    return Done(code, said or "", interrupted=bool(received))


def manage(env: Mapping[str, str], *arguments: str, output: Output = "ours") -> Done:
    """Run a command of manage.py, in the folder we were called in: its files are named from there."""
    return run([sys.executable, ROOT / "manage.py", *arguments], env, output)


@contextmanager
def _passing_on(child: subprocess.Popen[str]) -> Iterator[list[int]]:
    """While a child works, signals are its business: we wait for its end. Yields those received."""
    received: list[int] = []

    def handle(number: int, _frame: FrameType | None) -> None:
        received.append(number)
        # Ctrl-C goes to all in the terminal's foreground, so the child has it already.
        if number != signal.SIGINT or not _in_foreground():
            child.send_signal(number)

    before = [(number, signal.signal(number, handle)) for number in SIGNALS]
    try:
        yield received
    finally:
        for number, handler in before:
            signal.signal(number, handler)


def _in_foreground() -> bool:
    try:
        terminal = os.open("/dev/tty", os.O_RDONLY | os.O_NOCTTY)
    except OSError:
        return False
    try:
        return os.tcgetpgrp(terminal) == os.getpgrp()
    except OSError:
        return False
    finally:
        os.close(terminal)
