"""Only what we started is ever stopped, and all of that."""

import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest

from landdb.services import ServiceError, locks, processes, web
from landdb.services.processes import Program, Record
from landdb.services.session import Session, session
from landdb.services.supervisor import QUICK_DEATHS, Supervisor


def program(var: Path, *command: str, patience: float = 5.0) -> Program:
    return Program("trial", command, var / "trial.log", patience=patience)


def until(holds: object) -> None:
    deadline = time.monotonic() + 5
    while not holds():  # type: ignore[operator]
        assert time.monotonic() < deadline
        time.sleep(0.02)


def test_it_is_found_by_its_record_and_stopped(var: Path) -> None:
    record = processes.start(var, program(var, "sleep", "60"))
    assert processes.find(var, "trial") == record
    assert processes.stop(var, "trial")
    assert processes.find(var, "trial") is None
    assert not processes.stop(var, "trial")


def test_a_process_that_has_the_number_but_not_the_birth_is_let_be(var: Path) -> None:
    stranger = subprocess.Popen(["sleep", "60"])
    try:
        processes.write_down(var, Record("trial", stranger.pid, "another time"))
        assert processes.find(var, "trial") is None
        assert not processes.stop(var, "trial")
        assert stranger.poll() is None
    finally:
        stranger.kill()
        stranger.wait()


def test_a_deaf_process_is_asked_once_and_then_ended(var: Path) -> None:
    deaf = "import signal, time; signal.signal(15, signal.SIG_IGN); print('on', flush=True); time.sleep(60)"
    record = processes.start(var, program(var, sys.executable, "-c", deaf, patience=0.3))
    until(lambda: "on" in (var / "trial.log").read_text())
    assert processes.stop(var, "trial")
    assert not record.alive


def test_what_a_killed_process_leaves_behind_is_ended(var: Path) -> None:
    record = processes.start(var, program(var, "sh", "-c", "sleep 61 & echo $!; wait"))
    until(lambda: (var / "trial.log").read_text().endswith("\n"))
    child = int((var / "trial.log").read_text())
    os.kill(record.pid, signal.SIGKILL)
    assert processes.wait(record, 5)
    assert processes.birth(child)
    processes.stop(var, "trial")
    until(lambda: processes.birth(child) is None)


def test_a_program_that_is_not_there_is_a_sentence(var: Path) -> None:
    with pytest.raises(ServiceError, match="/no/such/program does not start: No such file"):
        processes.start(var, program(var, "/no/such/program"))


def test_the_last_one_out_stops_the_services(var: Path) -> None:
    with session(var) as first:
        with session(var) as second:
            assert second.env["DATABASE_URL"] == first.env["DATABASE_URL"]
            assert not second.recreate_database()
        assert first.revive() == []
        assert first.env["LANDDB_SECRET_KEY"] == (var / "secret_key").read_text()
        assert (var / "secret_key").stat().st_mode & 0o777 == 0o600
        assert first.recreate_database()
        running = {record.name for record in processes.find_all(var)}
        assert {"postgres", "valkey"} <= running
    assert list(processes.find_all(var)) == []


def a_session(var: Path) -> Session:
    """One without services to look after."""
    return Session(var, dict(os.environ), locks.User(var))


def test_the_supervisor_starts_again_what_was_killed(var: Path) -> None:
    said: list[str] = []
    supervisor = Supervisor(a_session(var), said.append)
    supervisor.add(program(var, "sleep", "60"))
    before = processes.find(var, "trial")
    assert before
    supervisor.look()
    assert processes.find(var, "trial") == before
    os.kill(before.pid, signal.SIGKILL)
    until(lambda: not before.alive)
    supervisor.look()
    after = processes.find(var, "trial")
    assert after
    assert after.pid != before.pid
    assert said == ["trial had died and was started again."]
    supervisor.stop("trial")
    assert not after.alive


def test_the_supervisor_gives_up_on_what_never_stays_up(var: Path) -> None:
    supervisor = Supervisor(a_session(var), lambda _words: None)
    supervisor.add(program(var, "sh", "-c", "echo out of luck"))

    def look_often() -> None:
        for _ in range(QUICK_DEATHS):
            until(lambda: processes.find(var, "trial") is None)
            supervisor.look()

    with pytest.raises(ServiceError, match=r"trial does not stay up(.|\n)*out of luck"):
        look_often()


def test_a_taken_port_is_passed_over_unless_it_was_asked_for() -> None:
    port = web.choose_port(None)
    with socket.socket() as taken:
        taken.bind((web.HOST, port))
        taken.listen()
        assert web.choose_port(None) > port
        with pytest.raises(ServiceError, match=f"Port {port} of 127.0.0.1 is taken"):
            web.choose_port(port)


def test_the_supervisor_looks_while_something_else_is_done(var: Path) -> None:
    supervisor = Supervisor(a_session(var), lambda _words: None)
    supervisor.add(program(var, "sleep", "60"))
    supervisor.add(program(var, "sleep", "60"))
    before = processes.find(var, "trial")
    assert before
    with supervisor.in_background():
        os.kill(before.pid, signal.SIGKILL)
        until(lambda: not before.alive and processes.find(var, "trial"))
    assert len(supervisor.kept) == 1
