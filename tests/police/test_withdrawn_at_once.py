"""A list withdrawn by two people at once, and while answers are written: each in a connection of its own."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any

import pytest
from django.db import connection, transaction

from parcels.models import LandUser
from reconciliation.actions import answer_files, answer_portions, police_batches, police_portions
from reconciliation.actions.answer_files import Row
from reconciliation.actions.changes import WrongState
from reconciliation.actions.police_batches import Line
from reconciliation.models import VerificationBatch, VerificationLine, WorkItem

from .cast import issued, item_of, line_of, make_unknown
from .files import as_csv, row, send

pytestmark = pytest.mark.django_db(transaction=True)
State = VerificationBatch.State
Start = Callable[[Callable[[], Any]], "Future[Any]"]


@pytest.fixture
def start():
    """Do something in a thread with a connection of its own."""

    def alone(work: Callable[[], Any]) -> Any:
        try:
            return work()
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        yield lambda work: pool.submit(alone, work)


def until_they_wait(*begun: Future[Any]) -> None:
    """Until each of these waits for a lock that somebody holds, or one is through without."""
    with connection.cursor() as cursor:
        while not any(each.done() for each in begun):
            cursor.execute("SELECT count(DISTINCT pid) FROM pg_locks WHERE NOT granted")
            if cursor.fetchone()[0] >= len(begun):
                return


def test_of_several_who_withdraw_at_once_one_does(start: Start, staff) -> None:
    make_unknown()
    batch = issued(staff)
    together = threading.Barrier(4)

    def press() -> str:
        together.wait()
        try:
            return str(police_batches.withdraw(batch, by=staff.mai, seen=1).state)
        except WrongState:
            return "too late"

    pressed = [start(press) for _n in range(4)]
    assert sorted(each.result() for each in pressed) == ["too late"] * 3 + ["withdrawing"]


def test_answers_written_while_a_list_is_withdrawn_stand_and_the_others_come_back(
    start: Start, staff
) -> None:
    people = [make_unknown() for _n in range(6)]
    batch = issued(staff)
    answers = send(as_csv([row(line_of(person), "Đã mất") for person in people[:4]]), staff.police)
    answers = answer_files.approve(answers, by=staff.an, reason="đã xem")
    answers.refresh_from_db()
    batch = police_batches.withdraw(batch, by=staff.mai)
    batch.refresh_from_db()
    (answered,) = answer_portions.portions(answers, Row.PLANNED)
    (unanswered,) = police_portions.portions(batch, Line.WAITING)
    with transaction.atomic():
        # Both begin before either can go on: the answers first, then who takes the list back.
        LandUser.objects.select_for_update().get(pk=people[0].pk)
        writing = start(lambda: answer_portions.carry_out(answers, *answered))
        until_they_wait(writing)
        taking = start(lambda: police_portions.take_back(batch, *unanswered))
        until_they_wait(writing, taking)
    assert writing.result()["answers"] == 4
    assert taking.result()["people"] == 2
    states = VerificationLine.objects.order_by("pk").values_list("state", flat=True)
    assert sorted(states) == [Line.ANSWERED] * 4 + [Line.WITHDRAWN] * 2
    assert [item_of(person).police_word for person in people] == ["deceased"] * 4 + [""] * 2
    assert not WorkItem.objects.filter(waits_with=WorkItem.With.POLICE).exists()
