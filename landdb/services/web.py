"""The web server, and a port for it."""

import http.client
import socket
import sys
from collections.abc import Mapping
from contextlib import closing
from pathlib import Path

from landdb.services import ServiceError, folders
from landdb.services.processes import Program

HOST = "127.0.0.1"
FIRST_PORT = 8000
PORTS_TRIED = 50


def program(var: Path, env: Mapping[str, str], port: int) -> Program:
    """gunicorn with two processes of four threads, on the loopback address."""
    name = f"web-{port}"
    log = folders.log(var, name)
    command = [sys.executable, "-m", "gunicorn", "landdb.wsgi:application"]
    command += ["--bind", f"{HOST}:{port}", "--workers", "2", "--threads", "4"]
    command += ["--timeout", "120", "--graceful-timeout", "10", "--access-logfile", "-"]
    return Program(name, command, log, env)


def choose_port(asked: int | None) -> int:
    """The port that was asked for, or the first free one from 8000 on."""
    if asked is not None:
        if not _free(asked):
            raise ServiceError(f"Port {asked} of {HOST} is taken or not allowed; --port names another.")
        return asked
    for port in range(FIRST_PORT, FIRST_PORT + PORTS_TRIED):
        if _free(port):
            return port
    raise ServiceError(f"No port from {FIRST_PORT} to {port} is free; --port names another.")


def _free(port: int) -> bool:
    with closing(socket.socket()) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError:
            return False
    return True


def answers(port: int) -> bool:
    """Whether the site answers anything at all."""
    with closing(http.client.HTTPConnection(HOST, port, timeout=30)) as connection:
        try:
            connection.request("HEAD", "/")
            connection.getresponse()
        except (OSError, http.client.HTTPException):
            return False
    return True
