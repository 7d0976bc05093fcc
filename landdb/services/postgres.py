"""A PostgreSQL of our own, on a Unix socket, or the one that DATABASE_URL names."""

# ruff: noqa: S603 - running programs is what this file is for; none of their names come from outside

import locale
import os
import shutil
import signal
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

import psycopg
from psycopg import sql

from landdb import env
from landdb.services import ServiceError, folders, postgres_programs, postgres_settings, processes
from landdb.services.postgres_owner import Owner, choose
from landdb.services.processes import Program, Record

NAME = "postgres"
ROLE = "landdb"
DATABASE = "landdb"
SCHEMES = ("postgresql", "postgres")
# Compared byte by byte, which is fast and the same everywhere; but Đ is a letter, and its small
# form is đ. With a plain C, ILIKE and trigrams would pass over every Vietnamese letter.
LETTERS = ("C.UTF-8", "C.utf8", "vi_VN.UTF-8", "en_US.UTF-8")
PORT = 5432  # only part of the socket's name
START_PATIENCE = 600.0  # seconds; after a crash it first works through its log
KILLED_PATIENCE = 30.0  # seconds for the children of a killed server to notice and end


@dataclass
class Postgres:
    """A database that answers."""

    dsn_url: str
    started: bool
    var: Path
    ours: bool = True

    def stop(self) -> None:
        """Stop the server if it is ours, whoever started it."""
        if self.ours:
            processes.stop(self.var, NAME)


def ensure(var: Path) -> Postgres:
    """A database that answers: the one named in DATABASE_URL, else our own, started if need be."""
    if given := env.url("DATABASE_URL", default=None, schemes=SCHEMES):
        _check_answers(given)
        return Postgres(given, started=False, var=var, ours=False)
    var = folders.make(var.absolute())
    server = _Server(var)
    started = server.ensure()
    return Postgres(server.url, started=started, var=var)


def _check_answers(url: str) -> None:
    try:
        psycopg.connect(url, connect_timeout=15).close()
    except psycopg.Error as error:
        reason = " ".join(str(error).split())
        raise ServiceError(f"The database of DATABASE_URL does not answer: {reason}") from None


