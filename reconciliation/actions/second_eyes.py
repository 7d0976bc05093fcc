"""A share of accepted matches is judged a second time by somebody else who does not see the first word.

What is drawn follows from a keyed digest of match and week: nobody who decides can know or choose it. What
was accepted in bulk is drawn like what was accepted one by one, and of each such decision one at least.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Iterator
from collections.abc import Set as AnySet
from copy import copy
from typing import NamedTuple

from django.db import transaction
from django.db.models import Exists, F, OuterRef, Q
from django.utils import timezone
from django.utils.crypto import salted_hmac

from landdb.models import User
from parcels.models import LandUser

from ..matching import evidence
from ..models import BulkDecision, Change, Decision, Match, SecondEyesShare, SecondLook, Verification
from . import matches
from .changes import WrongState
from .consents import SamePerson
from .matches import EvidenceChanged
from .records import decode

#: Shares of the accepts of people and of the engine, where nobody has set others.
PEOPLE, ENGINE = 0.02, 0.001
#: No more of the engine's accepts of a week are drawn: a first run makes them by the hundred thousand.
MOST_OF_ENGINE = 100
#: How long a look stays with whoever opened it.
OPEN_FOR = dt.timedelta(minutes=10)

State, Word = SecondLook.State, SecondLook.Word


class Shares(NamedTuple):
    """Shares of one that are looked at twice."""

    people: float
    engine: float


class Drawn(NamedTuple):
    match_id: int
    land_user_id: int
    commune_id: int | None
    stage: str
    first_by_id: int | None


def shares() -> Shares:
    """What holds now."""
    last = SecondEyesShare.objects.first()
    return Shares(last.people, last.engine) if last else Shares(PEOPLE, ENGINE)


def set_shares(wanted: Shares, *, by: User, reason: str) -> SecondEyesShare:
    """From now on; what was drawn stays drawn."""
    return SecondEyesShare.objects.create(
        people=wanted.people, engine=wanted.engine, set_by=by, reason=reason[:300]
    )


def lot(match_id: int, week: dt.date) -> float:
    """The match's lot of the week, from 0 to below 1: it is drawn where this is below the share."""
    digest = salted_hmac("landdb.second_eyes", f"{week:%Y-%m-%d}:{match_id}", algorithm="sha256").digest()
    return int.from_bytes(digest[:8], "big") / 2**64


@transaction.atomic
def draw(week: dt.date) -> int:
    """Draw of the accepts of a week (its Monday) what is not drawn yet; how many. Twice is harmless."""
    share = shares()
    known = set(SecondLook.objects.filter(week=week).values_list("match_id", flat=True))
    people = list(_of_people(week))
    drawn = [each for each in people if lot(each.match_id, week) < share.people]
    if share.people:
        drawn += _of_each_bulk(week, people, {each.match_id for each in drawn} | known)
    left = MOST_OF_ENGINE - SecondLook.objects.filter(week=week, first_by__isnull=True).count()
    by_lot = sorted(
        (chance, each)
        for each in _of_engine(week)
        if each.match_id not in known and (chance := lot(each.match_id, week)) < share.engine
    )
    drawn += [each for _chance, each in by_lot[: max(left, 0)]]
    new = [SecondLook(week=week, **each._asdict()) for each in drawn if each.match_id not in known]
    SecondLook.objects.bulk_create(new, ignore_conflicts=True)
    return len(new)


def standing(look: SecondLook) -> Match | None:
    """The match whose accept was drawn, as long as that accept stands."""
    match = (
        Match.objects.select_related("land_user__commune", "resident__commune")
        .filter(pk=look.match_id)
        .first()
    )
    if match is None or match.land_user.merged_into_id is not None:
        return None
    if look.is_by_engine:
        stands = match.state == Match.State.PROPOSED and match.outcome == Match.Outcome.ACCEPT
    else:
        stands = match.state == Match.State.ACCEPTED and match.decided_by_id == look.first_by_id
    return match if stands else None


def as_seen(match: Match) -> Match:
    """The match with its land user as they stood when somebody said "same": a correction by the registry that
    came with the word would make all of it agree. Itself where the engine accepted; not to be saved.
    """
    label = LandUser._meta.label_lower
    words = Change.objects.filter(
        model=Match._meta.label_lower, record_id=match.pk, field="state", state=Change.State.APPLIED
    )
    word = words.filter(new=match.state).order_by("-pk").first()
    if word is None or match.decided_evidence is None:
        return match
    seen, person = copy(match), copy(match.land_user)
    mends = Change.objects.filter(
        change_set=word.change_set_id, model=label, record_id=person.pk, state=Change.State.APPLIED
    )
    for change in mends:
        setattr(person, change.field, decode(LandUser, change.field, change.old))
    seen.land_user = person
    evidence.put_back(seen, match.decided_evidence)
    return seen


@transaction.atomic
def open_for(look: SecondLook, *, by: User) -> bool:
    """Keep a look for this person for a while; False where another has it open."""
    free = Q(opened_by=None) | Q(opened_by=by) | Q(opened_at__lt=timezone.now() - OPEN_FOR)
    mine = SecondLook.objects.waiting().filter(free, ~spoken_by(by), pk=look.pk)
    return bool(mine.update(opened_by=by, opened_at=timezone.now()))


