"""Fifty officers on one list at the same time: each record is decided once, and none is left.

Short here; two minutes of it are in `./run bench desk`.
"""

from __future__ import annotations

import datetime as dt
import random
import threading
import time
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

import pytest
from django.db import connection, transaction
from django.utils import timezone

from landdb.models import AdminUnit, Role, User
from parcels.models import LandUser
from reconciliation import classification, matching
from reconciliation.actions import handovers, leases, matches
from reconciliation.actions.handovers import Handover
from reconciliation.actions.matches import EvidenceChanged
from reconciliation.models import Change, ChangeSet, Decision, GroupMove, Lease, Why, WorkItem
from reconciliation.worklists import WorkFilter
from tests import factories

from .cast import make_case, make_resident

pytestmark = pytest.mark.django_db(transaction=True)
PERSON = Lease.Kind.PERSON
With = WorkItem.With
OFFICERS = 50
PEOPLE = 24
#: Seconds that everything may take on a busy machine, and that a lease lasts in this room.
PATIENCE = 150.0
SHORT = 1.5
SYLLABLES = ("Duyên", "Hạnh", "Loan", "Mai", "Ngọc", "Oanh", "Phượng", "Quyên")


@dataclass
class Room:
    """What the officers did, written down under one lock."""

    heard: Counter[int] = field(default_factory=Counter)
    refused: int = 0
    found_taken: int = 0
    left_open: set[int] = field(default_factory=set)
    lock: threading.Lock = field(default_factory=threading.Lock)


@dataclass
class Shown:
    """A page as an officer has it: the marks of what it showed."""

    land_user: LandUser
    seen: str
    seen_all: str
    last: int


def make_people(commune: AdminUnit, count: int) -> list[LandUser]:
    """Land users whom two namesakes resemble, judged together."""
    people, plots = [], []
    for n in range(count):
        name = f"Nguyễn Thị {SYLLABLES[n % 8]} {SYLLABLES[n // 8 % 8]}"
        person = factories.make_land_user(
            commune, name_raw=name, birth_raw="1975", sex_raw="Nữ", id_number_raw=f"0241751{n:05}"
        )
        for birth in ("12/03/1975", "1975"):
            make_resident(name, birth, commune=commune)
        plot = factories.make_plot(commune)
        factories.make_holding(plot, person, factories.make_certificate(commune))
        people.append(person)
        plots.append(plot.pk)
    matching.refresh([person.pk for person in people])
    classification.refresh(plots, cause=GroupMove.Cause.FIRST)
    return people


def show(land_user_id: int) -> Shown:
    """What the desk would show now."""
    person = LandUser.objects.get(pk=land_user_id)
    last = matches.last_of(land_user_id)
    candidates = list(person.matches.best_first())
    return Shown(person, matches.stamp(candidates[0]), matches.stamp_all(candidates), last)


def decide(page: Shown, by: User, chance: random.Random) -> Decision:
    """One of the words that take a record off the list."""
    drawn = chance.random()
    if drawn < 0.4:
        best = page.land_user.matches.best_first()[0]
        return matches.decide(
            best, Decision.Kind.SAME, by=by, reason="cùng người", seen=page.seen, last=page.last
        )
    if drawn < 0.6:
        return matches.decide_not_in_registry(
            page.land_user.pk, by=by, reason="không có", seen=page.seen_all, last=page.last
        )
    handover = (
        Handover(With.COMMUNE, Why.COMMUNE_PAPERS)
        if drawn < 0.8
        else Handover(With.LATER, until=timezone.localdate() + dt.timedelta(days=7))
    )
    return handovers.hand_on(page.land_user.pk, handover, by=by, seen=page.seen_all, last=page.last)


def take_next(user: User, room: Room) -> Shown | None:
    """The page of the next free one of the list; None where none is free at the moment."""
    for item in WorkFilter(user).after(None)[:5]:
        try:
            leases.take(PERSON, item.land_user_id, by=user)
        except leases.Held:
            with room.lock:
                room.found_taken += 1
            continue
        # Until the page was there, somebody may have finished with it; who decides later makes it stale.
        page = show(item.land_user_id)
        if WorkFilter(user).items().filter(pk=item.pk).exists():
            return page
        leases.release(PERSON, item.land_user_id, by=user)
    return None


def work(user: User, room: Room, until: float) -> None:
    """Take, look, decide, give back; one in ten is left open, as by somebody called away."""
    chance = random.Random(user.pk)
    while time.monotonic() < until and WorkFilter(user).items().exists():
        page = take_next(user, room)
        if page is None:
            time.sleep(chance.uniform(0.2, 0.6))  # a person asks again, not a loop
            continue
        land_user_id = page.land_user.pk
        if chance.random() < 0.1:
            with room.lock:
                room.left_open.add(land_user_id)
            time.sleep(SHORT)
            continue
        try:
            leases.check(PERSON, land_user_id, by=user)
            decide(page, user, chance)
        except (EvidenceChanged, leases.Held):
            with room.lock:
                room.refused += 1
        else:
            with room.lock:
                room.heard[land_user_id] += 1
        leases.release(PERSON, land_user_id, by=user)


