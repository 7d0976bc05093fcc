"""After a run: was anything decided twice, lost, or held by two?"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from itertools import combinations

from django.db import connection
from django.utils import timezone

from ...models import ChangeSet, Decision
from .officer import Word


def decided_twice(words: Iterable[Word]) -> int:
    """Pairs of officers who were both shown a land user before either decided, and who were both heard.

    A decision taken back before the other one was sent is no collision: the page is right again.
    """
    by_person: dict[int, list[Word]] = defaultdict(list)
    for word in words:
        if word.is_accepted:
            by_person[word.land_user].append(word)
    return sum(
        _collide(one, other)
        for of_person in by_person.values()
        for one, other in combinations(sorted(of_person, key=lambda word: word.sent), 2)
    )


def _collide(one: Word, other: Word) -> bool:
    is_back = one.undone is not None and one.undone < other.sent
    return one.officer != other.officer and other.shown < one.sent and not is_back


def unwritten(words: Iterable[Word], names: list[str], since: int) -> int:
    """Decisions that officers were told are written, and are not: at most one for each that was sent."""
    heard = sum(word.is_accepted for word in words)
    planned = Decision.objects.filter(pk__gt=since, by__username__in=names)
    written = planned.exclude(change_set__state=ChangeSet.State.PLANNED).count()
    return max(0, heard - written)


def last_decision() -> int:
    """The newest decision."""
    return Decision.objects.order_by("-pk").values_list("pk", flat=True).first() or 0


def held_twice() -> int:
    """Records on which more than one lease is live."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM (SELECT 1 FROM reconciliation_lease WHERE until > %s"
            " GROUP BY kind, record_id HAVING count(*) > 1) AS twice",
            [timezone.now()],
        )
        return int(cursor.fetchone()[0])
