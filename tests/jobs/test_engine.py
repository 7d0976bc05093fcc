"""Long work: each chunk happens once, whatever becomes of the workers."""

from __future__ import annotations

import os
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
import pytest
from celery import current_app
from django.db import InterfaceError, OperationalError, connection, transaction

from landdb import bulk, jobs
from landdb.jobs.engine import ATTEMPTS, step
from landdb.jobs.tasks import PARALLEL, nudge, queued, waiting, wake, work
from landdb.models import Job

from . import kinds  # noqa: F401

pytestmark = pytest.mark.django_db(transaction=True)


def run(job: Job) -> Job:
    while step(job.pk):
        pass
    job.refresh_from_db()
    return job


def lines(job: Job) -> list[str]:
    return sorted(job.lines.filter(text__startswith="done").values_list("text", flat=True))


@pytest.fixture(autouse=True)
def no_broker(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Messages are counted instead of sent: these tests play the worker themselves."""
    sent: list[int] = []
    monkeypatch.setattr("landdb.jobs.tasks.queued", Counter)
    monkeypatch.setattr("landdb.jobs.tasks.work.delay", lambda job_id, *_rest: sent.append(job_id))
    return sent


def test_a_job_goes_through_its_phases_in_order_and_does_every_chunk_once() -> None:
    job = run(jobs.start("test_counting", chunks=3))
    assert job.state == Job.State.DONE
    assert job.result == {"lines": 6}
    order = list(job.chunks.order_by("done_at").values_list("phase", flat=True))
    assert order == ["first"] * 3 + ["second"] * 3


def test_a_job_without_chunks_ends_at_once() -> None:
    assert run(jobs.start("test_counting", chunks=0)).state == Job.State.DONE


def test_a_chunk_that_fails_leaves_nothing_and_is_tried_again_before_the_job_fails() -> None:
    job = run(jobs.start("test_counting", chunks=2, failing=["first-1"]))
    assert job.state == Job.State.FAILED
    assert "first-1 cannot be done" in job.error
    assert lines(job) == ["done first-0"]
    assert job.chunks.get(key="first-1").attempts == ATTEMPTS


def test_a_failed_job_is_taken_up_again_where_it_stopped() -> None:
    job = run(jobs.start("test_counting", chunks=2, failing=["second-0"]))
    assert job.state == Job.State.FAILED
    job.arguments = {"chunks": 2}
    job.save()
    job = run(jobs.retry(job))
    assert job.state == Job.State.DONE
    assert lines(job) == ["done first-0", "done first-1", "done second-0", "done second-1"]


def test_a_cancelled_job_keeps_what_is_done_and_does_no_more() -> None:
    job = jobs.start("test_counting", chunks=3)
    step(job.pk)
    step(job.pk)
    assert jobs.cancel(job)
    assert not step(job.pk)
    assert lines(job) == ["done first-0"]
    assert not jobs.cancel(job)


def test_two_workers_never_do_the_same_chunk() -> None:
    job = jobs.start("test_counting", chunks=6, seconds=0.05)

    def work() -> None:
        try:
            while step(job.pk):
                pass
        finally:
            connection.close()

    workers = [threading.Thread(target=work) for _worker in range(3)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    run(job)
    assert len(lines(job)) == len(set(lines(job))) == 12


def test_only_one_whole_run_of_a_kind_is_open_at_a_time() -> None:
    from django.db import IntegrityError

    Job.objects.create(kind="classify")
    with pytest.raises(IntegrityError):
        Job.objects.create(kind="classify")


def test_a_job_whose_message_was_lost_is_woken(no_broker: list[int]) -> None:
    job = jobs.start("test_counting", chunks=2)
    no_broker.clear()
    nudge()
    assert no_broker == [job.pk]


@contextmanager
def in_hand(job: Job, count: int) -> Iterator[None]:
    """Some worker holds so many chunks of the job; with its end it lets go."""
    claim = "SELECT FROM landdb_jobchunk WHERE job_id = %s AND done_at IS NULL LIMIT %s FOR UPDATE"
    with psycopg.connect(bulk.conninfo()) as worker:
        worker.execute(claim, [job.pk, count])
        yield
        worker.rollback()


@pytest.mark.parametrize(
    ("held", "queued", "sent"),
    [
        (0, 0, PARALLEL),  # all workers were killed, or the queue was
        (1, 0, PARALLEL - 1),
        (2, 1, 1),
        (2, 2, 0),
        (0, 5, 0),  # no worker is there to take them
    ],
)
def test_a_job_gets_the_messages_that_it_lacks(
    no_broker: list[int], monkeypatch: pytest.MonkeyPatch, held: int, queued: int, sent: int
) -> None:
    job = jobs.start("test_counting", chunks=8)
    step(job.pk)
    no_broker.clear()
    monkeypatch.setattr("landdb.jobs.tasks.queued", lambda: Counter({job.pk: queued, job.pk + 1: 9}))
    with in_hand(job, held):
        nudge()
    assert no_broker == [job.pk] * sent


def test_no_more_messages_are_sent_than_chunks_are_left(no_broker: list[int]) -> None:
    job = jobs.start("test_counting", chunks=2)
    step(job.pk)
    no_broker.clear()
    nudge()
    assert no_broker == [job.pk] * 2


def test_who_looks_what_is_in_hand_hides_no_chunk_from_a_worker() -> None:
    job = jobs.start("test_counting", chunks=3)
    step(job.pk)
    job.refresh_from_db()
    with transaction.atomic(), in_hand(job, 2):
        assert waiting(job) == (3, 2)
        with psycopg.connect(bulk.conninfo()) as worker:
            free = "SELECT FROM landdb_jobchunk WHERE job_id = %s FOR UPDATE SKIP LOCKED"
            assert worker.execute(free, [job.pk]).rowcount == 1


@pytest.mark.skipif(not os.environ.get("REDIS_URL"), reason="no Valkey: ./run test starts one")
def test_messages_in_the_queue_are_counted_by_job() -> None:
    first, second = (Job.objects.create(kind="test_counting") for _job in range(2))
    with current_app.connection_for_write() as queue, queue.channel() as channel:
        try:
            for job in (first, second, first):
                work.apply_async([job.pk], queue="test-counted")
            wake.apply_async(queue="test-counted")
            assert queued("test-counted") == {first.pk: 2, second.pk: 1}
        finally:
            channel.client.delete("test-counted")


def test_a_timetable_that_finds_no_database_says_so_and_goes_on(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def refuse() -> None:
        raise OperationalError("connection\nrefused")

    monkeypatch.setattr("landdb.jobs.tasks.nudge", refuse)
    wake()
    assert "open jobs are not looked after: connection refused" in caplog.text


@pytest.mark.parametrize("away", [OperationalError, InterfaceError])
def test_a_message_outlasts_a_database_that_is_away(
    monkeypatch: pytest.MonkeyPatch, away: type[Exception]
) -> None:
    def refuse(_job: int) -> bool:
        raise away("connection refused")

    retried: list[float] = []

    def retry(**options: float) -> Exception:
        retried.append(options["countdown"])
        return RuntimeError("asked for again")

    job = jobs.start("test_counting")
    monkeypatch.setattr("landdb.jobs.tasks.step", refuse)
    monkeypatch.setattr(work, "retry", retry)
    work.push_request(retries=500)
    try:
        with pytest.raises(RuntimeError, match="asked for again"):
            work(job.pk)
    finally:
        work.pop_request()
    assert work.max_retries is None
    assert 0 <= retried[0] <= 10
