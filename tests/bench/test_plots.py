"""What the bench of classification drafts and judges."""

from __future__ import annotations

from dataclasses import replace

import pytest

from reconciliation.actions.rule_drafts import Wanted
from reconciliation.bench.plots import drafts
from reconciliation.rules.catalogue import by_id

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("name", drafts.DRAFTS)
def test_each_draft_sets_a_rule_otherwise(name: str) -> None:
    rule, changed = drafts.DRAFTS[name]
    now = Wanted.now(by_id(rule))
    assert replace(now, **changed) != now
