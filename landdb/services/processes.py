"""Processes that outlive the command that started them, found again by what was written down.

A record in `$LANDDB_VAR/run` holds the process id and the moment its process began. Only a process
for which both are right is ever sent a signal: an id alone may have passed to somebody else.
"""

# ruff: noqa: S603 - running programs is what this file is for; none of their names come from outside

import json
import os
import signal
import subprocess
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from functools import cache
from pathlib import Path
from typing import TypedDict

from landdb.services import ServiceError
from landdb.services.folders import ROOT, make

# Those we started ourselves: they must be reaped when they end.
_children: dict[int, subprocess.Popen[bytes]] = {}


@dataclass(frozen=True)
class Program:
    """What to run, and how to ask it to stop."""

    name: str
    command: Sequence[str]
    log: Path
    env: Mapping[str, str] | None = None
    owner: tuple[int, int] | None = None  # user and group to run as; None: our own
    stop_signals: Sequence[int] = (signal.SIGTERM, signal.SIGKILL)
    patience: float = 30.0  # seconds between one signal and the next


@dataclass(frozen=True)
class Record:
    """A process as it was written down."""

    name: str
    pid: int
    birth: str
    stop_signals: Sequence[int] = field(default=(signal.SIGTERM, signal.SIGKILL))
    patience: float = 30.0

    @property
    def alive(self) -> bool:
        if child := _children.get(self.pid):
            child.poll()
        return birth(self.pid) == self.birth


@cache
def _boot() -> str:
    return Path("/proc/sys/kernel/random/boot_id").read_text(encoding="ascii").strip()


def _stat(pid: int) -> list[str]:
    """The fields of /proc/PID/stat from the state on; empty if there is no such process."""
    try:
        line = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return []
    return line.rpartition(")")[2].split()  # the name before it may hold blanks and brackets


def birth(pid: int) -> str | None:
    """When the process began, unlike that of any other process with its id; None if it ended."""
    fields = _stat(pid)
    return f"{_boot()}:{fields[19]}" if fields and fields[0] not in "ZX" else None


def _path(var: Path, name: str) -> Path:
    return make(var / "run") / f"{name}.json"


def write_down(var: Path, record: Record) -> None:
    """Keep a record of the process."""
    path = _path(var, record.name)
    # By another name first: whoever reads meanwhile finds the whole of it or nothing.
    partial = path.with_suffix(f".{os.getpid()}")
    partial.write_text(json.dumps(asdict(record)), encoding="utf-8")
    partial.replace(path)


def forget(var: Path, name: str) -> None:
    _path(var, name).unlink(missing_ok=True)


def _read(var: Path, name: str) -> Record | None:
    """The record of that name, whether its process lives or not."""
    try:
        kept = json.loads(_path(var, name).read_text(encoding="utf-8"))
        return Record(**{**kept, "stop_signals": tuple(kept["stop_signals"])})
    except (OSError, ValueError, TypeError, KeyError):
        return None


def find(var: Path, name: str) -> Record | None:
    """The process of that name, if it still lives."""
    record = _read(var, name)
    return record if record and record.alive else None


def find_all(var: Path) -> Iterator[Record]:
    """Every recorded process that still lives; records of the dead are cleared away."""
    for path in sorted(make(var / "run").glob("*.json")):
        if record := find(var, path.stem):
            yield record
        else:
            stop(var, path.stem)


def start(var: Path, program: Program) -> Record:
    """Start the program in a session of its own, where no Ctrl-C of ours reaches it."""
    try:
        with program.log.open("ab") as log:
            child = subprocess.Popen(
                program.command,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                cwd="/" if program.owner else ROOT,
                env=program.env,
                start_new_session=True,
                umask=0o077,
                **as_owner(program.owner),
            )
    except OSError as error:
        raise ServiceError(f"{program.command[0]} does not start: {error.strerror}.") from None
    _children[child.pid] = child
    record = Record(
        name=program.name,
        pid=child.pid,
        birth=birth(child.pid) or "ended",
        stop_signals=tuple(program.stop_signals),
        patience=program.patience,
    )
    write_down(var, record)
    return record


class AsOwner(TypedDict, total=False):
    """The arguments with which subprocess runs something as another user."""

    user: int
    group: int
    extra_groups: list[int]


def as_owner(owner: tuple[int, int] | None) -> AsOwner:
    """Nothing if we are that user."""
    if owner is None or owner[0] == os.geteuid():
        return {}
    return {"user": owner[0], "group": owner[1], "extra_groups": []}


def send(record: Record, number: int) -> bool:
    """Send a signal to this very process; False if it has ended."""
    try:
        handle = os.pidfd_open(record.pid)
    except ProcessLookupError:
        return False
    try:
        # With the handle open the id cannot pass to another process between look and signal.
        if not record.alive:
            return False
        signal.pidfd_send_signal(handle, number)
    except ProcessLookupError:
        return False
    except PermissionError:
        raise ServiceError(
            f"{record.name} (process {record.pid}) was started by another user, who must stop it."
        ) from None
    finally:
        os.close(handle)
    return True


def wait(record: Record, seconds: float) -> bool:
    """Whether the process has ended, waiting for it so long at most."""
    deadline = time.monotonic() + seconds
    while record.alive:
        if time.monotonic() > deadline:
            return False
        time.sleep(0.02)
    return True


def stop(var: Path, name: str) -> bool:
    """Stop the process of that name and what it left behind; False if it had ended before."""
    record = _read(var, name)
    was_alive = record is not None and record.alive
    if record is not None:
        for number in record.stop_signals:
            if not send(record, number) or wait(record, record.patience):
                break
        if record.alive:
            raise ServiceError(f"{name} (process {record.pid}) does not stop.")
        _sweep(record)
    forget(var, name)
    return was_alive


def _sweep(record: Record) -> None:
    """End the children that a process left behind when it was killed.

    They are known by their session, whose number is that of the process which began it; nobody
    else can get that number as long as one of them lives.
    """
    if birth(record.pid) not in (None, record.birth):
        return  # the number has passed on, so nothing was left
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit() and int(entry.name) != record.pid:
            fields = _stat(int(entry.name))
            if len(fields) > 19 and fields[3] == str(record.pid):
                began = birth(int(entry.name))
                if began is not None:
                    send(Record(record.name, int(entry.name), began), signal.SIGKILL)
