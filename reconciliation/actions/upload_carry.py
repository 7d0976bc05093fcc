"""The planned rows of an uploaded workbook written into the register, or only rehearsed.

Everything here runs inside the caller's transaction; a dry run takes it back.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass

from django.db.models import Sum

from landdb.models import AdminUnit, ReceivedFile, User
from parcels.models import LandUser

from ..models import Change, ChangeSet, GroupMove, PlotStatus, Tally, WorkItem
from . import bearing, changes, effects, handovers, proposals, upload_policy, words_back
from .handovers import Handover
from .upload_plan import BACK, Plan, RowPlan, Tell


@dataclass(slots=True)
class Carried:
    """What was written: the set, its changes, the plots that it bears on, their groups before and after.

    `shares`: the commune's live plots by group afterwards. `reopened`: land users on whom a person's word no
    longer stands.
    """

    change_set: ChangeSet
    changes: list[Change]
    plots: set[int]
    reach: set[int]
    before: dict[int, int]
    after: dict[int, int]
    shares: dict[str, int]
    reopened: set[int]


def carry_out(
    made: Plan,
    commune: AdminUnit,
    file: ReceivedFile,
    *,
    by: User,
    reason: str = "",
    is_rehearsal: bool = False,
    tell: Tell = lambda _step, _done, _total: None,
) -> Carried:
    """Write the changes of all rows but those for the desk alone, as one set; judge again what they touch.

    In a rehearsal, which is taken back, what follows is only foreseen: the groups, and nothing beside them.
    """
    going = {
        place: row
        for place, row in made.rows.items()
        if row.does_something and upload_policy.KINDS[row.kind].policy != upload_policy.Policy.DESK
    }
    wanted = [each for row in going.values() for each in row.differences]
    change_set = ChangeSet.objects.create(
        kind=ChangeSet.Kind.IMPORT, commune=commune, file=file, planned_by=by, reason=reason[:300]
    )
    rows = proposals.changes_of(wanted, change_set)
    rows += _handed_on(going.values(), change_set)
    people = [pk for pk in made.outcome.land_users if pk is not None]
    touched = bearing.touched_by(rows)
    direct = touched.plots.union(made.outcome.plots, bearing.held(touched.land_users))
    reach = bearing.reach(touched.land_users.union(people), direct, touched.certificates)
    before = _groups(reach)
    spoken_of = touched.land_users.union(people)
    open_before = words_back.reopened(spoken_of)
    tell("write", len(rows), len(rows))
    done = changes.write_down(change_set, rows, by=by, is_rehearsal=is_rehearsal)
    tell("judge", 0, len(reach))
    also = (people, made.outcome.plots)
    if is_rehearsal:
        seen = effects.foresee(done, reach, also=also)
        after = {plot: group for plot, group in seen.groups.items() if plot in reach}
        groups = shares(commune, seen.steps)
    else:
        effects.follow(change_set, done, GroupMove.Cause.IMPORT, reach, at_once=None, also=also)
        after, groups = _groups(reach), shares(commune)
    reopened = words_back.reopened(spoken_of) - open_before
    return Carried(change_set, done, direct, reach, before, after, groups, reopened)


def shares(commune: AdminUnit, steps: Mapping[tuple[int, int], int] | None = None) -> dict[str, int]:
    """Live plots of the commune by group; `steps` as in `classification.Foreseen`, where more is to come."""
    counted = Tally.objects.filter(commune=commune, rule="").values("group").annotate(n=Sum("plots"))
    found = Counter({row["group"]: row["n"] for row in counted})
    found.update({group: step for (where, group), step in (steps or {}).items() if where == commune.pk})
    return {str(group): n for group, n in found.items()}


def _groups(plots: Collection[int]) -> dict[int, int]:
    """Plot → the group in which it stands."""
    return dict(PlotStatus.objects.filter(plot__in=list(plots)).values_list("plot_id", "group"))


def _handed_on(rows: Collection[RowPlan], change_set: ChangeSet) -> list[Change]:
    """Land users of whom nothing can be collected for now, and those of whom it can be again."""
    wanted: dict[int, str] = {row.land_user: row.why for row in rows if row.why and row.land_user}
    people = LandUser.objects.live().in_bulk(wanted)
    fields: list[changes.FieldChange] = []
    for pk, why in wanted.items():
        if pk in people:
            with_whom = Handover(WorkItem.With.DESK) if why == BACK else Handover(WorkItem.With.CITIZEN, why)
            fields += handovers.changes_of(handovers.open_items([pk])[pk], with_whom)
    return changes.rows_of(change_set, fields)
