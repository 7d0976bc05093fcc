"""manage.py where the database is away."""

import os
import subprocess
import sys
from pathlib import Path

import psycopg
import pytest
from django.db import OperationalError

from landdb.database import is_away
from landdb.services.folders import ROOT


def test_a_database_that_does_not_answer_is_told_in_a_sentence(tmp_path: Path) -> None:
    env = {**os.environ, "DATABASE_URL": f"postgresql://landdb@/landdb?host={tmp_path}"}
    line = [sys.executable, str(ROOT / "manage.py"), "explain", "1"]
    done = subprocess.run(line, env=env, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert done.stderr.startswith("The database does not answer: ")
    assert len(done.stderr.splitlines()) == 1


@pytest.mark.parametrize(
    ("cause", "away"),
    [
        (psycopg.OperationalError("the connection is closed"), True),
        (psycopg.errors.AdminShutdown(), True),
        (psycopg.errors.CannotConnectNow(), True),
        (psycopg.errors.DeadlockDetected(), False),
        (psycopg.errors.DiskFull(), False),
    ],
)
def test_what_else_a_database_may_lack_is_no_absence(cause: Exception, away: bool) -> None:
    error = OperationalError()
    error.__cause__ = cause
    assert is_away(error) is away
