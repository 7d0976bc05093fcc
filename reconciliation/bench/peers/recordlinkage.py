"""The Python Record Linkage Toolkit on the stored columns: indexed, compared, weighed by its own ECM."""

from __future__ import annotations

import time
from pathlib import Path

import duckdb
import numpy as np
import pandas as pd
import recordlinkage as toolkit

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
            residents = columns.read(opened)
            ours, theirs = (opened.table(name).df().set_index("id") for name in ("land_users", "residents"))
        with timed(seconds, "index"):
            pairs = _index(ours, theirs)
        with timed(seconds, "compare"):
            levels = _compare(pairs, ours, theirs)
        training = time.process_time()
        with timed(seconds, "train"):
            bits = _weigh(levels, pairs, ours, theirs)
        training = time.process_time() - training
        with timed(seconds, "posterior"):
            opened.register("weighed", _table(pairs, bits))
            opened.execute("CREATE VIEW pair AS SELECT *, 'ecm' AS stage, '' AS evidence FROM weighed")
            posterior.rank(opened, residents, truth)
        with timed(seconds, "write"):
            posterior.write(opened, TABLE)
    return Run(seconds, training, TABLE)


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
    comparer = toolkit.Compare(n_jobs=2)
    for name in _EXACT:
        comparer.exact(name, name, label=name)
    comparer.string("name_fold", "name_fold", method="jarowinkler", threshold=0.92, label="name_near")
    return comparer.compute(pairs, ours, theirs)


def _weigh(levels: pd.DataFrame, pairs: pd.MultiIndex, ours: pd.DataFrame, theirs: pd.DataFrame) -> pd.Series:
    """Bits for every pair by the shares that ECM finds; a field that one side lacks says nothing."""
    ecm = toolkit.ECMClassifier(init="jaro", binarize=None)
    ecm.fit(levels)
    bits = pd.Series(0.0, index=pairs)
    for name in levels:
        agree, differ = (np.log2(ecm.m_probs[name][on] / ecm.u_probs[name][on]) for on in (1, 0))
        weight = np.where(levels[name].to_numpy() == 1, agree, differ)
        field = "name_fold" if name == "name_near" else name
        known = _known(pairs, ours, 0, field) & _known(pairs, theirs, 1, field)
        bits += np.where(known, weight, 0.0)
    return bits


def _known(pairs: pd.MultiIndex, side: pd.DataFrame, level: int, field: str) -> Flags:
    known: Flags = side[field].notna().reindex(pairs.get_level_values(level)).to_numpy()
    return known


def _table(pairs: pd.MultiIndex, bits: pd.Series) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "land_user_id": pairs.get_level_values(0),
            "resident_id": pairs.get_level_values(1),
            "bits": bits.to_numpy(),
        }
    )
