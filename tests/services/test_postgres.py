"""Our own PostgreSQL, for real."""

import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import psycopg
import pytest

from landdb.env import EnvError
from landdb.services import ServiceError, folders, postgres, postgres_owner, postgres_settings, processes
from tests.jobs.kinds import wait_for

DEBIAN = Path("/usr/lib/postgresql/15/bin")


def ask(url: str, question: str) -> object:
    with psycopg.connect(url) as connection:
        row = connection.execute(question).fetchone()  # type: ignore[call-overload]
    return row and row[0]


def pid_of(var: Path) -> int:
    record = processes.find(var, postgres.NAME)
    assert record
    return record.pid


def test_it_starts_once_and_stops(var: Path) -> None:
    first = postgres.ensure(var)
    assert first.started
    pid = pid_of(var)
    second = postgres.ensure(var)
    assert not second.started
    assert second.dsn_url == first.dsn_url
    assert pid_of(var) == pid
    assert ask(first.dsn_url, "SHOW listen_addresses") == ""
    assert ask(first.dsn_url, "SHOW work_mem") == "64MB"
    # Vietnamese letters are letters, and order is that of their bytes.
    assert ask(first.dsn_url, "SELECT 'NGUYỄN ĐỖ' ILIKE 'nguyễn đỗ'") is True
    assert ask(first.dsn_url, "SELECT 'z' < 'Đ' AND 'Z' < 'a'") is True
    assert (var / "run" / "pg").stat().st_mode & 0o777 == 0o700
    second.stop()
    assert processes.find(var, postgres.NAME) is None
    assert processes.birth(pid) is None


def test_it_comes_back_after_kill_9_with_its_data(var: Path) -> None:
    url = postgres.ensure(var).dsn_url
    with psycopg.connect(url) as connection:
        connection.execute("CREATE TABLE kept AS SELECT 42 AS n")
        connection.execute("SET synchronous_commit = on")
        connection.commit()
    # Somebody is connected, so the server's children hold on to its memory.
    with psycopg.connect(url):
        os.kill(pid_of(var), signal.SIGKILL)
        again = postgres.ensure(var)
    assert again.started
    assert ask(again.dsn_url, "SELECT n FROM kept") == 42


def test_what_a_killed_client_had_in_hand_is_let_go_before_its_statement_ends(var: Path) -> None:
    url = postgres.ensure(var).dsn_url
    program = "import psycopg, sys; psycopg.connect(sys.argv[1]).execute('SELECT pg_sleep(60)')"
    client = subprocess.Popen([sys.executable, "-c", program, url])
    sleeping = "SELECT count(*) FROM pg_stat_activity WHERE query = 'SELECT pg_sleep(60)'"
    assert wait_for(lambda: ask(url, sleeping) == 1)
    client.kill()
    client.wait()
    assert wait_for(lambda: ask(url, sleeping) == 0)


def test_a_stale_number_that_passed_to_another_program_does_no_harm(var: Path) -> None:
    postgres.ensure(var).stop()
    stranger = subprocess.Popen(["sleep", "60"])
    try:
        lines = [
            str(stranger.pid),
            str(var / "postgres"),
            "1",
            "5432",
            str(var / "run/pg"),
            "",
            "1 1",
            "ready",
        ]
        (var / "postgres" / "postmaster.pid").write_text("\n".join(lines) + "\n")
        assert postgres.ensure(var).started
        assert stranger.poll() is None
    finally:
        stranger.kill()
        stranger.wait()


def test_a_running_server_without_a_record_is_found(var: Path) -> None:
    postgres.ensure(var)
    pid = pid_of(var)
    processes.forget(var, postgres.NAME)
    assert not postgres.ensure(var).started
    assert pid_of(var) == pid


def test_only_the_data_of_tests_may_be_lost_in_a_power_cut(tmp_path: Path) -> None:
    assert "\nfsync = 'on'\nfull_page_writes = 'on'\n" in rendered(tmp_path, lasting=True)
    assert "\nfsync = 'off'\n" in rendered(tmp_path, lasting=False)


def test_the_database_takes_as_much_memory_as_it_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(postgres_settings.MEMORY, "256")
    assert "\nshared_buffers = '256MB'\n" in rendered(tmp_path)


@pytest.mark.parametrize("nonsense", ["much", "12", "99999999"])
def test_memory_that_the_machine_does_not_have_is_refused_with_a_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, nonsense: str
) -> None:
    monkeypatch.setenv(postgres_settings.MEMORY, nonsense)
    with pytest.raises(EnvError, match=f"LANDDB_DATABASE_MEMORY.*{nonsense}"):
        rendered(tmp_path)


