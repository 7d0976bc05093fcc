"""Work knows at which stage the best candidate was found: in a whole run, alone, after a person's word."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from landdb.models import User
from reconciliation.matching import evidence, refresh
from reconciliation.models import Match, WorkItem

from .cast import commune, crowd, holders_of, whole_run

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def people(settings, tmp_path) -> Iterator[list[int]]:
    settings.VAR = tmp_path
    residents = crowd(400, commune("Tam Đa"), 1) + crowd(300, commune("Yên Phụ"), 2)
    found = [person.pk for person in holders_of(residents[::7])]
    whole_run()
    return found


def staged() -> dict[int, str]:
    return dict(WorkItem.objects.order_by("land_user").values_list("land_user", "stage"))


def best() -> dict[int, str]:
    """The stage of the best candidate of each who has work, found one by one."""
    found = {}
    for pk in WorkItem.objects.values_list("land_user", flat=True):
        standing = [each for each in Match.objects.filter(land_user=pk) if each.state != Match.State.REJECTED]
        standing.sort(
            key=lambda each: (each.state != Match.State.ACCEPTED, -each.probability, each.resident_id)
        )
        found[pk] = standing[0].stage if standing else "none"
    return found


def test_a_whole_run_and_one_land_user_alone_say_the_same(people) -> None:
    told = staged()
    assert told == best()
    assert len(set(told.values())) > 1
    WorkItem.objects.update(stage="name_birth")
    for pk in people[::5]:
        refresh([pk])
    refresh(people)
    assert staged() == told == best()


@pytest.mark.parametrize("is_whole", [True, False])
def test_who_was_turned_down_is_no_candidate_and_who_was_accepted_is_the_best(people, is_whole) -> None:
    officer = User.objects.create(username="can_bo")
    for n, pk in enumerate(staged()):
        candidates = list(Match.objects.filter(land_user=pk).order_by("-probability", "resident_id"))
        if n % 3 == 0:
            word, chosen = Match.State.REJECTED, candidates
        elif n % 3 == 1:
            word, chosen = Match.State.REJECTED, candidates[:1]
        else:
            word, chosen = Match.State.ACCEPTED, candidates[-1:]
        for match in chosen:
            Match.objects.filter(pk=match.pk).update(
                state=word, decided_by=officer, decided_evidence=evidence.of(match)
            )
    whole_run() if is_whole else refresh(people)
    assert staged() == best()
    assert "none" in staged().values()
