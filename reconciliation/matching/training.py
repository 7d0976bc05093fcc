"""Fit the weights to the data at hand: two samples of land users, compared with the whole registry."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import NamedTuple

import duckdb
import numpy as np
import pyarrow as pa

from . import bands, coincidences, engine, fit, samples
from .engine import Facts
from .ladders import SAME_FOLD
from .weights import Weights

#: Land users whom a number ties to a resident; fewer than LEAST tell too little to learn from.
TIED, LEAST = 25_000, 500
#: Land users of the sample that a caller reads, and of those whose candidates are weighed.
SAMPLE, WEIGHED = 65_000, 15_000

# Tied by a number and by either the whole name or the year: nobody else can be meant.
_TIED = """
CREATE TEMP TABLE tied AS
SELECT u.id AS land_user, any_value(r.id) AS resident FROM sampled u
JOIN registry.resident r ON r.number = TRY_CAST(u.id_number AS BIGINT)
WHERE length(u.id_number) = 12 AND u.kind = 'individual'
  AND (r.name = hash(u.name_fold) OR (r.birth_year = u.birth_year AND r.sex = u.sex))
GROUP BY u.id HAVING count(*) = 1
ORDER BY hash(u.id) LIMIT $tied
"""
_WITHOUT_NUMBERS = """
SELECT u.* REPLACE ('' AS id_number, '' AS id_kind, '' AS former_number)
FROM sampled u JOIN tied t ON t.land_user = u.id
"""
_SOME = "FROM sampled ORDER BY hash(id + 1) LIMIT $weighed"
_TRUTH = "SELECT land_user, resident, 'rejected' AS state FROM tied"


class Fitted(NamedTuple):
    """Weights fitted to the data, and what accepting from which score would settle (`bands.curves`)."""

    weights: Weights
    curves: dict[str, bands.Curve]


#: The land users `u` to learn from. Whom a person has accepted may carry what the registry says, put there
#: with the decision: its agreement would be evidence for itself.
LEARNT_FROM = (
    "u.merged_into_id IS NULL AND NOT EXISTS (SELECT FROM reconciliation_match s"
    " WHERE s.land_user_id = u.id AND s.state = 'accepted')"
)


def train(
    session: duckdb.DuckDBPyConnection,
    land_users: pa.Table,
    offices: dict[int, int],
    facts: Facts,
    weights: Weights,
    most: int = WEIGHED,
) -> Fitted:
    """Fit to a sample of land users as `engine.LAND_USERS` reads them. `offices`: commune → office (ids).

    At most so many of them are weighed; where few are tied to a resident, the weights stay as they are.
    """
    session.register("sampled", land_users)
    session.execute(_TIED, {"tied": max(most, TIED)})
    some = session.sql(_SOME, params={"weighed": most}).to_arrow_table()
    if session.execute("SELECT count(*) FROM tied").fetchall()[0][0] >= LEAST:
        weights = _fit(session, some, facts, _unmarked(session, weights))
    session.execute("DROP TABLE tied")
    engine.match(session, some, engine.NOBODY, facts, weights, bands.NOTHING)
    curves = bands.curves(session, offices)
    engine.clear(session)
    return Fitted(weights, curves)


def _unmarked(session: duckdb.DuckDBPyConnection, weights: Weights) -> Weights:
    """The weights with the share of names that these land users have written without any marks.

    That is a habit of the record, not of the pair: whoever is written so agrees so with every namesake.
    """
    bare = "avg(regexp_full_match(name_key, '[a-z ]+')::INTEGER)"
    asked = f"SELECT {bare} FROM sampled WHERE kind = 'individual' AND name_key <> ''"  # noqa: S608
    share = min(max(float(session.execute(asked).fetchall()[0][0] or 0), 0.001), 0.999)
    names = weights.levels["name"]
    of_bare = float(names["marks_missing"]["u"])
    told = {
        level: {
            **names[level],
            "u": share
            if level == "marks_missing"
            else float(names[level]["u"]) * (1 - share) / (1 - of_bare),
        }
        for level in SAME_FOLD
    }
    return weights.fitted(levels={**weights.levels, "name": {**names, **told}})


def _fit(session: duckdb.DuckDBPyConnection, land_users: pa.Table, facts: Facts, weights: Weights) -> Weights:
    nameless = session.sql(_WITHOUT_NUMBERS).to_arrow_table()
    truth = session.sql(_TRUTH).to_arrow_table()
    # Each uses little of the machine by itself, so the two samples are compared side by side.
    with ThreadPoolExecutor(1) as pool, session.cursor() as other:
        waiting = pool.submit(engine.compare, other, land_users, engine.NOBODY, facts, weights)
        engine.compare(session, nameless, truth, facts, weights)
        waiting.result()
        tied, judged = samples.tied_by_number(session), samples.sample_of(session, weights)
        told = weights.fitted(coincidence=coincidences.measure(session, weights))
        sample = samples.sample_of(other, weights).retold(weights, told)
        by_day = samples.tied_by_day(other)
    engine.clear(session)
    fitted = fit.fit(sample, samples.together(tied, by_day), told)
    true_of = dict(zip(*(truth.column(name).to_pylist() for name in ("land_user", "resident")), strict=True))
    true_residents = np.array([true_of[each] for each in judged.ids.tolist()])
    is_true = true_residents[judged.land_user] == judged.resident
    return fitted.fitted(caution=fit.caution(judged.retold(weights, told), is_true, fitted))
