"""Look for duplicates: over the whole register in a job, or around a few land users inside a request."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

import duckdb
import pyarrow as pa
from django.db import connection, transaction
from django.db.models import Q

from landdb import bulk

from ..models import PairWord
from . import store
from .evidence import Entry
from .groups import Words, put_together

_ENTRIES = """
    SELECT u.id, u.name_fold, u.birth_on, u.birth_year, u.sex,
        CASE WHEN u.id_kind = 'citizen' THEN u.id_number ELSE '' END AS number,
        u.commune_id AS commune, u.village_fold AS village, v.resident_id AS resident,
        COALESCE((
            SELECT m.state = 'accepted' OR (m.state = 'proposed' AND m.outcome = 'accept')
            FROM reconciliation_match m WHERE m.land_user_id = u.id AND m.resident_id = v.resident_id
        ), FALSE) AS is_sure
    FROM parcels_landuser u LEFT JOIN reconciliation_verification v ON v.land_user_id = u.id
    WHERE u.kind = 'individual' AND u.merged_into_id IS NULL AND u.name_fold <> ''
"""
_TYPES = {
    "id": pa.int64(), "birth_on": pa.date32(), "birth_year": pa.int16(), "commune": pa.int16(),
    "resident": pa.int64(), "is_sure": pa.bool_(),
}  # fmt: skip
# Most land users share nothing with anybody: they are left out before Python looks.
_SHARING = """
    SELECT * FROM incoming
    QUALIFY (number <> '' AND count(*) OVER (PARTITION BY number) > 1)
        OR (resident IS NOT NULL AND count(*) OVER (PARTITION BY resident) > 1)
        OR (birth_on IS NOT NULL AND commune IS NOT NULL
            AND count(*) OVER (PARTITION BY name_fold, birth_on, commune) > 1)
        OR (birth_year IS NOT NULL AND commune IS NOT NULL AND village <> ''
            AND count(*) OVER (PARTITION BY name_fold, birth_year, commune, village) > 1)
"""
# Every branch goes by an index.
_NEIGHBOURS = """
    WITH own AS MATERIALIZED (
        SELECT u.id, u.name_fold, u.birth_year, u.commune_id, u.id_number, u.id_kind, v.resident_id
        FROM parcels_landuser u LEFT JOIN reconciliation_verification v ON v.land_user_id = u.id
        WHERE u.id = ANY (%(ids)s) AND u.kind = 'individual' AND u.merged_into_id IS NULL
    )
    SELECT t.id FROM own JOIN parcels_landuser t
        ON t.id_number = own.id_number AND t.id_number <> '' AND own.id_kind = 'citizen'
    WHERE t.merged_into_id IS NULL
    UNION
    SELECT t.land_user_id FROM own JOIN reconciliation_verification t ON t.resident_id = own.resident_id
    UNION
    SELECT t.id FROM own JOIN parcels_landuser t
        ON t.name_fold = own.name_fold AND t.birth_year = own.birth_year AND t.commune_id = own.commune_id
    WHERE t.merged_into_id IS NULL
    UNION
    SELECT unnest(d.members) FROM reconciliation_duplicate d WHERE d.members && %(ids)s::bigint[]
"""


@transaction.atomic
def refresh_all() -> Counter[str]:
    """Look through the whole register. Counts: entries that share something, groups, what was written."""
    rows = bulk.read_here(_ENTRIES, types=_TYPES)
    with duckdb.connect(":memory:") as session:
        session.execute("SET memory_limit = '1200MB'")
        session.register("incoming", rows)
        sharing = session.sql(_SHARING).to_arrow_table()
    del rows
    entries = _entries(sharing)
    groups = put_together(entries, _words(PairWord.objects.all()))
    done = store.store(groups, instead_of=None)
    return done + Counter({"entries": len(entries), "groups": len(groups)})


@transaction.atomic(savepoint=False)
def refresh(land_user_ids: Iterable[int]) -> Counter[str]:
    """Look again around these land users, inside the current transaction."""
    within = _around(set(land_user_ids))
    # Whoever shares a key with nobody, nor ever did, is one of no group.
    if len(within) <= 1:
        return Counter()
    groups = put_together(entries_of(within), words_on(within))
    so_far = store.standing(within)
    return store.store(groups, instead_of=so_far) if groups or so_far else Counter()


def entries_of(ids: Iterable[int]) -> list[Entry]:
    """These land users, as far as they stand for themselves, in the order of their ids."""
    with connection.cursor() as cursor:
        cursor.execute(f"{_ENTRIES} AND u.id = ANY (%s) ORDER BY u.id", [sorted(ids)])
        return [Entry(*row) for row in cursor.fetchall()]


def words_on(ids: Iterable[int]) -> Words:
    """What people said of pairs of these."""
    wanted = list(ids)
    return _words(PairWord.objects.filter(Q(first__in=wanted, second__in=wanted)))


def _around(ids: set[int]) -> set[int]:
    """These, those grouped with them so far, and whoever shares a key, until nobody is added.

    Few share one; a search that stopped halfway would tear groups apart.
    """
    known: set[int] = set()
    fresh = set(ids)
    while fresh:
        known |= fresh
        fresh = _neighbours(sorted(fresh)) - known
    return known


def _neighbours(ids: Sequence[int]) -> set[int]:
    """Whoever shares a key with any of these, and those grouped with them so far."""
    with connection.cursor() as cursor:
        cursor.execute(_NEIGHBOURS, {"ids": list(ids)})
        return {pk for (pk,) in cursor.fetchall()}


def _words(said: Iterable[PairWord]) -> Words:
    return {
        (word.first_id, word.second_id): frozenset(word.evidence)
        for word in said
        if word.state == PairWord.State.APART
    }


def _entries(rows: pa.Table) -> list[Entry]:
    columns = [rows.column(name).to_pylist() for name in Entry._fields]
    return [Entry(*row) for row in zip(*columns, strict=True)]
