"""What a run of a bench should reach, and whether it does."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import Any

from .data import Size

PEAK_GB = 3.0
#: Milliseconds within which one land user is matched again, 95 of 100.
ALONE_MS = 150.0
TIME_RATIO = 0.75  # of Splink's seconds
MORE_F1, MORE_RECALL = 0.002, 0.006  # than Splink's
#: Land users from which on Splink is the measure: in small runs what every run costs outweighs the matching.
PROVINCE = 1_000_000
#: F1 and recall at precision .999, at sizes where they are known to be within reach.
KNOWN = {(50_000, 200_000): (0.987, 0.967)}
#: Links below which a share of wrong ones says nothing.
FEW_WRONG = 20
RECALL = "recall_at_0.999"
#: How far F1 and recall at precision .999 may move with a kind of dirt that leaves the information there.
F1_MOVES, RECALL_MOVES = 0.02, 0.06

Reached = dict[str, dict[str, Any]]


def judge(size: Size, told: Mapping[str, dict[str, Any]]) -> Reached:
    """name → value, reach, ok; ok is null, and `why` says why, where there is nothing to judge."""
    own = told["landdb"]
    reached: Reached = {
        "peak_gb": at_most(own["peak_gb"]["both"], PEAK_GB),
        "alone_p95_ms": at_most(own["alone"]["at_hand"]["p95_ms"], ALONE_MS),
        "wrong_found_to_said": _wrong(own),
    }
    if (size.owners, size.residents) in KNOWN and not size.dirt and size.people == "bench":
        f1, recall = KNOWN[size.owners, size.residents]
        reached["f1"] = _at_least(own["f1"], f1)
        reached[RECALL] = _at_least(own[RECALL], recall)
    if peer := told.get("splink"):
        # The whole of it, each learning its weights as it does by default; and, as a harder measure, what
        # is left of both where the weights are known from before.
        whole = [each["seconds"]["reconcile"] for each in (own, peer)]
        known = [_known(each["seconds"]) for each in (own, peer)]
        reached["seconds_to_splink"] = at_most(round(whole[0] / whole[1], 3), TIME_RATIO)
        reached["seconds_to_splink_weights_known"] = at_most(round(known[0] / known[1], 3), TIME_RATIO)
        only_told(reached, ["seconds_to_splink_weights_known"])
        reached["f1_over_splink"] = _at_least(round(own["f1"] - peer["f1"], 6), MORE_F1)
        reached["recall_over_splink"] = _at_least(round(own[RECALL] - peer[RECALL], 6), MORE_RECALL)
        if size.owners < PROVINCE or size.people != "bench":
            only_told(reached, [name for name in reached if "splink" in name])
    return reached


def only_told(reached: Reached, names: Iterable[str]) -> None:
    """Take back the judgement of figures that mean nothing at this size."""
    for name in names:
        reached[name] |= {"ok": None, "why": "told, not judged"}


def judge_dirt(
    told: Mapping[str, Mapping[str, Any]], usual: Mapping[str, Any], telling: Collection[str]
) -> Reached:
    """How far the quality moves at most from the usual, over all cases whose group is not `telling`."""
    reached: Reached = {}
    for field, bound in (("f1", F1_MOVES), (RECALL, RECALL_MOVES)):
        moves = {
            name: abs(each[field] - usual[field])
            for name, each in told.items()
            if each["group"] not in telling
        }
        farthest = max(moves, key=lambda name: moves[name])
        reached[f"{field}_moves"] = {**at_most(round(moves[farthest], 6), bound), "case": farthest}
    return reached


def _known(seconds: Mapping[str, float]) -> float:
    """Seconds of matching alone, where the weights are known from before."""
    return seconds["reconcile"] - seconds["learn"]


def _wrong(own: Mapping[str, Any]) -> dict[str, Any]:
    """The share of wrong ones among the accepted links, against what their probabilities say."""
    said, found, count = own["wrong"]["said"], own["wrong"]["found"], own["accepted"]["count"]
    if max(said, found) * count < FEW_WRONG:
        return {"value": None, "reach": "0.5 to 2", "ok": None, "why": "too few to say"}
    ratio = found / said if said else float(count)
    return {"value": round(ratio, 3), "reach": "0.5 to 2", "ok": 0.5 <= ratio <= 2}


def at_most(value: float, bound: float) -> dict[str, Any]:
    """A value that should not be larger than a bound."""
    return {"value": value, "reach": f"at most {bound}", "ok": value <= bound}


def _at_least(value: float, bound: float) -> dict[str, Any]:
    return {"value": value, "reach": f"at least {bound}", "ok": value >= bound}
