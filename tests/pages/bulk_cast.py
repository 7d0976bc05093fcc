"""Work items for bulk decisions, and a decision run as its job does it."""

from __future__ import annotations

from itertools import count

from django.utils import timezone

from reconciliation import matching
from reconciliation.actions import bulk, bulk_portions
from reconciliation.actions.bulk import Act, Wanted
from reconciliation.models import BulkDecision, Match, Why, WorkItem
from tests import factories
from tests.actions.cast import make_resident

_numbers = count(1)


def item(**fields) -> WorkItem:
    person = factories.make_land_user(fields.pop("commune", None), name_raw="Trần Thị Hoà")
    given = {
        "opened_at": timezone.now(),
        "commune": person.commune,
        "plots": 1,
        "outcome": "not_found",
    } | fields
    return WorkItem.objects.create(land_user=person, **given)


def likely(commune) -> WorkItem:
    """Somebody with one candidate who agrees in all but a missing number, made surer than the threshold."""
    n = next(_numbers)
    name = f"Nguyễn Thị Duyên {'abcdefghijklmnopqrstuvwxyz'[n % 26]}{'abcdefghijklmnopqrstuvwxyz'[n // 26]}"
    person = factories.make_land_user(
        commune,
        name_raw=name,
        birth_raw="12/03/1975",
        sex_raw="Nữ",
        id_number_raw="",
        address_raw="Thôn Đoài",
    )
    make_resident(name, "12/03/1975", commune=commune)
    matching.refresh([person.pk])
    match = person.matches.get()
    Match.objects.filter(pk=match.pk).update(probability=0.97, outcome="review")
    found, _is_new = WorkItem.objects.get_or_create(
        land_user=person, defaults={"commune": commune, "opened_at": timezone.now(), "outcome": "ambiguous"}
    )
    WorkItem.objects.filter(pk=found.pk).update(state="open")
    found.refresh_from_db()
    return found


def to_commune(**more) -> Wanted:
    return Wanted(Act.COMMUNE, why=Why.COMMUNE_PAPERS, **more)


def run(decision: BulkDecision, by) -> None:
    """As the job would, without one."""
    going = bulk.go(decision, by=by)
    for first, last in bulk_portions.portions(going, is_done=False):
        bulk_portions.carry_out(going, first, last)
    bulk.finish(going.pk)
    decision.refresh_from_db()