def next_for(user: User) -> SecondLook | None:
    """The oldest look of the territory that this person may take and nobody has open."""
    free = Q(opened_by=None) | Q(opened_by=user) | Q(opened_at__lt=timezone.now() - OPEN_FOR)
    waiting = SecondLook.objects.waiting().visible_to(user).filter(free, ~spoken_by(user))
    return waiting.order_by("id").first()


def spoken_by(user: User) -> Q:
    """Those on which this person had a part in the first word: said it, or agreed to saying it in bulk."""
    agreed = Change.objects.filter(
        model=Match._meta.label_lower,
        record_id=OuterRef("match_id"),
        field="state",
        new=Match.State.ACCEPTED.value,
        state=Change.State.APPLIED,
        change_set__consent__given_by=user,
    )
    return Q(first_by__isnull=False) & (Q(first_by=user) | Q(Exists(agreed)))


def had_part(look: SecondLook, user: User) -> bool:
    """`spoken_by` of one look."""
    return SecondLook.objects.filter(spoken_by(user), pk=look.pk).exists()


@transaction.atomic
def say(look: SecondLook, word: SecondLook.Word, *, by: User, reason: str, seen: str) -> SecondLook:
    """The second word, said without the first. Anything but "same" goes to a senior reviewer.

    `seen` is the `matches.stamp` of what the page showed. SamePerson for whoever said the first word,
    WrongState where somebody else has said the second, EvidenceChanged where the page is out of date. An
    accept that no longer stands leaves the look void.
    """
    held = SecondLook.objects.select_for_update().get(pk=look.pk)
    if held.state != State.WAITING:
        raise WrongState(held.get_state_display())
    if had_part(held, by):
        raise SamePerson
    match = standing(held)
    if match is None:
        return _void(held)
    if matches.stamp(match) != seen:
        raise EvidenceChanged
    held.second_by, held.second_at, held.second_word, held.second_reason = (
        by,
        timezone.now(),
        word,
        reason[:300],
    )
    held.state = State.AGREED if word == Word.SAME else State.DISPUTED
    held.save()
    return held


@transaction.atomic
def settle(look: SecondLook, word: SecondLook.Word, *, by: User, reason: str) -> SecondLook:
    """A third, senior person's word on a dispute. "Same" keeps the accept; another word becomes a decision.

    SamePerson for either of the two before; WrongState where it is settled.
    """
    held = SecondLook.objects.select_for_update().get(pk=look.pk)
    if held.state != State.DISPUTED:
        raise WrongState(held.get_state_display())
    if held.second_by_id == by.pk or had_part(held, by):
        raise SamePerson
    match = standing(held)
    if match is None:
        return _void(held)
    held.senior_by, held.senior_at, held.senior_word, held.senior_reason = (
        by,
        timezone.now(),
        word,
        reason[:300],
    )
    held.state = State.UPHELD if word == Word.SAME else State.OVERTURNED
    held.save()
    if word != Word.SAME:
        matches.decide(match, Decision.Kind(word.value), by=by, reason=reason, seen=matches.stamp(match))
    return held


def _void(look: SecondLook) -> SecondLook:
    look.state = State.VOID
    look.save(update_fields=["state"])
    return look


def _span(week: dt.date) -> tuple[dt.datetime, dt.datetime]:
    """The first moments of a week and of the next, by the province's clock."""
    start = timezone.make_aware(dt.datetime.combine(week, dt.time.min))
    end = timezone.make_aware(dt.datetime.combine(week + dt.timedelta(weeks=1), dt.time.min))
    return start, end


def _of_people(week: dt.date) -> Iterator[Drawn]:
    start, end = _span(week)
    accepted = Match.objects.filter(
        state=Match.State.ACCEPTED, decided_at__gte=start, decided_at__lt=end, decided_by__isnull=False
    )
    rows = accepted.values_list("pk", "land_user_id", "commune_id", "stage", "decided_by_id")
    yield from (Drawn(*row) for row in rows.order_by("pk"))


def _of_each_bulk(week: dt.date, people: Iterable[Drawn], known: AnySet[int]) -> list[Drawn]:
    """Of each bulk decision of the week of which none is `known` the one with the lowest lot."""
    start, end = _span(week)
    accepted = Change.objects.filter(
        change_set__bulk__act=BulkDecision.Act.SAME,
        change_set__applied_at__gte=start,
        change_set__applied_at__lt=end,
        model=Match._meta.label_lower,
        field="state",
        state=Change.State.APPLIED,
    )
    of_bulk: dict[int, list[int]] = defaultdict(list)
    for change_set, match in accepted.values_list("change_set", "record_id"):
        of_bulk[change_set].append(match)
    standing = {each.match_id: each for each in people}
    chosen = []
    for found in of_bulk.values():
        if not known.isdisjoint(found):
            continue
        if still := [match for match in found if match in standing]:
            chosen.append(standing[min(still, key=lambda match: lot(match, week))])
    return chosen


def _of_engine(week: dt.date) -> Iterator[Drawn]:
    """Land users whose result came about this week by the engine's own accept."""
    start, end = _span(week)
    found = Match.objects.filter(
        state=Match.State.PROPOSED,
        outcome=Match.Outcome.ACCEPT,
        resident=F("land_user__verification__resident"),
        land_user__verification__since__gte=start,
        land_user__verification__since__lt=end,
        land_user__verification__outcome__in=[Verification.Outcome.MATCHED, Verification.Outcome.MISMATCH],
    )
    rows = found.values_list("pk", "land_user_id", "commune_id", "stage")
    yield from (Drawn(*row, None) for row in rows.order_by("pk").iterator(chunk_size=10_000))
