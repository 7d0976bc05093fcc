"""The people of a list as the register spells them on the day it is frozen: each asked about once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import NamedTuple

from django.db import transaction
from django.db.models import Q

from landdb.normalise import line_keys
from landdb.normalise.id_numbers import Kind
from landdb.normalise.text import sort_key
from parcels.models import LandUser

from ..models import (
    PoliceUnit,
    VerificationBatch,
    VerificationEntry,
    VerificationLine,
    WorkItem,
)
from . import police_batches
from .police_batches import Line, State

#: Why somebody whom the filter found is not asked about.
WITH_POLICE, ELSEWHERE, NAMELESS = "with_police", "elsewhere", "nameless"
_BATCH = 5_000


class Asked(NamedTuple):
    """A register entry with what is asked about it."""

    entry: LandUser
    outcome: str

    @property
    def question(self) -> tuple[object, ...]:
        """The same for entries that say the very same: a number of its own kind, name, birth, sex, place.

        Without a number nobody is taken for another: each such entry is a question of its own.
        """
        person = self.entry
        if person.id_kind not in (Kind.CITIZEN, Kind.CMND) or not person.id_number:
            return (person.pk,)
        return (person.id_number, person.name_key, person.birth_text, person.sex, person.commune_id)


@transaction.atomic
def freeze(batch: VerificationBatch) -> dict[str, int]:
    """Write down the lines of a list with their keys, and what the filter found and was left out."""
    held = VerificationBatch.objects.select_for_update(of=("self",)).select_related("by").get(pk=batch.pk)
    if held.state != State.FREEZING:
        return {}
    before = {} if held.reissue_of_id is None else _unanswered(held.reissue_of_id)
    found, left = _again(before) if before else _anew(held)
    questions: dict[tuple[object, ...], list[Asked]] = {}
    for each in found:
        questions.setdefault(each.question, []).append(each)
    units = _units(held)
    in_order = sorted(questions.values(), key=_order)
    lines = [_line(held, number, asked, units) for number, asked in enumerate(in_order, 1)]
    VerificationLine.objects.bulk_create(lines, batch_size=_BATCH)
    VerificationEntry.objects.bulk_create(
        (
            VerificationEntry(line=line, land_user=each.entry)
            for line, asked in zip(lines, in_order, strict=True)
            for each in asked
        ),
        batch_size=_BATCH,
    )
    held.report = {"found": len(found) + left.total(), "entries": len(found), "left_out": dict(left)}
    held.state = State.SHOWN
    held.save(update_fields=["report", "state"])
    return {"lines": len(lines), "entries": len(found)}


def _anew(batch: VerificationBatch) -> tuple[list[Asked], Counter[str]]:
    """Whom the filter finds and can be asked about; how many others, by reason."""
    chosen = police_batches.chosen(batch.by, batch.outcomes, batch.communes).exclude(
        land_user__merged_into__isnull=False
    )
    away = dict(
        WorkItem.objects.filter(state=WorkItem.State.OPEN)
        .exclude(waits_with__in=[WorkItem.With.DESK, WorkItem.With.LATER])
        .filter(land_user__in=chosen.values("land_user"))
        .values_list("land_user", "waits_with")
    )
    found, left = [], Counter[str]()
    for verification in chosen.select_related("land_user__commune").iterator(_BATCH):
        waits = away.get(verification.land_user_id)
        if waits:
            left[WITH_POLICE if waits == WorkItem.With.POLICE else ELSEWHERE] += 1
        elif not verification.land_user.name_fold:
            left[NAMELESS] += 1
        else:
            found.append(Asked(verification.land_user, verification.outcome))
    return found, left


def _unanswered(batch_id: int) -> dict[int, str]:
    """Land users of a batch's unanswered lines, with what the registry said of them when they were asked."""
    waiting = VerificationEntry.objects.filter(line__batch=batch_id, line__state=Line.WAITING)
    return dict(waiting.values_list("land_user", "line__outcome"))


def _again(before: dict[int, str]) -> tuple[list[Asked], Counter[str]]:
    """The unanswered of another list who still wait with the police."""
    still = set(
        WorkItem.objects.open()
        .filter(land_user__in=before, waits_with=WorkItem.With.POLICE)
        .values_list("land_user", flat=True)
    )
    people = LandUser.objects.live().select_related("commune").filter(pk__in=still)
    found = [Asked(person, before[person.pk]) for person in people.iterator(_BATCH)]
    return found, Counter({ELSEWHERE: len(before) - len(found)} if len(found) < len(before) else {})


def _order(asked: list[Asked]) -> tuple[str, str, int]:
    """By commune, then as a Vietnamese dictionary has it, so that a list can be read on paper."""
    entry = asked[0].entry
    return (entry.commune.sort_key if entry.commune else "~", sort_key(entry.name), entry.pk)


def _units(batch: VerificationBatch) -> dict[int, int]:
    """Commune → the police unit that answers for it; where there are several, the first by name."""
    if batch.split != VerificationBatch.Split.UNIT:
        return {}
    pairs: Iterable[tuple[int, int]] = (
        PoliceUnit.objects.filter(~Q(communes=None)).order_by("-name").values_list("communes", "pk")
    )
    return dict(pairs)


def _line(
    batch: VerificationBatch, number: int, asked: list[Asked], units: dict[int, int]
) -> VerificationLine:
    """What is asked: who it is and where they live; no plot, no certificate, no telephone."""
    person, outcome = asked[0]
    return VerificationLine(
        batch=batch,
        number=number,
        key=line_keys.new(),
        commune_id=person.commune_id,
        unit_id=units.get(person.commune_id or 0),
        name=person.name or person.name_raw,
        birth=person.birth_text or person.birth_raw,
        sex=person.sex,
        id_number=person.id_number or person.id_number_raw,
        former_number=person.former_number,
        address=person.address_raw,
        outcome=outcome,
    )
