"""Whatever is sent as a workbook ends in a plan or in one sentence: no crash, no hang, nothing half done."""

from __future__ import annotations

import time
from collections import Counter

import pytest

from landdb.intake.outcome import Refused
from parcels.models import Certificate, Holding, LandUser, Plot
from reconciliation.actions import uploads
from reconciliation.bench import mutations
from reconciliation.models import Change, PlotStatus

from .ground import Ground, give_out, path_of

pytestmark = pytest.mark.django_db
SAMPLE, SEED = 90, 7
_STATES = {"proposed", "conflict", "unchanged", "rejected", "ignored"}


def test_a_seeded_sample_of_mutated_workbooks(ground: Ground) -> None:
    good = path_of(give_out(ground)).read_bytes()
    before = _everything()
    told: Counter[str] = Counter()
    for each in mutations.workbooks(good, SEED, SAMPLE):
        began = time.monotonic()
        try:
            lines = uploads.rehearse(each.content, each.name, ground.commune, by=ground.official)
        except Refused as refused:
            sentence = str(refused)
            assert sentence.endswith("."), (each.what, sentence)
            assert "\n" not in sentence, each.what
            assert len(sentence) < 300, each.what
            told["refused"] += 1
        else:
            assert {line["state"] for line in lines} <= _STATES, each.what
            assert len({(line["sheet"], line["row"]) for line in lines}) == len(lines), each.what
            told["planned"] += 1
        assert time.monotonic() - began < 30, each.what
        assert _everything() == before, each.what
    assert told["planned"] > 10
    assert told["refused"] > 20


@pytest.mark.parametrize(
    ("what", "words"),
    [("macros", "macro"), ("links", "liên kết"), ("bomb", "quá lớn"), ("entities", "khai báo XML"),
     ("many rows", "nhiều hơn mức 50000")],
)  # fmt: skip
def test_what_does_harm_is_refused_before_it_is_loaded(ground: Ground, what: str, words: str) -> None:
    good = path_of(give_out(ground)).read_bytes()
    each = next(one for one in mutations.workbooks(good, 1, 18) if one.what.startswith(what))
    with pytest.raises(Refused, match=words):
        uploads.rehearse(each.content, each.name, ground.commune, by=ground.official)


def _everything() -> tuple[int, ...]:
    return tuple(
        model.objects.count() for model in (Plot, LandUser, Certificate, Holding, Change, PlotStatus)
    )
