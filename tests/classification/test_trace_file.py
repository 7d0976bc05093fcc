"""Whatever is given as a trace, the answer is a sentence."""

from __future__ import annotations

import json
import random
from collections.abc import Callable
from typing import Any

import pytest

from reconciliation.classification.trace import trace
from reconciliation.classification.trace_check import check
from reconciliation.classification.trace_file import Malformed, read
from tests import factories as make

pytestmark = pytest.mark.django_db

Document = dict[str, Any]

#: Values that have no business in most places.
ODD: list[Any] = [
    *(None, True, -1, 0, 10**30, 1e308, float("nan")),
    *("", "x", "9999-12-31", "\u0000", "\ud800"),
    *([], [None], {}, {"a": 1}),
]


@pytest.fixture
def document() -> Document:
    plot = make.make_ready_plot(code="", measured_area="126.0")
    return json.loads(json.dumps(trace(plot)))


def refused(text: str | bytes) -> str:
    with pytest.raises(Malformed) as error:
        check(read(text))
    return str(error.value)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{",
        "[]",
        "null",
        "5",
        "{}",
        b"\xff\xfe\x00",
        '{"trace": "1"}',
        "[" * 100_000,
        '{"a": NaN}',
        "9" * 5000,
    ],
    ids=range(11),
)
def test_what_is_no_trace_is_refused_in_one_sentence(text: str | bytes) -> None:
    sentence = refused(text)
    assert sentence.endswith(".")
    assert "\n" not in sentence


@pytest.mark.parametrize(
    ("spoil", "word"),
    [
        (lambda one: one.update(trace=2), "form 2"),
        (lambda one: one.pop("facts"), "'facts'"),
        (lambda one: one["facts"].pop("holding"), "'holding'"),
        (lambda one: one["facts"]["plot"].clear(), "its plot"),
        (lambda one: one["plot"].update(id=one["plot"]["id"] + 1), "its plot"),
        (lambda one: one["facts"]["plot"][0].pop("legal_area"), "'legal_area'"),
        (lambda one: one["facts"]["land_user"][0].pop("today"), "'today'"),
        (lambda one: one["facts"]["land_use"].append(one["facts"]["land_use"][0]), "twice"),
        (lambda one: one["facts"]["plot"][0].update(sheet="tờ"), "not of its kind"),
        (lambda one: one["facts"]["plot"][0].update(address="\u0000"), "not of its kind"),
        (lambda one: one["facts"]["land_user"][0].update(warnings={"a": 1}), "not of its kind"),
        (lambda one: one["facts"]["land_user"][0].update(evidence_on="32/13/2026"), "not of its kind"),
        (lambda one: one["facts"]["land_user"][0].update(today="hôm nay"), "not a day"),
        (lambda one: one["margins"].update(days=10**9), "out of bounds"),
        (
            lambda one: one["rule_set"]["rules"]["plot_overlaps"].update(tolerance=float("inf")),
            "out of bounds",
        ),
        (lambda one: one["rule_set"]["rules"]["plot_overlaps"].update(effect="forgive"), "no effect"),
        (lambda one: one["rule_set"]["rules"].update(plot_overlaps=3), "not a group of values"),
        (lambda one: one["result"].update(group=True), "not a whole number"),
        (lambda one: one["result"].update(rules=[3]), "something else than names"),
        (lambda one: one["waivers"].append({"rule": "x"}), "'subject'"),
    ],
    ids=range(20),
)
def test_a_trace_that_is_not_whole_names_what_is_wrong(
    document: Document, spoil: Callable[[Document], object], word: str
) -> None:
    spoil(document)
    assert word in refused(json.dumps(document))


@pytest.mark.parametrize("seed", range(4))
def test_no_trace_however_spoilt_is_answered_by_an_error(document: Document, seed: int) -> None:
    chance = random.Random(seed)
    for _time in range(40):
        spoilt = json.loads(json.dumps(document))
        for _place in range(chance.randint(1, 2)):
            _spoil(spoilt, chance)
        assert _answer(spoilt) in ("refused", "same", "versions", "results")


def _answer(document: Document) -> str:
    try:
        return check(read(json.dumps(document))).word
    except Malformed:
        return "refused"


def _spoil(node: Any, chance: random.Random) -> None:
    """Put something odd in a random place, or take something away."""
    while True:
        keys = list(node) if isinstance(node, dict) else list(range(len(node)))
        key = chance.choice(keys)
        if isinstance(node[key], dict | list) and node[key] and chance.random() < 0.85:
            node = node[key]
        elif chance.random() < 0.2:
            del node[key]
            return
        else:
            node[key] = chance.choice(ODD)
            return
