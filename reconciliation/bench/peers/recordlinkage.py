"""The Python Record Linkage Toolkit on the stored columns: indexed, compared, and weighed by regression."""

from __future__ import annotations

from pathlib import Path

import duckdb
import numpy as np
import pandas as pd
import recordlinkage as toolkit

from landdb import bulk

from ..apart import timed
from ..quality import Flags
from . import Run, columns, posterior

TABLE = "bench_recordlinkage_match"
#: Columns that must all agree for a pair to be looked at.
_BLOCKS = (
    ["number"],
    ["former"],
    ["name_fold", "birth_year"],
    ["name_fold", "commune"],
    ["commune", "birth_year", "given"],
)
_EXACT = ("name_key", "name_fold", "birth_year", "birth_on", "sex", "number", "former", "commune", "village")


def run(truth: Path) -> Run:
    """Match every land user."""
    seconds: dict[str, float] = {}
    with duckdb.connect(":memory:") as opened:
        with timed(seconds, "read"):
            columns.read(opened)
            ours, theirs = (opened.table(name).df().set_index("id") for name in ("land_users", "residents"))
        with timed(seconds, "index"):
            pairs = _index(ours, theirs)
        with timed(seconds, "compare"):
            levels = _compare(pairs, ours, theirs)
        with timed(seconds, "learn"):
            bits = _weigh(levels, _known(pairs, ours, theirs), _true(levels, truth))
        with timed(seconds, "posterior"):
            opened.register("weighed", _table(pairs, bits))
            opened.execute("CREATE VIEW pair AS SELECT *, 'regression' AS stage, '' AS evidence FROM weighed")
            # The regression knows candidates only, so one of them is what the prior is shared among.
            posterior.rank(opened, max(round(len(pairs) / len(ours)), 1), truth)
        with timed(seconds, "write"):
            posterior.write(opened, TABLE)
    return Run(seconds, TABLE)


def _index(ours: pd.DataFrame, theirs: pd.DataFrame) -> pd.MultiIndex:
    """Pairs that agree on all columns of some block, both sides without the gaps."""
    found = None
    for names in _BLOCKS:
        indexer = toolkit.Index()
        indexer.block(names)
        pairs = indexer.index(ours.dropna(subset=names), theirs.dropna(subset=names))
        found = pairs if found is None else found.union(pairs)
    return found


def _compare(pairs: pd.MultiIndex, ours: pd.DataFrame, theirs: pd.DataFrame) -> pd.DataFrame:
    """1 or 0 for every pair and field."""
    comparer = toolkit.Compare()
    for name in _EXACT:
        comparer.exact(name, name, label=name)
    comparer.string("name_fold", "name_fold", method="jarowinkler", threshold=0.92, label="name_near")
    return comparer.compute(pairs, ours, theirs)


def _weigh(levels: pd.DataFrame, known: pd.DataFrame, true: pd.MultiIndex) -> pd.Series:
    """Bits for every pair against the mean candidate, by a logistic regression shown the true pairs."""
    # A field that one side lacks is neither agreement nor clash.
    clash = (known & (levels == 0)).add_suffix("_differs").astype(float)
    told = pd.concat([levels * known, clash], axis=1)
    regression = toolkit.LogisticRegressionClassifier()
    regression.fit(told, true)
    odds = told.to_numpy() @ np.ravel(regression.coefficients) + float(np.ravel(regression.intercept)[0])
    share = len(true) / len(told)
    return pd.Series((odds - np.log(share / (1 - share))) / np.log(2), index=levels.index)


def _true(levels: pd.DataFrame, truth: Path) -> pd.MultiIndex:
    """The pairs that are one person."""
    keys = [
        bulk.read(sql).to_pandas()
        for sql in (
            "SELECT id AS land_user_id, source_key AS owner_id FROM parcels_landuser",
            "SELECT id AS resident_id, resident_key FROM citizens_resident",
        )
    ]
    told = pd.read_parquet(truth).merge(keys[0], on="owner_id")
    told = told.merge(keys[1], left_on="resident_id", right_on="resident_key", suffixes=("_told", ""))
    return levels.index.intersection(pd.MultiIndex.from_frame(told[["land_user_id", "resident_id"]]))


def _known(pairs: pd.MultiIndex, ours: pd.DataFrame, theirs: pd.DataFrame) -> pd.DataFrame:
    """Whether both sides of a pair have the field."""
    fields = {**{name: name for name in _EXACT}, "name_near": "name_fold"}
    return pd.DataFrame(
        {
            label: _there(pairs, ours, 0, name) & _there(pairs, theirs, 1, name)
            for label, name in fields.items()
        },
        index=pairs,
    )


def _there(pairs: pd.MultiIndex, side: pd.DataFrame, level: int, field: str) -> Flags:
    there: Flags = side[field].notna().reindex(pairs.get_level_values(level)).to_numpy()
    return there


def _table(pairs: pd.MultiIndex, bits: pd.Series) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "land_user_id": pairs.get_level_values(0),
            "resident_id": pairs.get_level_values(1),
            "bits": bits.to_numpy(),
        }
    )
