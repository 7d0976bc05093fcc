"""Every rule is silent on a plot that is in order, and speaks when its one thing is wrong."""

from __future__ import annotations

import pytest

from parcels.models import Plot
from reconciliation.rules.catalogue import RULES
from tests import factories as make

from .cases import FINDS, SILENT, Break
from .looking import assert_finds, assert_silent, findings

pytestmark = pytest.mark.django_db


@pytest.fixture
def plot() -> Plot:
    return make.make_ready_plot()


def test_every_rule_has_a_case() -> None:
    assert set(FINDS) == {rule.id for rule in RULES}


def test_a_plot_in_order_raises_nothing(plot: Plot) -> None:
    assert findings(plot) == set()


@pytest.mark.parametrize("rule", FINDS)
def test_it_finds(rule: str, plot: Plot) -> None:
    assert_silent(rule, plot)
    FINDS[rule](plot)
    assert_finds(rule, plot)


@pytest.mark.parametrize(
    ("rule", "near_miss"), [pytest.param(*case, id=f"{n}-{case[0]}") for n, case in enumerate(SILENT)]
)
def test_it_stays_silent(rule: str, near_miss: Break, plot: Plot) -> None:
    near_miss(plot)
    assert_silent(rule, plot)


def test_a_plot_known_only_from_the_map_carries_nothing_but_that() -> None:
    assert findings(make.make_drawn_plot(sheet=None, number=None)) == {"map_only"}


def test_a_broken_code_is_found_by_its_alphabet_and_its_length(plot: Plot) -> None:
    for code in ("w7g9088sc92a", "w7g9088sc92"):
        Plot.objects.filter(pk=plot.pk).update(code=code)
        assert_finds("plot_code_wrong", plot)
