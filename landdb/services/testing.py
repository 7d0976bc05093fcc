"""`./run test` and `./run check`."""

# ruff: noqa: S603 - running programs is what this file is for; none of their names come from outside

import fcntl
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from landdb.services import catalogues, folders, foreground
from landdb.services.demo import say
from landdb.services.folders import ROOT
from landdb.services.session import session

#: What the tests of workbooks type and save with, and the bridge to its Python.
OFFICE = ("libreoffice-calc-nogui", "python3-uno")
BROWSERS = ("chromium", "chromium-browser", "google-chrome")
#: Above this many the database server has too few connections for the tests that open many.
MOST = 4
CHECKS = (
    ["ruff", "check", "."],
    ["ruff", "format", "--check", "."],
    ["mypy", "."],
)


def test(var: Path, arguments: Sequence[str]) -> int:
    """Everything the tests need, then the tests; their exit code."""
    ensure_browser()
    ensure_office()
    own = folders.make(var / "test")
    os.environ["LANDDB_TESTING"] = "1"
    # Two runs at once would use the same test database.
    with _one_at_a_time(own), session(own) as services:
        catalogues.ensure(services.env)
        command = [sys.executable, "-m", "pytest", *(arguments or _side_by_side())]
        return foreground.run(command, services.env, folder=ROOT).code


def _side_by_side() -> list[str]:
    """All tests, in as many processes as there are processors; each makes a database of its own."""
    processors = min(len(os.sched_getaffinity(0)), MOST)
    return ["--numprocesses", str(processors), "--dist", "worksteal"] if processors > 1 else []


def check(var: Path) -> int:
    """Style, types, and whether the models have the migrations they need; all are tried."""
    failed = []
    for command in CHECKS:
        say("$ " + " ".join(command))
        program = Path(sys.executable).parent / command[0]
        if foreground.run([program, *command[1:]], os.environ, folder=ROOT).code:
            failed.append(" ".join(command).removesuffix(" ."))
    with session(folders.make(var / "test")) as services:
        say("$ manage.py makemigrations --check")
        if foreground.manage(services.env, "makemigrations", "--check", "--dry-run").code:
            failed.append("makemigrations")
    say(f"Not in order: {', '.join(failed)}." if failed else "All in order.")
    return 1 if failed else 0


@contextmanager
def _one_at_a_time(folder: Path) -> Iterator[None]:
    with (folder / "tests.lock").open("a", encoding="ascii") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            say("Waiting for the tests that another ./run test is running …")
            fcntl.flock(file, fcntl.LOCK_EX)
        yield


def ensure_browser() -> None:
    """A Chromium for the browser tests, if it can be had."""
    if any(shutil.which(name) for name in BROWSERS):
        return
    if os.geteuid() != 0 or not shutil.which("apt-get"):
        say("There is no Chromium here: the browser tests will be skipped.")
        return
    say("Installing Chromium for the browser tests …")
    if reason := _install("chromium", "fonts-dejavu"):
        say(f"Chromium could not be installed ({reason}): the browser tests will be skipped.")


def ensure_office() -> None:
    """A LibreOffice without windows for the tests of workbooks, if it can be had."""
    if shutil.which("soffice"):
        return
    if os.geteuid() != 0 or not shutil.which("apt-get"):
        say("There is no LibreOffice here: the tests that go there and back through it will be skipped.")
        return
    say("Installing LibreOffice for the tests of workbooks …")
    if reason := _install(*OFFICE):
        say(f"LibreOffice could not be installed ({reason}): its tests will be skipped.")


def _install(*packages: str) -> str:
    """Install Debian packages; why not, or nothing."""
    env = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    install = ["apt-get", "install", "-y", "--no-install-recommends", *packages]
    for command in (["apt-get", "update"], install):
        done = subprocess.run(
            command,
            env=env,
            check=False,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
        )
    return (done.stdout.strip().splitlines() or ["no reason given"])[-1] if done.returncode else ""