class _Server:
    """Our own server, with its data in `var/postgres`."""

    def __init__(self, var: Path) -> None:
        self.var = var
        self.data = var / NAME
        self.programs = postgres_programs.folder()
        self.owner: Owner = choose(self.data, self.programs)
        self.socket = folders.socket_folder(var, "pg", f".s.PGSQL.{PORT}", self.owner.ids)
        self.log = folders.log(var, NAME)
        # What the tests leave behind nobody misses after a power cut, and waiting for the disk
        # would take most of their time.
        self.lasting = not env.flag("LANDDB_TESTING", default=False)

    @property
    def url(self) -> str:
        return f"postgresql://{ROLE}@/{DATABASE}?host={quote(str(self.socket), safe='/')}"

    def ensure(self) -> bool:
        """See that it runs and holds our database; whether it had to be started."""
        self._check_version()
        running = processes.find(self.var, NAME) or self._adopt()
        # It may be dying just now; then it is as if it had not been found.
        answers = running is not None and self._wait_until_ready(running)
        if not answers:
            if not self.data.exists():
                self._make_data()
            self._start()
        self._make_database()
        return not answers

    def _check_version(self) -> None:
        file = self.data / "PG_VERSION"
        if not self.data.exists():
            return
        if not file.exists():
            raise ServiceError(f"{self.data} holds no PostgreSQL data; delete it or move it away.")
        made_by, here = file.read_text(encoding="ascii").strip(), self.programs
        if made_by != str(postgres_programs.version(here)):
            raise ServiceError(
                f"The data in {self.data} was made by PostgreSQL {made_by}, but {here} holds "
                f"{postgres_programs.version(here)}: set PG_BINDIR to the programs of {made_by}, "
                "or LANDDB_VAR to another folder."
            )

    def _adopt(self) -> Record | None:
        """A server that runs on our data without a record, because its starter was killed."""
        try:
            pid = int((self.data / "postmaster.pid").read_text(encoding="utf-8").split()[0])
        except (OSError, ValueError, IndexError):
            return None
        born = processes.birth(pid)
        if born is None:
            return None
        try:
            name = Path(f"/proc/{pid}/comm").read_text(encoding="utf-8").strip()
            home = Path(f"/proc/{pid}/cwd").readlink()
        except OSError:
            return None
        if home == self.data.resolve():
            record = Record(NAME, pid, born, self._program().stop_signals, 120.0)
            processes.write_down(self.var, record)
            return record
        if name not in ("postgres", "postmaster"):
            # The number of a server that was killed has passed to some other program, and
            # PostgreSQL would refuse to start for fear of it.
            (self.data / "postmaster.pid").unlink(missing_ok=True)
        return None

    def _make_data(self) -> None:
        """Run initdb under another name first: half-made data is never taken for data."""
        partial = self.data.with_name(f"{NAME}.partial")
        shutil.rmtree(partial, ignore_errors=True)
        folders.private(partial, self.owner.ids)
        command = [*self.owner.prefix, str(self.programs / "initdb"), "-D", str(partial), "-U", ROLE]
        command += ["--auth=trust", "--encoding=UTF8", "--locale=C", f"--lc-ctype={_letters()}"]
        command += [] if self.lasting else ["--no-sync"]
        done = subprocess.run(
            command,
            cwd="/",
            env=_clean_environment(),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            check=False,
            text=True,
            errors="replace",
            **processes.as_owner(self.owner.ids),
        )
        self.log.write_text(done.stdout, encoding="utf-8")
        if done.returncode:
            shutil.rmtree(partial, ignore_errors=True)
            raise ServiceError(
                f"The database's data could not be made in {self.data}:\n" + folders.last_lines(self.log)
            )
        with (partial / "postgresql.conf").open("a", encoding="utf-8") as conf:
            conf.write("\ninclude_if_exists = 'landdb.conf'\n")
        partial.rename(self.data)

    def _program(self) -> Program:
        return Program(
            NAME,
            [*self.owner.prefix, str(self.programs / "postgres"), "-D", str(self.data)],
            self.log,
            env=_clean_environment(),
            owner=self.owner.ids,
            # First without waiting for anybody, then at once; never SIGKILL, after which others
            # would have to clean up.
            stop_signals=(signal.SIGINT, signal.SIGQUIT),
            patience=120.0,
        )

    def _start(self) -> None:
        conf = self.data / "landdb.conf"
        text = postgres_settings.render(self.data, self.socket, self.programs, lasting=self.lasting)
        conf.write_text(text, encoding="utf-8")
        os.chown(conf, *self.owner.ids)
        deadline = time.monotonic() + KILLED_PATIENCE
        while True:
            since = self.log.stat().st_size if self.log.exists() else 0
            record = processes.start(self.var, self._program())
            if self._wait_until_ready(record):
                return
            said = folders.last_lines(self.log, since=since)
            # After a kill -9 the server's children hold its memory for another moment or two.
            lingering = "still in use" in said or "already exists" in said
            if not lingering or time.monotonic() > deadline:
                raise ServiceError(f"PostgreSQL does not start; see {self.log}:\n{said}")
            time.sleep(0.3)

    def _wait_until_ready(self, record: Record) -> bool:
        """Wait for the server to answer; False if it ends instead."""
        deadline = time.monotonic() + START_PATIENCE
        while time.monotonic() < deadline:
            try:
                self._connect().close()
            except psycopg.OperationalError:
                if not record.alive:
                    processes.forget(self.var, NAME)
                    return False
                time.sleep(0.05)
            else:
                return True
        raise ServiceError(f"PostgreSQL does not answer; see {self.log}.")

    def _connect(self) -> psycopg.Connection:
        return psycopg.connect(
            host=str(self.socket),
            port=PORT,
            user=ROLE,
            dbname="postgres",
            connect_timeout=10,
            autocommit=True,
        )

    def _make_database(self) -> None:
        with self._connect() as connection:
            known = connection.execute("SELECT FROM pg_database WHERE datname = %s", [DATABASE]).fetchone()
            if known is None:
                connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(DATABASE)))

    def recreate_database(self) -> None:
        """Delete our database with all that is in it, and make it anew."""
        with self._connect() as connection:
            connection.execute(
                sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(DATABASE))
            )
        self._make_database()


def recreate_database(var: Path) -> None:
    """Empty our own database. One that DATABASE_URL names is not ours to delete."""
    if env.text("DATABASE_URL", default=None):
        raise ServiceError(
            "--fresh deletes the database in LANDDB_VAR only; empty that of DATABASE_URL yourself."
        )
    _Server(var.absolute()).recreate_database()


def _letters() -> str:
    """A character set of this machine that knows the Vietnamese letters."""
    before = locale.setlocale(locale.LC_CTYPE)
    try:
        for name in LETTERS:
            try:
                locale.setlocale(locale.LC_CTYPE, name)
            except locale.Error:
                continue
            return name
    finally:
        locale.setlocale(locale.LC_CTYPE, before)
    raise ServiceError(f"This machine knows none of {', '.join(LETTERS)}; install one of them.")


def _clean_environment() -> dict[str, str]:
    """Nothing of ours: PGDATA, PGPORT and the like would change what the server does."""
    kept = ("PATH", "LD_LIBRARY_PATH", "TMPDIR")
    return {name: os.environ[name] for name in kept if name in os.environ}
