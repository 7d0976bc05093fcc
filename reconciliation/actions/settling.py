"""What follows from a word of the desk, worked out by a worker while the officer reads the next record.

A word is written down in its own transaction, which is over in a moment. That the land user is matched
again, and the plots judged, takes several times as long, and nobody has to wait for it: until it is done the
record stands in `Unsettled`, is offered to nobody, and the head of the desk says that its plots are still
being sorted.
"""

from __future__ import annotations

import logging
from collections.abc import Collection

from celery import current_app
from django.db import transaction
from django.db.models import F
from django.db.transaction import on_commit

from parcels.models import LandUser

from ..models import Change, ChangeSet, GroupMove, Match, Unsettled
from . import effects

log = logging.getLogger(__name__)

#: The task, and the queue of a worker that does nothing else: words do not wait behind an import.
TASK, QUEUE = "reconciliation.settle", "desk"


def reach_to_keep(changes: Collection[Change]) -> set[int]:
    """The plots that changes bear on before they are carried out, where that will be otherwise afterwards.

    A word on a match alone moves nothing that plots share until the land user is matched again.
    """
    is_word = all(change.model == Match._meta.label_lower for change in changes)
    return set() if is_word else effects.reach_of(changes)


def put_off(change_set: ChangeSet, land_user_id: int, before: Collection[int]) -> None:
    """Have a worker do what `effects.follow` does, as soon as this transaction is committed.

    `before` is what `reach_to_keep` told. For who holds the land user's row locked.
    """
    Unsettled.objects.create(
        change_set=change_set,
        land_user_id=land_user_id,
        cause=effects.cause_of(change_set),
        plots=sorted(before),
    )
    # Where the queue does not answer, the timetable asks before long.
    on_commit(_call, robust=True)


def settle() -> int:
    """Work out what is unsettled and in nobody's hands, oldest first; how many words."""
    done = 0
    passed: list[int] = []
    while (pk := _settle_next(passed)) is not None:
        passed.append(pk)
        done += 1
    return done


def _settle_next(passed: Collection[int]) -> int | None:
    """One of them, but for those that were passed already in this round; None where none is left."""
    pk = 0
    try:
        with transaction.atomic():
            waiting = Unsettled.objects.select_for_update(skip_locked=True).exclude(pk__in=list(passed))
            taken = waiting.order_by("attempts", "pk").first()
            if taken is None:
                return None
            pk = taken.pk
            _work_out(taken)
            taken.delete()
    except Exception:  # whatever stops one word, the others do not wait for it
        if not pk:
            raise
        log.exception("what follows from word %s of the desk could not be worked out", pk)
        Unsettled.objects.filter(pk=pk).update(attempts=F("attempts") + 1)
    return pk


def _work_out(taken: Unsettled) -> None:
    # As who decides does: two words on one land user, and what follows from them, come one after the other.
    LandUser.objects.select_for_update().filter(pk=taken.land_user_id).first()
    changes = list(taken.change_set.changes.all())
    before = taken.plots or effects.reach_of(changes)
    effects.follow(taken.change_set, changes, GroupMove.Cause(taken.cause), before)


def _call() -> None:
    current_app.send_task(TASK, queue=QUEUE)
