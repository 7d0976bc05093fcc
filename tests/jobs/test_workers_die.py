"""What real workers do where a process or a connection dies under them."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection

from landdb import jobs
from landdb.models import Job

from .kinds import wait_for

pytestmark = pytest.mark.django_db(transaction=True)


def start_worker(processes: int = 2) -> subprocess.Popen[bytes]:
    params = connection.get_connection_params()
    address = f"postgresql://{params['user']}@/{params['dbname']}?host={params.get('host', '')}"
    return subprocess.Popen(
        [
            sys.executable,
            "-m",
            "celery",
            "-A",
            "tests.jobs.worker",
            "worker",
            "-c",
            str(processes),
            "-l",
            "WARNING",
            "-Q",
            "celery",
        ],
        cwd=settings.BASE_DIR,
        env={**os.environ, "DATABASE_URL": address},
        start_new_session=True,
    )


@pytest.fixture
def workers() -> Iterator[list[subprocess.Popen[bytes]]]:
    started: list[subprocess.Popen[bytes]] = []
    yield started
    for worker in started:
        if worker.poll() is None:
            os.killpg(worker.pid, signal.SIGKILL)
            worker.wait()


@pytest.mark.skipif(not os.environ.get("REDIS_URL"), reason="no Valkey: ./run test starts one")
def test_another_worker_finishes_what_a_killed_one_left(
    workers: list[subprocess.Popen[bytes]], tmp_path: Path
) -> None:
    workers.append(start_worker())
    job = jobs.start("test_counting", chunks=8, seconds=0.3)
    assert wait_for(lambda: job.chunks.filter(done_at__isnull=False).count() >= 2), "the worker never began"
    os.killpg(workers[0].pid, signal.SIGKILL)
    workers[0].wait()
    done = job.chunks.filter(done_at__isnull=False).count()
    assert done < 16
    workers.append(start_worker())
    assert wait_for(lambda: Job.objects.get(pk=job.pk).state == Job.State.DONE, 60)
    assert Job.objects.get(pk=job.pk).result == {"lines": 16}


@pytest.mark.skipif(not os.environ.get("REDIS_URL"), reason="no Valkey: ./run test starts one")
def test_a_worker_keeps_its_connection_from_job_to_job_and_leaves_a_broken_one(
    workers: list[subprocess.Popen[bytes]],
) -> None:
    def connections() -> set[int]:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT pid FROM pg_stat_activity"
                " WHERE datname = current_database() AND backend_type = 'client backend'"
            )
            return {pid for (pid,) in cursor.fetchall()}

    def after_a_job() -> set[int]:
        job = jobs.start("test_counting", chunks=2)
        assert wait_for(lambda: Job.objects.get(pk=job.pk).state == Job.State.DONE, 60)
        return connections() - others

    others = connections()
    workers.append(start_worker(processes=1))
    kept = after_a_job()
    assert len(kept) == 1
    assert after_a_job() == kept
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_terminate_backend(%s)", [*kept])
    taken_anew = after_a_job()
    assert len(taken_anew) == 1
    assert taken_anew != kept
