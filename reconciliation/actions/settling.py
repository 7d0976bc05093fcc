"""What follows from a word of the desk, worked out by a worker while the officer reads the next record.

A word is written down in its own transaction, which is over in a moment. That the land user is matched
again, and the plots judged, takes several times as long, and nobody has to wait for it: until it is done the
record stands in `Unsettled`, is offered to nobody, and the head of the desk says that its plots are still
being sorted.
"""

from __future__ import annotations

import logging
from collections.abc import Collection, Iterable

from celery import current_app
from django.db import transaction
from django.db.models import F
from django.db.transaction import on_commit

from parcels.models import LandUser

from .. import classification
from ..models import Change, ChangeSet, Decision, GroupMove, Unsettled
from . import bearing, effects, words_together, written_at_once
from .words_together import Word

log = logging.getLogger(__name__)

#: The task, and the queue of a worker that does nothing else: words do not wait behind an import.
TASK, QUEUE = "reconciliation.settle", "desk"
#: Words that are worked out at once, at most.
TOGETHER = 8
#: Plots of a word that are judged with it: only the next words wait for them. Of more, a job judges the rest.
AT_ONCE = 200


def write(change_set: ChangeSet, changes: list[Change], decision: Decision | None, land_user_id: int) -> None:
    """Write a word down that is carried out, and have a worker do what `effects.follow` does as soon as this
    transaction is committed. For who holds the land user's row locked."""
    unsettled = Unsettled(
        land_user_id=land_user_id, cause=effects.cause_of(change_set), plots=_parted_from(changes)
    )
    written_at_once.write(change_set, changes, decision=decision, unsettled=unsettled)
    # Where the queue does not answer, the timetable asks before long.
    on_commit(_call, robust=True)


def _parted_from(changes: Collection[Change]) -> list[int]:
    """The plots that shared something with an entry before it was corrected: its former number.

    All else that is shared stays so until the land user is matched again, and the worker finds it.
    """
    numbers = [change.old for change in bearing.of_field(LandUser, "id_number", changes) if change.old]
    return classification.plots_of_numbers(numbers) if numbers else []


def is_anything_unsettled() -> bool:
    """Whether any word waits to be worked out."""
    return Unsettled.objects.exists()


def settle() -> int:
    """Work out what is unsettled and in nobody's hands, oldest first; how many words."""
    passed: set[int] = set()
    count = 0
    while wave := _next_wave(passed):
        done = _settle_together(wave)
        count += len(done) or sum(_settle_alone(pk) for pk in wave)
        passed.update(done or wave)
    return count


def _next_wave(passed: Collection[int]) -> list[int]:
    """The words to work out next, but for those of this round: several only if each is a word on matches, of
    another land user, and did not fail before. The words on one land user keep their order.
    """
    waiting = Unsettled.objects.exclude(pk__in=list(passed)).order_by("attempts", "pk")
    rows = list(waiting.only("change_set_id", "land_user_id", "cause", "attempts")[:TOGETHER])
    models = Change.objects.filter(change_set__in=[row.change_set_id for row in rows])
    of_others = set(models.exclude(model__in=words_together.MODELS).values_list("change_set_id", flat=True))
    wave: list[int] = []
    people: set[int] = set()
    for row in rows:
        is_mere = row.cause == GroupMove.Cause.MATCH and row.change_set_id not in of_others
        if is_mere and row.attempts == 0 and row.land_user_id not in people:
            wave.append(row.pk)
        elif not people:
            return [row.pk]
        people.add(row.land_user_id)
    return wave


def _settle_together(wave: Collection[int]) -> list[int]:
    """Work these words out at once, as far as can be; which. None, where each has to be worked out alone."""
    if len(wave) == 1:
        return []
    try:
        with transaction.atomic():
            waiting = Unsettled.objects.select_for_update(skip_locked=True, of=("self",)).order_by("pk")
            waiting = waiting.filter(pk__in=wave).select_related("change_set")
            taken = list(waiting.prefetch_related("change_set__changes"))
            _hold(row.land_user_id for row in taken)
            words = {
                Word(row.change_set, list(row.change_set.changes.all()), row.plots): row.pk for row in taken
            }
            done = [words[word] for word in words_together.follow(list(words), at_once=AT_ONCE)]
            Unsettled.objects.filter(pk__in=done).delete()
            return done
    except Exception as stopped:  # who of them it was shows when each is worked out alone
        log.info("%d words of the desk are worked out one by one: %r", len(wave), stopped)
        return []


def _settle_alone(pk: int) -> int:
    """Work one word out; how many were passed: none, if somebody else has it in hand."""
    try:
        with transaction.atomic():
            waiting = Unsettled.objects.select_for_update(skip_locked=True, of=("self",))
            taken = waiting.filter(pk=pk).select_related("change_set").first()
            if taken is None:
                return 0
            _work_out(taken)
            taken.delete()
    except Exception:  # whatever stops one word, the others do not wait for it
        log.exception("what follows from word %s of the desk could not be worked out", pk)
        Unsettled.objects.filter(pk=pk).update(attempts=F("attempts") + 1)
    return 1


def _work_out(taken: Unsettled) -> None:
    _hold([taken.land_user_id])
    changes = list(taken.change_set.changes.all())
    before = {*taken.plots, *bearing.reach_of(changes)}
    effects.follow(taken.change_set, changes, GroupMove.Cause(taken.cause), before, at_once=AT_ONCE)


def _hold(land_users: Iterable[int]) -> None:
    """As who decides does: words on one land user, and what follows from them, come one after the other."""
    list(LandUser.objects.select_for_update().filter(pk__in=list(land_users)).order_by("pk"))


def _call() -> None:
    current_app.send_task(TASK, queue=QUEUE)
