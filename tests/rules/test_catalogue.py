"""The list of rules is the folder of rules, and the handbook is the list."""

from __future__ import annotations

import importlib
import pkgutil

import pytest
from django.core.management import call_command
from django.utils import translation

from parcels.models import Plot
from reconciliation import rules
from reconciliation.models import Dimension, Effect, Finding
from reconciliation.rules.base import Rule, Who
from reconciliation.rules.catalogue import RULES, by_id, knows
from reconciliation.rules.plot_facts import PlotFacts


def test_every_rule_of_the_folder_is_listed_once() -> None:
    for module in pkgutil.iter_modules(rules.__path__):
        importlib.import_module(f"{rules.__name__}.{module.name}")
    listed = [type(rule) for rule in RULES]
    assert len(listed) == len(set(listed))
    assert set(listed) == set(Rule.__subclasses__())


def test_ids_are_unique_and_fit_their_column() -> None:
    ids = [rule.id for rule in RULES]
    assert len(set(ids)) == len(ids)
    assert max(map(len, ids)) <= Finding._meta.get_field("rule").max_length
    assert by_id("map_only").id == "map_only"
    assert knows("map_only")
    assert not knows("nothing")


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_a_rule_says_what_it_means_what_mends_it_and_who_can(rule: Rule) -> None:
    with translation.override("vi"):
        assert all(str(words) for words in (rule.name, rule.mend, rule.basis, rule.explanation))
    assert rule.dimension in Dimension
    assert rule.effect in Effect
    assert rule.who in Who


def test_the_four_dimensions_and_six_ways_to_group_3_are_covered() -> None:
    assert {rule.dimension for rule in RULES if rule.effect == Effect.SUPPLEMENT} == set(Dimension)
    assert {rule.id for rule in RULES if rule.effect == Effect.REBUILD} == {
        "map_only",
        "unlocatable",
        "unidentifiable",
        "obsolete_map",
        "certificates_conflict",
        "coordinates_impossible",
    }


def test_only_rules_on_plots_look_at_bare_plots() -> None:
    assert all(rule.subject is PlotFacts for rule in RULES if rule.is_for_bare_plots)


def test_every_sentence_finds_its_facts() -> None:
    for rule in RULES:
        blank = {field.attname: None for field in rule.subject._meta.fields}
        facts = rule.subject(**blank)
        assert "{" not in rule.sentence(None, facts), rule.id


def test_the_handbook_page_is_what_the_classes_say() -> None:
    call_command("list_rules", "--check")


def test_facts_leave_no_trace_in_the_projects_models() -> None:
    assert not Plot._meta.apps.is_installed("facts")
