"""Opening stock + in − out = closing stock, whatever is done and in whatever order."""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Callable

import pytest
from django.utils import timezone

from landdb.models import AdminUnit, Delivery
from parcels.models import Certificate, LandUser, Plot
from reconciliation import classification
from reconciliation.models import Finding, GroupMove, PlotStatus, Verification
from tests import factories as make
from tests.rules.cases import FINDS

from .books import assert_balanced, judgement, versions

pytestmark = pytest.mark.django_db

CAUSE = GroupMove.Cause.CORRECTION
#: Breaks that touch the plot alone, so that a random one may follow another.
PLAIN = sorted(set(FINDS) - {"unit_obsolete", "sheet_ambiguous", "land_use_code_outdated"})


def small_province(chance: random.Random) -> list[AdminUnit]:
    """Two communes with plots of every kind, many of them broken in one way or several."""
    communes = [make.make_commune(), make.make_commune()]
    Delivery.objects.filter(commune=communes[1], source=Delivery.Source.SCANS).delete()
    for commune in communes:
        make.make_drawn_plot(commune)
        for _n in range(5):
            plot = make.make_ready_plot(commune)
            for rule in chance.sample(PLAIN, chance.randint(0, 2)):
                _try(FINDS[rule], plot)
    return communes


def _try(breaks: Callable[[Plot], object], plot: Plot) -> None:
    """Break a plot; one that is too broken already to be broken further in this way stays as it is."""
    try:
        breaks(plot)
    except (AssertionError, LandUser.DoesNotExist, Verification.DoesNotExist):
        return


@pytest.mark.parametrize("seed", range(3))
def test_one_plot_at_a_time_is_judged_as_a_whole_commune_is(seed: int) -> None:
    chance = random.Random(seed)
    communes = small_province(chance)
    plots = list(Plot.objects.values_list("pk", flat=True))
    chance.shuffle(plots)
    for plot in plots:
        classification.refresh([plot], cause=CAUSE)
    singly = judgement()
    assert_balanced()
    for model in (GroupMove, Finding, PlotStatus):
        model.objects.all().delete()
    classification.classify_communes([commune.pk for commune in communes])
    assert judgement() == singly


@pytest.mark.parametrize("seed", range(2))
def test_the_books_balance_after_any_day_of_work(seed: int) -> None:
    chance = random.Random(100 + seed)
    communes = small_province(chance)
    for _step in range(6):
        plot = chance.choice(list(Plot.objects.live()))
        chance.choice(
            [
                lambda plot=plot: _try(FINDS[chance.choice(PLAIN)], plot),
                lambda plot=plot: Plot.objects.filter(pk=plot.pk).update(state="retired"),
                lambda plot=plot: Plot.objects.filter(pk=plot.pk).update(commune=chance.choice(communes)),
                lambda plot=plot: Finding.objects.open().filter(plot=plot).update(state="waived"),
                lambda plot=plot: make.make_ready_plot(plot.commune),
            ]
        )()
        if chance.random() < 0.3:
            classification.classify_communes([commune.pk for commune in communes])
        else:
            near = [plot.pk, *classification.plots_sharing([plot.pk])]
            classification.refresh(near, cause=CAUSE)
    classification.classify_communes([commune.pk for commune in communes])
    assert_balanced()


def test_a_second_run_writes_nothing() -> None:
    communes = small_province(random.Random(7))
    ids = [commune.pk for commune in communes]
    classification.classify_communes(ids)
    before = versions()
    done = classification.classify_communes(ids)
    assert versions() == before
    assert (done["changed"], done["moves"], done["opened"], done["closed"]) == (0, 0, 0, 0)
    assert done["plots"] == Plot.objects.live().count()


def test_a_move_names_its_cause_its_time_and_its_change_set() -> None:
    plot = make.make_ready_plot()
    monday = dt.datetime(2026, 3, 2, 8, tzinfo=timezone.get_default_timezone())
    classification.refresh([plot.pk], cause=GroupMove.Cause.IMPORT, at=monday)
    Plot.objects.filter(pk=plot.pk).update(code="x")
    classification.refresh([plot.pk], cause=GroupMove.Cause.CORRECTION, at=monday + dt.timedelta(days=1))
    Plot.objects.filter(pk=plot.pk).update(state="retired")
    classification.refresh([plot.pk], cause=GroupMove.Cause.CORRECTION)
    moves = GroupMove.objects.order_by("id")
    assert list(moves.values_list("from_group", "to_group", "cause")) == [
        (None, 1, "first"),
        (1, 2, "correction"),
        (2, None, "retired"),
    ]
    assert moves[0].at == monday
    assert not PlotStatus.objects.exists()
    assert not Finding.objects.standing().exists()
    assert_balanced()


def test_a_plot_that_changes_communes_leaves_one_ledger_and_enters_the_other() -> None:
    plot, other = make.make_ready_plot(), make.make_commune()
    classification.refresh([plot.pk], cause=CAUSE)
    Plot.objects.filter(pk=plot.pk).update(commune=other)
    classification.classify_commune(other.pk)
    moves = GroupMove.objects.order_by("id").values_list("commune", "from_group", "to_group")
    assert list(moves)[1:] == [(plot.commune_id, 1, None), (other.pk, None, 1)]
    classification.classify_commune(plot.commune_id)
    assert_balanced()


def test_the_group_dates_from_the_move_and_not_from_a_further_finding() -> None:
    plot = make.make_ready_plot(code="x")
    first = timezone.now() - dt.timedelta(days=9)
    classification.refresh([plot.pk], cause=CAUSE, at=first)
    Plot.objects.filter(pk=plot.pk).update(address="")
    classification.refresh([plot.pk], cause=CAUSE)
    status = PlotStatus.objects.get(pk=plot.pk)
    assert (status.since, status.rules) == (first, ["plot_address_missing", "plot_code_wrong"])


def test_nothing_to_judge_is_no_work() -> None:
    assert not classification.refresh([], cause=CAUSE)
    assert classification.classify_commune(make.make_commune().pk)["plots"] == 0


def test_plots_that_share_something_are_found() -> None:
    plot = make.make_ready_plot()
    user, paper = LandUser.objects.get(), Certificate.objects.get()
    by_number = make.make_plot(plot.commune, sheet=plot.sheet, number=plot.number)
    by_code = make.make_plot(make.make_commune(), code=plot.code)
    by_holder, by_paper, by_serial = (make.make_plot(plot.commune) for _n in range(3))
    make.make_holding(by_holder, user)
    make.make_holding(by_paper, None, paper)
    make.make_holding(by_serial, None, make.make_certificate(plot.commune, serial=paper.serial))
    by_id_number, by_resident = make.make_plot(plot.commune), make.make_plot(plot.commune)
    make.make_holding(by_id_number, make.make_land_user(plot.commune, id_number_raw=user.id_number))
    twin = make.make_land_user(plot.commune)
    make.make_verification(twin, resident=user.verification.resident)
    make.make_holding(by_resident, twin)
    make.make_ready_plot(plot.commune)
    near = [by_number, by_code, by_holder, by_paper, by_serial, by_id_number, by_resident]
    assert classification.plots_sharing([plot.pk]) == sorted(one.pk for one in near)
    assert classification.plots_of_land_users([user.pk]) == [plot.pk, by_holder.pk]
    assert classification.plots_of_certificates([paper.pk]) == [plot.pk, by_paper.pk]
