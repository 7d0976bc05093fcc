"""Agreement by chance at home: in a village of clans, a stranger's name is found more often than elsewhere.

The land users whom a number ties to their resident show it: what else do they meet in the registry? Whom they
meet there is somebody else for certain. Counted by pattern (how the names agree and how common the name is ×
birth × place) and held against what the weights expect, it tells how much less such an agreement is worth.
"""

from __future__ import annotations

from typing import Any

import duckdb
import numpy as np
import numpy.typing as npt

from .weights import Weights

#: Namesakes in the registry up to which a name is rare, known, common; above, everybody's.
_COMMON = (1, 4, 40, 400)
NAMES, BIRTHS, PLACES = len(_COMMON) + 1 + 5, 5, 3
SIZE = NAMES * BIRTHS * PLACES + 1

_BY_NAMESAKES = " + ".join(f"(namesakes > {n})::INTEGER" for n in _COMMON)
#: The pattern of a pair as a place in `Weights.coincidence`, over its codes; 0 where nothing is known of it.
PATTERN = f"""coalesce(1 + (CASE
           WHEN c_name IN ('a', 'b', 'c', 'd') THEN {_BY_NAMESAKES}
           WHEN c_name IN ('e', 'f') THEN 5 WHEN c_name IN ('g', 'h') THEN 6
           WHEN c_name = 'i' THEN 7 WHEN c_name = 'j' THEN 8 WHEN c_name = 'k' THEN 9 END) * {BIRTHS * PLACES}
       + (CASE WHEN c_birth IN ('a', 'b', 'c', 'd', 'e') THEN 0 WHEN c_birth IN ('f', 'g', 'h') THEN 1
               WHEN c_birth = 'i' THEN 2 WHEN c_birth = 'j' THEN 3 ELSE 4 END) * {PLACES}
       + (CASE WHEN c_village = 'a' THEN 0 WHEN c_commune IN ('a', 'b', 'c') THEN 1 ELSE 2 END), 0)"""

#: Counts that the opinion "as expected" has before anything is seen, and the most that is believed, in bits.
_OPINION, _MOST = 3.0, 8.0

Floats = npt.NDArray[np.float64]


def measure(session: duckdb.DuckDBPyConnection, weights: Weights) -> list[int]:
    """Hundredths of a bit per pattern, from land users compared without their numbers.

    The session's `decided` names the resident of each as rejected: everybody else among its pairs is a
    stranger.
    """
    met = np.zeros(SIZE)
    rows = session.execute(
        # The land user's own resident, who is left out, does not make the name any commoner.
        f"SELECT {PATTERN} AS pattern, count(*)"  # noqa: S608
        " FROM (SELECT * REPLACE (namesakes - 1 AS namesakes) FROM weighed) w"
        " ANTI JOIN decided d ON d.land_user = w.land_user AND d.resident = w.resident"
        " WHERE w.resident <> 0 GROUP BY 1"
    ).fetchall()
    for pattern, n in rows:
        met[pattern] = n
    expected = _expected(session, weights)
    bits = np.log2((met + _OPINION) / (expected + _OPINION))
    told = np.where(expected > 0, np.clip(bits, 0, _MOST), 0)
    _borrow(told)
    return [round(-100 * value) for value in told.tolist()]


def _borrow(told: Floats) -> None:
    """Patterns that candidates are not searched for on purpose take over the word of the nearest that are."""
    cells = told[1:].reshape(NAMES, BIRTHS, PLACES)
    exact, partly = cells[: len(_COMMON) + 1], cells[len(_COMMON) + 1 :]
    exact[:, 3, 1] = exact[:, 2, 1]
    # Without a year a namesake is as likely as one of any other year.
    exact[:, 4] = exact[:, 3]
    # Slips of the pen are told by how rare the written name is, not by how many are near it.
    partly[0] = 0
    # The rest of the commune is searched only for spellings that are near.
    partly[:, :, 1] = partly[:, :, 0]
    for birth in range(1, BIRTHS):
        partly[:, birth] = partly[:, 0]


def _expected(session: duckdb.DuckDBPyConnection, weights: Weights) -> Floats:
    """How many strangers of each pattern the weights expect, over all land users of the session."""
    found: dict[str, Any] = session.execute(
        """
        SELECT l.namesakes, l.rare_name, l.rare_ends, l.rare_tail, l.rare_stem, l.rare_given, l.rare_year,
               l.birth_year IS NOT NULL AS has_year, l.place_residents AS place, l.commune_residents AS
               commune
        FROM land_user l
        WHERE l.commune IS NOT NULL
        """
    ).fetchnumpy()
    rows = {name: np.ma.filled(column, 0).astype(float) for name, column in found.items()}
    names, births = weights.levels["name"], weights.levels["birth"]

    def u(levels: Any, *which: str) -> float:
        return sum(float(levels[level]["u"]) for level in which)

    def share(rare: str) -> Floats:
        shares: Floats = 2.0 ** -rows[rare]
        return shares

    # A namesake less: the land user's own resident is not met.
    fold = share("rare_name") * np.maximum(rows["namesakes"] - 1, 0) / (rows["namesakes"] + 0.5)
    band = np.searchsorted(_COMMON, rows["namesakes"] - 1, side="left")
    by_name = [np.where(band == nth, fold, 0) for nth in range(len(_COMMON) + 1)] + [
        u(names, "one_letter", "two_letters") * share("rare_name"),
        u(names, "middle_dropped", "middle") * share("rare_ends"),
        u(names, "surname") * share("rare_tail"),
        u(names, "stem") * share("rare_stem"),
        u(names, "given") * share("rare_given"),
    ]
    has, year = rows["has_year"], share("rare_year")
    by_birth = [
        has * year,
        has * u(births, "lunar_year", "year_beside", "year_swapped") * year,
        has * u(births, "year_typo"),
        has * u(births, "differ"),
        1 - has,
    ]
    by_place = [rows["place"], rows["commune"] - rows["place"], np.zeros(len(has))]
    cells = [float((n * b * p).sum()) for n in by_name for b in by_birth for p in by_place]
    return np.array([0.0, *cells])
