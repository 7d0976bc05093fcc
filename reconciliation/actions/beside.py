"""Whom a changed entry speaks for: the others on its certificates are likelier to live where it lives.

Matching reads of each of them which resident they are, by number and name (`matching/refresh.py`). Another
number or name of the wife may therefore settle the husband, or open his question again.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from typing import Any, NamedTuple

from django.db import connection
from django.db.models import Q

from parcels.models import Holding, LandUser

from ..models import Change

#: By what of an entry it is told which resident it is.
_TELLING = ("name_fold", "id_number", "id_kind", "former_number", "merged_into_id")
_LABEL, _HOLDING = LandUser._meta.label_lower, Holding._meta.label_lower

_RESIDENTS = """
WITH carrier AS (
    SELECT * FROM unnest(%(at)s::int[], %(names)s::text[], %(numbers)s::text[], %(formers)s::text[])
        AS t (at, name_fold, number, former)
)
SELECT c.at, r.id FROM carrier c
JOIN citizens_resident r ON r.id_number = c.number AND r.id_number <> '' AND r.name_fold = c.name_fold
UNION
SELECT c.at, r.id FROM carrier c
JOIN citizens_resident r ON r.former_number = c.former AND r.former_number <> '' AND r.name_fold = c.name_fold
"""


class _Said(NamedTuple):
    """What an entry says of itself, in the order of _TELLING."""

    name_fold: str
    id_number: str
    id_kind: str
    former_number: str
    merged_into_id: int | None


def beside(changes: Collection[Change]) -> set[int]:
    """The land users whose evidence these written changes moved, since another on a certificate of theirs now
    stands for another resident, or since a holding came to another hand or certificate.

    Only those whom matching compares; nobody for an entry that tells of the same residents as before.
    """
    written = [each for each in changes if each.state in (Change.State.APPLIED, Change.State.UNDONE)]
    papers = _of_other_residents([each for each in written if each.model == _LABEL])
    papers |= _of_moved([each for each in written if each.model == _HOLDING])
    if not papers:
        return set()
    others = Holding.objects.filter(
        certificate__in=papers,
        land_user__kind=LandUser.Kind.INDIVIDUAL,
        land_user__merged_into__isnull=True,
    )
    return set(others.values_list("land_user_id", flat=True)) - {None}


def _of_other_residents(changes: Iterable[Change]) -> set[int]:
    """The certificates of entries that tell of another resident than before."""
    moved: dict[int, dict[str, Change]] = defaultdict(dict)
    for change in changes:
        if change.field in _TELLING:
            moved[change.record_id][change.field] = change
    entries = LandUser.objects.filter(pk__in=moved, kind=LandUser.Kind.INDIVIDUAL)
    now = {pk: _Said(*said) for pk, *said in entries.values_list("pk", *_TELLING)}
    other = {
        pk: said._replace(**{name: _other_end(change, said) for name, change in moved[pk].items()})
        for pk, said in now.items()
    }
    found = _residents([*now.values(), *other.values()])
    is_other = [pk for pk, one, two in zip(now, found, found[len(now) :], strict=False) if one != two]
    return _papers(Q(land_user__in=is_other)) if is_other else set()


def _of_moved(changes: Iterable[Change]) -> set[int]:
    """The certificates at both ends of a holding that came to another hand, or to another certificate."""
    moved = [each for each in changes if each.field in ("land_user_id", "certificate_id")]
    if not moved:
        return set()
    ends = {pk for each in moved if each.field == "certificate_id" for pk in (each.old, each.new) if pk}
    return ends | _papers(Q(pk__in=[each.record_id for each in moved]))


def _papers(of: Q) -> set[int]:
    held = Holding.objects.filter(of, certificate__isnull=False)
    return set(held.order_by().values_list("certificate_id", flat=True).distinct())


def _other_end(change: Change, said: _Said) -> Any:
    """The value that the change took away, or put in and was taken back again."""
    return change.old if getattr(said, change.field) == change.new else change.new


def _residents(said: Collection[_Said]) -> list[set[int]]:
    """The residents whom each of these tells of; nobody for who was merged into another."""
    found: list[set[int]] = [set() for _each in said]
    asked = [(n, each) for n, each in enumerate(said) if each.merged_into_id is None and each.name_fold]
    if asked:
        told: dict[str, Any] = {
            "at": [n for n, _each in asked],
            "names": [each.name_fold for _n, each in asked],
            "numbers": [each.id_number if len(each.id_number) == 12 else "" for _n, each in asked],
            "formers": [_former(each) for _n, each in asked],
        }
        with connection.cursor() as cursor:
            cursor.execute(_RESIDENTS, told)
            for n, resident in cursor.fetchall():
                found[n].add(resident)
    return found


def _former(said: _Said) -> str:
    return said.former_number or (said.id_number if said.id_kind == "cmnd" else "")
