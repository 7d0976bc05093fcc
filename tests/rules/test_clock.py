"""Rules look at nothing but facts: no clock, no table; and every fact has its words."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.core.exceptions import FieldDoesNotExist
from django.db.models import Func, Q, QuerySet

from reconciliation.rules.base import Rule
from reconciliation.rules.book import Ruling
from reconciliation.rules.catalogue import RULES
from reconciliation.rules.frozen import looked_at
from reconciliation.rules.words import FACTS


def parts(part: Any) -> Iterator[Any]:
    yield part
    inner = part.children if isinstance(part, Q) else part if isinstance(part, tuple | list) else ()
    for one in inner or getattr(part, "get_source_expressions", list)():
        yield from parts(one)


def ruling(rule: Rule) -> Ruling:
    return Ruling(1, rule, rule.effect, rule.tolerance or 0.0)


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_a_rule_asks_its_facts_and_no_clock(rule: Rule) -> None:
    for part in parts(rule.condition(rule.tolerance or 0.0)):
        assert not (isinstance(part, Func) and part.get_source_expressions() == []), part
        assert not isinstance(part, QuerySet)
    for name in looked_at(ruling(rule)):
        try:
            rule.subject._meta.get_field(name)
        except FieldDoesNotExist:
            pytest.fail(f"{rule.id} looks at {name}, which is no fact")


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_what_a_rule_looks_at_has_its_words(rule: Rule) -> None:
    names = looked_at(ruling(rule))
    assert names
    assert set(names) <= set(FACTS)


def test_words_are_kept_for_no_fact_that_nobody_looks_at() -> None:
    assert set(FACTS) == {name for rule in RULES for name in looked_at(ruling(rule))}


def test_the_facts_that_a_condition_reads_are_found_in_every_corner_of_it() -> None:
    found = {rule.id: looked_at(ruling(rule)) for rule in RULES}
    assert found["id_number_contradicts"] == ("kind", "birth_year", "number_year", "number_sex", "sex")
    assert found["area_differs_from_map"] == ("legal_area", "measured_area")
    assert found["evidence_stale"] == ("evidence_on", "today")