@pytest.fixture
def at_once() -> Callable[[Callable[[User], None], list[User]], None]:
    """Run the same work for each user in a thread and a connection of its own."""

    def run(work_of: Callable[[User], None], users: list[User]) -> None:
        def one(user: User) -> None:
            try:
                work_of(user)
            finally:
                connection.close()

        with ThreadPoolExecutor(len(users)) as pool:
            for done in [pool.submit(one, user) for user in users]:
                done.result()

    return run


def test_fifty_officers_decide_each_record_once_and_leave_none(
    at_once: Callable[[Callable[[User], None], list[User]], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(leases, "LASTS", dt.timedelta(seconds=SHORT))
    commune = factories.make_commune()
    people = make_people(commune, PEOPLE)
    users = [factories.make_user(Role.REVIEWER, commune=commune) for _n in range(OFFICERS)]
    waiting = set(WorkItem.objects.at_desk().values_list("land_user_id", flat=True))
    assert waiting == {person.pk for person in people}
    room = Room()
    until = time.monotonic() + PATIENCE
    at_once(lambda user: work(user, room, until), users)
    assert not WorkItem.objects.at_desk().exists()
    assert room.heard == Counter(waiting)
    assert Counter(Decision.objects.values_list("land_user_id", flat=True)) == Counter(waiting)
    # Somebody's record was left open, and somebody else finished it.
    assert room.left_open
    assert set(ChangeSet.objects.values_list("state", flat=True)) == {ChangeSet.State.APPLIED}
    assert set(Change.objects.values_list("state", flat=True)) == {Change.State.APPLIED}


def test_of_fifty_who_press_next_on_one_record_one_gets_it(
    at_once: Callable[[Callable[[User], None], list[User]], None],
) -> None:
    case = make_case()
    users = [factories.make_user(Role.REVIEWER, commune=case.commune) for _n in range(OFFICERS)]
    room, got = Room(), []
    together = threading.Barrier(OFFICERS)

    def press(user: User) -> None:
        together.wait(PATIENCE)
        if take_next(user, room) is not None:
            got.append(user)

    at_once(press, users)
    assert len(got) == 1
    assert Lease.objects.get().holder == got[0]


def test_of_many_who_have_the_same_page_one_is_heard_and_of_the_others_nothing_is_written(
    at_once: Callable[[Callable[[User], None], list[User]], None],
) -> None:
    case = make_case()
    users = [factories.make_user(Role.REVIEWER, commune=case.commune) for _n in range(8)]
    page = show(case.land_user.pk)
    room = Room()
    together = threading.Barrier(len(users))

    def press(user: User) -> None:
        together.wait(PATIENCE)
        try:
            decide(page, user, random.Random(user.pk))
        except EvidenceChanged:
            with room.lock:
                room.refused += 1

    at_once(press, users)
    assert room.refused == len(users) - 1
    assert Decision.objects.count() == 1
    assert ChangeSet.objects.count() == 1
    assert Change.objects.exclude(change_set=ChangeSet.objects.get()).count() == 0


@pytest.mark.parametrize("first", [With.COMMUNE, With.LATER])
def test_who_still_has_the_page_from_before_a_hand_over_is_refused(first: WorkItem.With) -> None:
    case = make_case()
    ha, mai = factories.make_user(), factories.make_user()
    pages = [show(case.land_user.pk) for _each in (ha, mai)]
    why = Why.COMMUNE_PAPERS if first == With.COMMUNE else ""
    until = timezone.localdate() + dt.timedelta(days=3)
    handovers.hand_on(
        case.land_user.pk,
        Handover(first, why, until=until),
        by=ha,
        seen=pages[0].seen_all,
        last=pages[0].last,
    )
    for seed in range(8):
        with pytest.raises(EvidenceChanged), transaction.atomic():
            decide(pages[1], mai, random.Random(seed))
    assert Decision.objects.filter(by=mai).count() == 0
    assert WorkItem.objects.get().waits_with == first


def test_a_lease_that_ran_out_is_anothers_and_the_former_holder_is_held_off(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    case = make_case()
    ha, mai = (factories.make_user(Role.REVIEWER, commune=case.commune) for _n in range(2))
    leases.take(PERSON, case.land_user.pk, by=ha)
    room = Room()
    assert take_next(mai, room) is None
    later = timezone.now() + leases.LASTS + dt.timedelta(seconds=1)
    monkeypatch.setattr(timezone, "now", lambda: later)
    page = take_next(mai, room)
    assert page is not None
    assert page.land_user == case.land_user
    with pytest.raises(leases.Held):
        leases.check(PERSON, case.land_user.pk, by=ha)
