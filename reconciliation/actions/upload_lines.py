"""The rows of an uploaded workbook as they are kept, shown and approved."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any

from django.db import models, transaction

from landdb.intake.outcome import Difference
from parcels.importers.form01 import problems
from parcels.importers.form01.tables import insert
from parcels.models import Certificate, LandUser, Plot

from ..models import CorrectionBatch, CorrectionRow, Verification
from . import upload_policy
from .records import EDITABLE, encode
from .upload_carry import Carried
from .upload_compare import Pick, Place, Verdict
from .upload_plan import Plan, RowPlan, by_place

State = CorrectionRow.State
_REFERRED: dict[str, type[models.Model]] = {"land_user_id": LandUser, "certificate_id": Certificate}
#: What a row is about, where the row may bring it.
_BROUGHT = {"plot": Plot._meta.label_lower, "land_user": LandUser._meta.label_lower}

Line = dict[str, Any]


def lines(made: Plan, carried: Carried) -> list[Line]:
    """Every row of the workbook once; asked inside the rehearsal, where the registry confirms as after."""
    told = by_place(made.problems)
    matched = _matched(made.rows.values())
    names = _names([each for row in made.rows.values() for each in row.differences])
    places = dict.fromkeys([*made.ways.places, *told])
    found = []
    for place in places:
        row = made.rows.get(place)
        verdict = _verdict(place, made, told)
        if verdict is None:
            continue
        line: Line = {"sheet": place[0], "row": place[1], "state": verdict.state.value, "why": verdict.why}
        compared = made.ways.compared.get(place)
        if compared is not None:
            line["cells"] = [list(cell) for cell in compared.taken + compared.conflicts]
        if row is not None:
            line |= _done(row, carried, names)
            # What a rehearsal brings goes with it.
            line |= {
                name: None
                for name, model in _BROUGHT.items()
                if line[name] in made.outcome.new.get(model, ())
            }
            line["is_backed"] = row.land_user in matched
        elif place in made.ways.about:
            line["plot"], line["land_user"] = made.ways.about[place]
        found.append(line)
    return found


def keep(batch: CorrectionBatch, told: Iterable[Line], picks: Mapping[Place, Mapping[str, Pick]]) -> None:
    """The lines in place of those of an earlier reading."""
    CorrectionRow.objects.filter(batch=batch).delete()
    empty: Line = {
        "kinds": [], "kind": "", "plot": None, "land_user": None, "group_before": None, "group_after": None,
        "is_backed": False, "effect": "", "cells": [], "changes": [],
    }  # fmt: skip
    rows = []
    for line in told:
        row: Line = {"batch_id": batch.pk} | empty | line
        chosen = picks.get((row["sheet"], row["row"]), {})
        row["picks"] = json.dumps({name: list(side) for name, side in chosen.items()}) if chosen else "{}"
        row["cells"], row["changes"] = json.dumps(row["cells"]), json.dumps(row["changes"])
        rows.append(row)
    insert(CorrectionRow, rows)


def counts(told: Iterable[Line]) -> Counter[str]:
    """Rows by what becomes of them; "new" are those that change no record that was there."""
    found: Counter[str] = Counter()
    for line in told:
        is_new = line["state"] == State.PROPOSED and line.get("kinds") == ["new"]
        found["new" if is_new else line["state"]] += 1
    return found


def picks(batch: CorrectionBatch) -> dict[Place, dict[str, Pick]]:
    """The sides that were chosen, by row."""
    chosen = CorrectionRow.objects.filter(batch=batch).exclude(picks={})
    return {
        (sheet, row): {name: (side, seen) for name, (side, seen) in told.items()}
        for sheet, row, told in chosen.values_list("sheet", "row", "picks")
    }


def approved(batch: CorrectionBatch) -> dict[Place, str]:
    """The rows to apply, each with what it was shown to do."""
    rows = CorrectionRow.objects.filter(batch=batch, state=State.PROPOSED, is_approved=True)
    return {(sheet, row): effect for sheet, row, effect in rows.values_list("sheet", "row", "effect")}


@transaction.atomic
def settle(batch: CorrectionBatch, made: Plan, carried: Carried) -> Counter[str]:
    """Write down which rows were applied, and of the others why not; counts by state."""
    skipped = _skipped(made, carried)
    by_why: dict[tuple[str, str], list[int]] = {}
    brought: list[CorrectionRow] = []
    waiting = CorrectionRow.objects.filter(batch=batch, state=State.PROPOSED)
    columns = ("pk", "sheet", "row", "kind", "is_approved", "why")
    for pk, sheet, row, kind, is_approved, refused in waiting.values_list(*columns):
        place = (sheet, row)
        if refused:
            verdict = Verdict(State.REJECTED, refused)
        elif upload_policy.KINDS[kind].policy == upload_policy.Policy.DESK:
            verdict = Verdict(State.REJECTED, problems.DESK_ALONE)
        elif not is_approved:
            verdict = Verdict(State.REJECTED, problems.NOT_APPROVED)
        elif place not in made.rows or place in skipped:
            turned = made.turned_away.get(place)
            verdict = Verdict(State.REJECTED, turned[0].code if turned else problems.CHANGED_SINCE)
        else:
            verdict = Verdict(State.APPLIED)
            if (row_plan := made.rows[place]).is_new:
                brought.append(CorrectionRow(pk=pk, plot=row_plan.plot, land_user=row_plan.land_user))
        by_why.setdefault((verdict.state.value, verdict.why), []).append(pk)
    for (state, why), ids in by_why.items():
        CorrectionRow.objects.filter(pk__in=ids).update(state=state, why=why)
    CorrectionRow.objects.bulk_update(brought, ["plot", "land_user"], batch_size=1000)
    told = CorrectionRow.objects.filter(batch=batch).values("state").annotate(n=models.Count("pk"))
    return Counter({row["state"]: row["n"] for row in told})


def _skipped(made: Plan, carried: Carried) -> set[Place]:
    """Rows of which a record was otherwise by now, so that nothing of it was written."""
    left = {(each.model, each.record_id) for each in carried.changes if each.state == each.State.SKIPPED}
    return {
        place
        for place, row in made.rows.items()
        if row.differences and all((d.model, d.record_id) in left for d in row.differences)
    }


def _verdict(place: Place, made: Plan, told: Mapping[Place, list[Any]]) -> Verdict | None:
    """What becomes of a row; None for a place that is no row (a sheet, a column)."""
    if place in made.ways.verdicts:
        return made.ways.verdicts[place]
    by_level = {problem.level: problem.code for problem in reversed(told.get(place, []))}
    if "rejected" in by_level:
        return Verdict(State.REJECTED, by_level["rejected"])
    row = made.rows.get(place)
    if row is None:
        return Verdict(State.IGNORED, by_level["ignored"]) if "ignored" in by_level else None
    if row.does_something:
        return Verdict(State.PROPOSED)
    compared = made.ways.compared.get(place)
    if compared is None:
        return Verdict(State.UNCHANGED)
    if any(not cell.typed for cell in compared.taken):
        return Verdict(State.REJECTED, problems.NOT_CLEARED)
    return Verdict(State.UNCHANGED, problems.CAME_TO_NOTHING)


def _done(row: RowPlan, carried: Carried, names: Mapping[Any, str]) -> Line:
    # What was decided on the land user before falls with the evidence: that is for somebody to see.
    kinds = sorted([*row.kinds, "reopens"]) if row.land_user in carried.reopened else row.kinds
    return {
        "kinds": kinds,
        "kind": upload_policy.strictest(kinds),
        "plot": row.plot,
        "land_user": row.land_user,
        "group_before": carried.before.get(row.plot or 0),
        "group_after": carried.after.get(row.plot or 0),
        "effect": row.effect,
        "changes": [["", 0, name, "", typed] for name, typed in row.brings]
        + [
            [
                each.model,
                each.record_id,
                each.field,
                _side(each, each.old, names),
                _side(each, each.new, names),
            ]
            for each in row.differences
        ],
    }


def _side(each: Difference, value: Any, names: Mapping[Any, str]) -> str:
    if each.field in _REFERRED:
        return names.get((each.field, value), "") if value else ""
    told = encode(EDITABLE[each.model].model, each.field, value)
    return "" if told is None else str(told)


def _names(differences: Iterable[Difference]) -> dict[tuple[str, Any], str]:
    """What a changed reference points to, by its name."""
    names: dict[tuple[str, Any], str] = {}
    for name, model in _REFERRED.items():
        ids = {value for each in differences if each.field == name for value in (each.old, each.new) if value}
        names |= {(name, pk): str(record) for pk, record in model._default_manager.in_bulk(ids).items()}
    return names


def _matched(rows: Iterable[RowPlan]) -> set[int]:
    """Land users whom the registry confirms with their new values."""
    people = {
        row.land_user for row in rows if row.land_user and {"id_number", "birth", "name"} & set(row.kinds)
    }
    found = Verification.objects.filter(land_user__in=people, outcome=Verification.Outcome.MATCHED)
    return set(found.values_list("land_user", flat=True))
