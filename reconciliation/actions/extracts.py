"""What follows from a registry extract: the land users on whom its changes bear, matched again."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import islice

from django.db import connection, transaction
from django.db.models import Q
from django.db.models.functions import Coalesce
from django.db.models.lookups import Exact, GreaterThan, LessThan

from citizens.models import RegistryExtract, ResidentChange
from landdb.models import AdminUnit, Delivery, User

from ..models import ExtractTouch, GroupMove, Match, Verification
from . import deliveries, effects

Kind = ResidentChange.Kind

#: A land user in a commune (0: none).
Place = tuple[int, int]
_PLACE = Coalesce("commune_id", 0)
#: Land users who are matched again in one transaction.
AT_ONCE = 200
#: Changes that may bring a new candidate to somebody who has none or several.
_BRINGING = (
    Kind.NEW, Kind.NUMBER_ISSUED, Kind.NUMBER, Kind.FORMER_NUMBER, Kind.NAME, Kind.BIRTH, Kind.SEX,
    Kind.MOVED,
)  # fmt: skip
_UNSETTLED = (
    Verification.Outcome.NOT_FOUND, Verification.Outcome.AMBIGUOUS, Verification.Outcome.MISMATCH,
    Verification.Outcome.UNVERIFIABLE,
)  # fmt: skip
_TABLE = ExtractTouch._meta.db_table

_WITH_MATCH = f"""
INSERT INTO {_TABLE} (extract_id, change_id, land_user_id, commune_id, kind, standing)
SELECT c.extract_id, c.id, u.id, u.commune_id, c.kind,
       CASE WHEN m.state <> 'proposed' THEN m.state
            WHEN m.outcome = 'accept' THEN 'linked'
            ELSE 'proposed' END
FROM citizens_residentchange c
JOIN reconciliation_match m ON m.resident_id = c.resident_id
JOIN parcels_landuser u ON u.id = m.land_user_id
WHERE c.extract_id = %s
ORDER BY u.id, c.id
"""  # noqa: S608
# Names and numbers are put together first: a common name stands for one line, however many bear it. Who is
# settled is touched by a namesake of the same year only (as far as theirs is known): it may be them as well.
_WITHOUT_MATCH = f"""
WITH changed AS (
    SELECT c.id, c.kind, r.name_fold, r.id_number, r.former_number, r.birth_year
    FROM citizens_residentchange c JOIN citizens_resident r ON r.id = c.resident_id
    WHERE c.extract_id = %s AND c.kind = ANY (%s)
), token AS (
    SELECT token, kind, CASE WHEN count(*) = 1 THEN min(id) END AS change_id
    FROM (SELECT id, kind, unnest(ARRAY[name_fold, id_number, former_number, name_fold || ' ' || birth_year])
                 AS token FROM changed) each
    WHERE token <> '' GROUP BY token, kind
), asked AS (
    SELECT u.id, u.commune_id, unnest(
        CASE WHEN v.outcome = ANY (%s) THEN ARRAY[u.name_fold, u.id_number, u.former_number]
             ELSE ARRAY[concat_ws(' ', u.name_fold, u.birth_year)] END) AS token
    FROM reconciliation_verification v JOIN parcels_landuser u ON u.id = v.land_user_id
    WHERE v.outcome <> 'not_applicable'
)
INSERT INTO {_TABLE} (extract_id, change_id, land_user_id, commune_id, kind, standing)
SELECT DISTINCT ON (u.id, t.kind) %s, t.change_id, u.id, u.commune_id, t.kind, 'namesake'
FROM asked u JOIN token t USING (token)
WHERE NOT EXISTS (SELECT FROM {_TABLE} n
                  WHERE n.extract_id = %s AND n.land_user_id = u.id AND n.kind = t.kind)
ORDER BY u.id, t.kind, t.change_id
"""  # noqa: S608


@transaction.atomic
def note_touched(extract: RegistryExtract) -> int:
    """Write down the land users on whom the extract's changes bear; how many they are.

    Those with a match to a changed resident, whatever became of it; the unsettled ones who have a name or a
    number in common with one; the settled ones who have name and year in common with one.
    """
    ExtractTouch.objects.filter(extract=extract).delete()
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE citizens_residentchange")
        cursor.execute(_WITH_MATCH, [extract.pk])
        bringing, unsettled = [kind.value for kind in _BRINGING], [outcome.value for outcome in _UNSETTLED]
        cursor.execute(_WITHOUT_MATCH, [extract.pk, bringing, unsettled, extract.pk, extract.pk])
    return ExtractTouch.objects.filter(extract=extract).values("land_user").distinct().count()


def portions(extract_id: int, by: User | None) -> Iterator[tuple[Place, Place]]:
    """The touched land users whom somebody sees, by commune, in portions: the first and last of each."""
    touched = ExtractTouch.objects.filter(extract=extract_id)
    if by is not None:
        touched = touched.visible_to(by)
    places = touched.values_list(_PLACE, "land_user").distinct().order_by(_PLACE, "land_user")
    waiting = places.iterator()
    while portion := list(islice(waiting, AT_ONCE)):
        yield portion[0], portion[-1]


def rematch(extract_id: int, first: Place, last: Place) -> dict[str, int]:
    """Match a portion of the touched land users again and classify their plots, in this transaction."""
    after = Q(GreaterThan(_PLACE, first[0])) | Q(Exact(_PLACE, first[0]), land_user__gte=first[1])
    until = Q(LessThan(_PLACE, last[0])) | Q(Exact(_PLACE, last[0]), land_user__lte=last[1])
    touched = ExtractTouch.objects.filter(after, until, extract=extract_id)
    ids = list(touched.order_by("land_user").values_list("land_user", flat=True).distinct())
    before = _reopened(ids)
    effects.again(ids, (), GroupMove.Cause.IMPORT, at_once=None)
    return {"land_users": len(ids), "reopened": len(_reopened(ids) - before)}


def judge_where_first(extract_id: int, by: User | None) -> list[int]:
    """Have the communes judged whole, by a job, of which an extract was the first; their ids.

    Of those that somebody sees.
    """
    extract = RegistryExtract.objects.select_related("file").filter(pk=extract_id).first()
    if extract is None:
        return []
    communes = AdminUnit.objects.all() if by is None else by.communes()
    return deliveries.judge_where_first(
        Delivery.Source.RESIDENTS, communes.values_list("pk", flat=True), extract.file.received_at, by=by
    )


def _reopened(land_users: Sequence[int]) -> set[int]:
    """The matches of these land users on which a person's word no longer stands."""
    found = Match.objects.filter(land_user__in=land_users).reopened()
    return set(found.values_list("pk", flat=True))
