"""The stored columns that every peer reads, as our own engine does."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import duckdb

from landdb import bulk

#: Names borne by so few residents are looked up anywhere.
RARE = 12

_SELECT = (
    "SELECT id, commune_id AS commune, name_key, name_fold, birth_on, birth_year, sex, id_number, id_kind,"
    " former_number, village_fold AS village"
)
_SOURCES = {
    "residents": f"{_SELECT} FROM citizens_resident WHERE name_fold <> ''",
    "land_users": f"{_SELECT} FROM parcels_landuser WHERE kind = 'individual' AND name_fold <> ''",
}
_READY = """
CREATE TABLE {name} AS
SELECT i.id, i.commune, i.name_key, i.name_fold, i.birth_on, i.birth_year, nullif(i.sex, '') AS sex,
       nullif(i.village, '') AS village, regexp_replace(i.village, '[^0-9]', '', 'g') AS village_digits,
       CASE WHEN length(i.id_number) = 12 THEN i.id_number END AS number,
       nullif(CASE WHEN i.former_number <> '' THEN i.former_number
                   WHEN i.id_kind = 'cmnd' THEN i.id_number ELSE '' END, '') AS former,
       split_part(i.name_fold, ' ', 1) AS surname, split_part(i.name_fold, ' ', -1) AS given,
       CASE WHEN n.residents <= {rare} THEN i.name_fold END AS rare_name,
       CASE WHEN length(i.id_number) = 12
            THEN (1900 + (i.id_number[4]::INTEGER // 2) * 100 + i.id_number[5:6]::INTEGER)::SMALLINT
            END AS number_year,
       CASE WHEN length(i.id_number) = 12 THEN i.id_number[7:12] END AS number_end
FROM incoming i LEFT JOIN name_count n ON n.name_fold = i.name_fold
"""


def read(opened: duckdb.DuckDBPyConnection) -> int:
    """`residents` and `land_users` out of PostgreSQL, a connection for each; how many residents there are."""
    with ThreadPoolExecutor(len(_SOURCES)) as pool:
        rows = dict(zip(_SOURCES, pool.map(bulk.read, _SOURCES.values()), strict=True))
    residents = int(rows["residents"].num_rows)
    opened.register("incoming_resident", rows["residents"])
    opened.execute(
        "CREATE TABLE name_count AS SELECT name_fold, count(*) AS residents FROM incoming_resident GROUP BY 1"
    )
    opened.unregister("incoming_resident")
    for name in _SOURCES:
        opened.register("incoming", rows.pop(name))
        opened.execute(_READY.format(name=name, rare=RARE))
        opened.unregister("incoming")
    return max(residents, 1)
