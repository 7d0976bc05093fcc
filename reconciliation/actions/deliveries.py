"""What follows when a source is delivered.

Sources that come without an importer are recorded by somebody, and two people take a mistake back.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence

from django.db import transaction
from django.utils import timezone

from landdb import jobs
from landdb.models import AdminUnit, Delivery, User

from ..models import GroupMove, HandDelivery
from .changes import WrongState
from .consents import SamePerson


@transaction.atomic
def record(commune: AdminUnit, source: str, *, delivered_on: dt.date, note: str, by: User) -> HandDelivery:
    """Note that a source was delivered for a commune. ValueError for one that comes with its files."""
    if source not in HandDelivery.SOURCES:
        raise ValueError(source)
    _alone(commune.pk)
    there = Delivery.objects.filter(commune=commune, source=source).first()
    was_delivered = there is not None and came_otherwise(there, _standing(commune.pk, source))
    delivery, _new = Delivery.objects.update_or_create(commune=commune, source=source)
    return HandDelivery.objects.create(
        commune=commune,
        source=source,
        delivered_on=delivered_on,
        note=note,
        recorded_by=by,
        recorded_at=delivery.last_at,
        was_delivered=was_delivered,
        last_before=there.last_at if there else None,
    )


@transaction.atomic
def ask_back(hand: HandDelivery, *, by: User, reason: str) -> HandDelivery:
    """Ask to take a mistaken record back; WrongState where it is gone, or somebody has asked already."""
    held = HandDelivery.objects.select_for_update().get(pk=hand.pk)
    if held.taken_back_at is not None or held.is_doubted:
        raise WrongState(str(held))
    held.asked_by, held.asked_at, held.reason = by, timezone.now(), reason
    held.save(update_fields=["asked_by", "asked_at", "reason"])
    return held


@transaction.atomic
def answer_back(hand: HandDelivery, *, by: User, is_yes: bool) -> HandDelivery:
    """The second look: yes takes the record back, no leaves it standing.

    The source becomes unknown again for the commune, unless it came in another way too. SamePerson where the
    one who asked answers; WrongState where nobody asks.
    """
    _alone(hand.commune_id)
    held = HandDelivery.objects.select_for_update().get(pk=hand.pk)
    if not held.is_doubted:
        raise WrongState(str(held))
    if held.asked_by_id == by.pk:
        raise SamePerson
    if not is_yes:
        held.asked_by = held.asked_at = None
        held.save(update_fields=["asked_by", "asked_at"])
        return held
    standing = _standing(held.commune_id, held.source)
    delivery = Delivery.objects.filter(commune=held.commune_id, source=held.source).first()
    held.taken_back_by, held.taken_back_at = by, timezone.now()
    held.save(update_fields=["taken_back_by", "taken_back_at"])
    if delivery is None:
        return held
    if len(standing) == 1 and not came_otherwise(delivery, standing):
        delivery.delete()
    elif delivery.last_at == held.recorded_at and held.last_before is not None:
        Delivery.objects.filter(pk=delivery.pk).update(last_at=held.last_before)
    return held


def judge_where_first(
    source: str, communes: Iterable[int], since: dt.datetime, *, by: User | None
) -> list[int]:
    """Have the communes judged whole, by a job, to which a source came for the first time since then.

    The rules that waited for it speak of every plot there, whatever else the file says. The communes' ids.
    """
    first = Delivery.objects.filter(source=source, commune__in=set(communes), first_at__gte=since)
    ids = sorted(first.values_list("commune", flat=True))
    if ids:
        jobs.start("classify", by=by, communes=ids, cause=GroupMove.Cause.IMPORT.value)
    return ids


def came_otherwise(delivery: Delivery, hands: Sequence[HandDelivery]) -> bool:
    """Did the source come by an import too, before the first of its standing records or after the last?"""
    if not hands:
        return True
    return hands[0].was_delivered or delivery.last_at > max(hand.recorded_at for hand in hands)


def _standing(commune_id: int, source: str) -> list[HandDelivery]:
    """Oldest first."""
    found = HandDelivery.objects.standing().filter(commune=commune_id, source=source)
    return list(found.order_by("pk"))


def _alone(commune_id: int) -> None:
    """One at a time decides about the sources of a commune."""
    AdminUnit.objects.select_for_update(no_key=True).get(pk=commune_id)
