"""Look at outlines that changed and write what is new: facts of plots, and which plots overlap."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field

import numpy as np
from django.db import connection, transaction

from parcels.models import Plot

from . import outlines, overlaps, reading, writing
from .outlines import Outlines
from .province import province
from .reading import Due
from .systems import Flags

#: Advisory locks; the second key is the commune: one looks at it at a time, one writes its overlaps.
_LOOKING, _WRITING = 4_002, 4_003


@dataclass(frozen=True, slots=True)
class Looked:
    """What came of a look. `touched` are the plots of which facts changed: they are to be judged again.

    Counts: plots looked at, plots written, pairs opened, closed and changed.
    """

    touched: set[int] = field(default_factory=set)
    counts: Counter[str] = field(default_factory=Counter)


@transaction.atomic
def draw_boxes(commune_ids: Sequence[int]) -> Counter[str]:
    """Bring the boxes of changed outlines up to date, before anybody looks for neighbours by them.

    Counts: plots that are due a look, boxes written.
    """
    _alone(_LOOKING, commune_ids)
    due = reading.due_of_communes(commune_ids)
    return Counter(plots=len(due), boxes=_boxes(due))


@transaction.atomic
def look_at_communes(commune_ids: Sequence[int]) -> Looked:
    """Look at what changed in some communes. Their boxes, and their neighbours', have been drawn before.

    A plot whose outline changed since then is left for the next time: a neighbour that is looked at meanwhile
    would miss it.
    """
    _alone(_LOOKING, commune_ids)
    due = reading.due_of_communes(commune_ids)
    return _look(due, only_boxed=True)


@transaction.atomic
def refresh(plot_ids: Iterable[int], *, only_known: bool = False) -> Looked:
    """Look at those of a few plots that changed, inside the current transaction.

    `only_known` leaves plots that nobody has looked at so far to the job.
    """
    ids = sorted(set(plot_ids))
    if not ids or not len(due := reading.due_of_plots(ids, only_known=only_known)):
        return Looked()
    _alone(_LOOKING, due.ints("commune_id").tolist())
    due = reading.due_of_plots(ids, only_known=only_known)
    _boxes(due)
    return _look(due, only_boxed=False)


def _boxes(due: Due) -> int:
    drawn = due.take(due.flags("is_live") & due.flags("is_drawn"))
    if not len(drawn):
        return 0
    bounds = outlines.boxes(outlines.parse(drawn.texts("wkb").tolist()))
    return writing.boxes(drawn.ints("plot_id"), drawn.box, bounds)


def _look(due: Due, *, only_boxed: bool) -> Looked:
    if not len(due):
        return Looked()
    is_there = due.flags("is_live") & due.flags("is_drawn")
    gone, seen = due.take(~is_there), due.take(is_there)
    looked = outlines.look(seen.texts("wkb").tolist(), seen.ints("srid"), province())
    if only_boxed:
        stands: Flags = np.all(writing.same(seen.box, looked.box), axis=1)
        seen, looked = seen.take(stands), looked.take(stands)
    found = _overlaps(seen, looked)
    settled = np.concatenate([gone.ints("plot_id"), seen.ints("plot_id")])
    paired = writing.compare(settled, found).plots.union(found.first.tolist(), found.second.tolist())
    _alone(_WRITING, {*due.ints("commune_id").tolist(), *_communes(paired)})
    # Others may have written overlaps of these plots while this one waited.
    changes = writing.compare(settled, found)
    counts = writing.pairs(changes)
    touched = writing.facts(seen, looked) | writing.clear(gone)
    touched |= writing.totals(seen, looked, paired | changes.plots)
    writing.settle(seen, looked, gone)
    counts.update(plots=len(seen) + len(gone), changed=len(touched))
    return Looked(touched, counts)


def _overlaps(seen: Due, looked: Outlines) -> overlaps.Overlaps:
    ids, srid = seen.ints("plot_id"), seen.ints("srid")
    other_ids, other_srid, other_shapes = reading.around(ids, srid, looked)
    return overlaps.find(
        np.concatenate([ids, other_ids]),
        np.concatenate([looked.ground, outlines.ground(other_shapes)]),
        np.concatenate([srid, other_srid]),
        asked=np.arange(len(ids)),
    )


def _communes(plot_ids: Collection[int]) -> set[int]:
    return set(Plot.objects.filter(pk__in=plot_ids).values_list("commune_id", flat=True))


def _alone(lock: int, communes: Iterable[int]) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL jit = off")
        for commune in sorted(set(communes)):
            cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [lock, commune])