def test_tests_take_little_memory_whatever_the_machine_has(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LANDDB_TESTING", "yes")
    monkeypatch.delenv(postgres_settings.MEMORY, raising=False)
    assert "\nshared_buffers = '512MB'\n" in rendered(tmp_path)


def test_what_was_in_memory_is_read_back_after_a_restart(var: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LANDDB_TESTING", "no")
    database = postgres.ensure(var)
    database.stop()
    assert (var / "postgres" / "autoprewarm.blocks").stat().st_size > 0


def test_programs_without_that_module_do_without_it(tmp_path: Path) -> None:
    assert "shared_preload_libraries" not in rendered(tmp_path, lasting=True)


def rendered(folder: Path, *, lasting: bool = False) -> str:
    """The configuration of a server whose programs are nothing but themselves."""
    return postgres_settings.render(folder, folder, folder / "bin", lasting=lasting)


def test_half_made_data_is_made_anew(var: Path) -> None:
    (var / "postgres.partial" / "base").mkdir(parents=True)
    (var / "postgres.partial" / "PG_VERSION").write_text("18\n")
    assert postgres.ensure(var).started
    assert not (var / "postgres.partial").exists()


def test_a_path_too_long_for_a_socket_is_got_around(var: Path) -> None:
    deep = var / ("d" * 60) / ("e" * 60)
    service = postgres.ensure(deep)
    try:
        folder = Path(service.dsn_url.partition("host=")[2])
        assert folder.parent == Path("/tmp")  # noqa: S108
        assert folder.stat().st_mode & 0o777 == 0o700
        assert ask(service.dsn_url, "SELECT 1") == 1
        assert not postgres.ensure(deep).started
    finally:
        service.stop()
        shutil.rmtree(folder)


def test_a_short_folder_that_belongs_to_somebody_else_is_refused(tmp_path: Path) -> None:
    trap = tmp_path / "trap"
    trap.symlink_to("/etc")
    with pytest.raises(ServiceError, match="is not ours"):
        folders.private(trap, (os.geteuid(), os.getegid()))


def test_data_of_another_version_is_a_sentence(var: Path) -> None:
    postgres.ensure(var).stop()
    (var / "postgres" / "PG_VERSION").write_text("12\n")
    with pytest.raises(ServiceError, match=r"was made by PostgreSQL 12, but .* set PG_BINDIR"):
        postgres.ensure(var)


def test_what_the_server_says_when_it_cannot_start_is_passed_on(var: Path) -> None:
    postgres.ensure(var).stop()
    with (var / "postgres" / "postgresql.conf").open("a") as conf:
        conf.write("no_such_setting = 1\n")
    with pytest.raises(ServiceError, match=r"does not start(.|\n)*no_such_setting"):
        postgres.ensure(var)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root has folders that others cannot enter and it can")
def test_root_can_use_a_folder_that_nobody_else_may_enter(tmp_path: Path) -> None:
    tmp_path.chmod(0o700)
    service = postgres.ensure(tmp_path)
    try:
        assert ask(service.dsn_url, "SELECT 1") == 1
        os.kill(pid_of(tmp_path), signal.SIGKILL)
        assert postgres.ensure(tmp_path).started
    finally:
        service.stop()


@pytest.mark.skipif(not DEBIAN.is_dir(), reason="no PostgreSQL 15 of Debian's here")
def test_other_programs_can_be_named(var: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PG_BINDIR", str(DEBIAN))
    url = postgres.ensure(var).dsn_url
    assert str(ask(url, "SHOW server_version")).startswith("15.")
    assert ask(url, "SELECT lower('ĐỖ')") == "đỗ"
    monkeypatch.setenv("PG_BINDIR", str(var))
    with pytest.raises(ServiceError, match="where there is no initdb"):
        postgres.ensure(var)


def test_a_database_that_is_named_is_used_and_nothing_started(
    var: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = postgres.ensure(var).dsn_url
    monkeypatch.setenv("DATABASE_URL", url)
    elsewhere = var / "elsewhere"
    given = postgres.ensure(elsewhere)
    assert (given.dsn_url, given.started) == (url, False)
    assert not elsewhere.exists()
    given.stop()
    assert ask(url, "SELECT 1") == 1
    with pytest.raises(ServiceError, match="--fresh deletes the database in LANDDB_VAR only"):
        postgres.recreate_database(elsewhere)
    monkeypatch.setenv("DATABASE_URL", "postgresql://nobody@127.0.0.1:1/none")
    started = time.monotonic()
    with pytest.raises(ServiceError, match="The database of DATABASE_URL does not answer"):
        postgres.ensure(elsewhere)
    assert time.monotonic() - started < 5


@pytest.mark.skipif(os.geteuid() != 0, reason="an ordinary user runs the server himself")
def test_root_without_any_way_to_run_it_is_told_what_to_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tmp_path.chmod(0o700)
    monkeypatch.setattr(postgres_owner, "IN_DISGUISE", ("false",))
    with pytest.raises(ServiceError, match=r"does not run as root.* DATABASE_URL"):
        postgres.ensure(tmp_path)
    assert not (tmp_path / "postgres").exists()
