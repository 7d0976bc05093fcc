"""What somebody works through: facets that react to each other, an order, what comes before and after."""

from __future__ import annotations

import datetime as dt

import pytest
from django.http import QueryDict
from django.utils import timezone
from hypothesis import given, settings
from hypothesis import strategies as st

from landdb.models import Role, TypedSearch
from reconciliation import work_places
from reconciliation.actions import leases
from reconciliation.models import Lease, WorkItem
from reconciliation.worklist_values import At
from reconciliation.worklists import WorkFilter
from tests import factories

pytestmark = pytest.mark.django_db


def item(plots: int, *, outcome: str = "ambiguous", **fields) -> WorkItem:
    person = factories.make_land_user(fields.pop("commune", None))
    given = {"opened_at": timezone.now(), "commune": person.commune} | fields
    return WorkItem.objects.create(land_user=person, plots=plots, outcome=outcome, **given)


def read(user, address: str = "") -> WorkFilter:
    return WorkFilter.read(user, QueryDict(address))


def listed(wanted: WorkFilter) -> list[int]:
    return [each.plots for each in wanted.page()]


@pytest.fixture
def officer():
    return factories.make_user(Role.SENIOR_REVIEWER)


def test_those_on_whom_most_plots_wait_come_first(officer) -> None:
    for plots in (2, 14, 7):
        item(plots)
    assert listed(read(officer)) == [14, 7, 2]


def test_by_age_the_oldest_come_first(officer) -> None:
    now = timezone.now()
    for days, plots in ((3, 1), (40, 2), (10, 3)):
        item(plots, opened_at=now - dt.timedelta(days=days))
    assert listed(read(officer, "order=age")) == [2, 3, 1]
    assert listed(read(officer, "waited=30")) == [2]


def test_each_facet_is_counted_under_the_others(officer) -> None:
    here, there = factories.make_commune(), factories.make_commune()
    item(5, commune=here)
    item(4, commune=here, outcome="mismatch")
    item(3, commune=there, outcome="mismatch", waits_with="commune")
    item(2, commune=there, outcome="mismatch")
    counts = read(officer, f"outcome=mismatch&commune={here.code}").counts
    assert counts.outcomes == {"ambiguous": 1, "mismatch": 1}
    assert counts.communes == {here.pk: 1, there.pk: 1}
    assert (counts.withs["commune"], counts.withs[""]) == (0, 1)
    assert (counts.total, counts.plots) == (1, 4)


def test_stages_are_counted_under_the_other_facets_and_these_under_the_stages(officer) -> None:
    here, there = factories.make_commune(), factories.make_commune()
    item(6, commune=here, stage="number", outcome="mismatch")
    item(5, commune=here, stage="scored")
    item(4, commune=there, stage="scored", outcome="mismatch")
    item(3, commune=there)
    item(2, commune=there, stage="scored", waits_with="police")
    assert read(officer).counts.stages == {"number": 1, "scored": 2, "none": 1}
    assert listed(read(officer, "stage=scored")) == [5, 4]
    assert listed(read(officer, "stage=scored&stage=none&stage=unknown")) == [5, 4, 3]
    counts = read(officer, "stage=scored&outcome=mismatch").counts
    assert counts.stages == {"number": 1, "scored": 1}
    assert counts.outcomes == {"ambiguous": 1, "mismatch": 1}
    assert counts.communes == {there.pk: 1}
    assert (counts.withs["police"], counts.withs[""]) == (0, 1)
    assert (counts.total, counts.plots) == (1, 4)


def test_what_is_handed_on_is_seen_where_it_waits(officer) -> None:
    today = timezone.localdate()
    item(9)
    item(8, waits_with="police", waits_until=today - dt.timedelta(days=1))
    item(7, waits_with="commune", waits_until=today)
    item(6, waits_with="later", waits_until=today + dt.timedelta(days=1))
    item(5, waits_with="later", waits_until=today)
    assert listed(read(officer)) == [9, 5]
    assert listed(read(officer, "with=police")) == [8]
    assert listed(read(officer, "with=overdue")) == [8]
    assert listed(read(officer, "with=later")) == [6]
    assert listed(read(officer, "with=all")) == [9, 8, 7, 6, 5]
    withs = read(officer).counts.withs
    assert {name: withs[name] for name in ("", "police", "commune", "later", "overdue", "all")} == {
        "": 2, "police": 1, "commune": 1, "later": 1, "overdue": 1, "all": 5,
    }  # fmt: skip


@pytest.mark.parametrize("order", ["impact", "age"])
def test_a_walk_through_the_list_meets_each_once_in_both_directions(officer, order) -> None:
    now = timezone.now()
    for n in range(9):
        item(n // 3, opened_at=now - dt.timedelta(days=n % 3))
    wanted = read(officer, f"order={order}")
    way = [each.pk for each in wanted.page()]
    place, met = None, []
    while (following := wanted.after(place).first()) is not None:
        met.append(following.pk)
        place = wanted.at(following)
        assert At.read(str(place)) == place
        assert wanted.position(following, place) == len(met) - 1
        assert work_places.stand(wanted, following) == (len(met) - 1, len(way))
    assert met == way
    back = [way[-1]]
    while (former := wanted.before(place).first()) is not None:
        back.append(former.pk)
        place = wanted.at(former)
    assert back == way[::-1]


def test_next_passes_over_what_others_have_open_or_were_given(officer) -> None:
    mai = factories.make_user(Role.REVIEWER)
    first, second, third = item(9), item(8), item(7)
    leases.take(Lease.Kind.PERSON, first.land_user_id, by=mai)
    WorkItem.objects.filter(pk=second.pk).update(assigned_to=mai)
    assert read(officer).after(None).first() == third
    assert read(mai).after(None).first() == first
    assert listed(read(mai, "mine=1")) == [8]


def test_a_name_is_found_with_and_without_its_marks(officer) -> None:
    item(3)
    person = factories.make_land_user(name_raw="Nguyễn Thị Bưởi")
    WorkItem.objects.create(land_user=person, plots=2, commune=person.commune, opened_at=timezone.now())
    token = TypedSearch.objects.create(user=officer, text="thi buoi").token
    assert listed(read(officer, f"q={token}")) == [2]
    other = factories.make_user(Role.SENIOR_REVIEWER)
    assert listed(read(other, f"q={token}")) == [3, 2]


def test_only_the_own_territory_is_listed() -> None:
    here = factories.make_commune()
    item(3, commune=here)
    item(2)
    commune = factories.make_user(Role.COMMUNE_OFFICIAL, commune=here)
    assert listed(read(commune)) == [3]
    assert read(commune).counts.total == 1


def test_the_total_and_whether_an_item_is_listed_are_known_as_the_list_says(officer) -> None:
    today = timezone.localdate()
    here = factories.make_commune()
    mine = factories.make_user(Role.COMMUNE_OFFICIAL, commune=here)
    for plots, (waits, until) in enumerate(
        [
            ("", None),
            ("police", -1),
            ("police", 0),
            ("later", -1),
            ("later", 0),
            ("later", 1),
            ("citizen", None),
        ]
    ):
        day = None if until is None else today + dt.timedelta(days=until)
        item(plots, commune=here, waits_with=waits, waits_until=day)
        item(plots, outcome="mismatch", stage="number", waits_with=waits, waits_until=day)
    item(9, state="done")
    asked = ["", "with=all", "with=overdue", "with=later", "with=police", "outcome=mismatch",
             f"commune={here.code}&with=all", "outcome=ambiguous&with=overdue",
             "stage=number", "stage=none&with=all"]  # fmt: skip
    for user in (officer, mine):
        for address in asked:
            listed = {each.pk for each in read(user, address).page()}
            assert read(user, address).total == len(listed) == read(user, address).counts.total, address
            for each in WorkItem.objects.all():
                wanted = read(user, address)
                place = wanted.position(each, wanted.at(each))
                assert (place is not None) == (each.pk in listed), (address, each.plots, each.waits_with)
                assert work_places.stand(wanted, each) == (place, len(listed))


@given(data=st.data())
@settings(max_examples=30)
def test_facets_count_what_the_list_under_each_of_their_lines_holds(data) -> None:
    officer = factories.make_user(Role.SENIOR_REVIEWER)
    today = timezone.localdate()
    WorkItem.objects.all().delete()
    communes = [factories.make_commune() for _ in range(2)]
    days = st.sampled_from([None, -1, 0, 1])
    for _ in range(data.draw(st.integers(0, 6))):
        until = data.draw(days)
        item(
            data.draw(st.integers(0, 9)),
            commune=data.draw(st.sampled_from(communes)),
            outcome=data.draw(st.sampled_from(["ambiguous", "mismatch"])),
            stage=data.draw(st.sampled_from(["number", "none"])),
            waits_with=data.draw(st.sampled_from(["", "police", "later"])),
            waits_until=None if until is None else today + dt.timedelta(days=until),
        )
    outcome = data.draw(st.sampled_from(["", "ambiguous"]))
    stage = data.draw(st.sampled_from(["", "number", "none"]))
    code = data.draw(st.sampled_from(["", communes[0].code]))
    waits = data.draw(st.sampled_from(["", "police", "later", "overdue", "all"]))
    # Of what was given to nobody the counters know nothing: then the items themselves are summed up.
    nobody = data.draw(st.sampled_from(["", "none"]))

    def look(outcome=outcome, stage=stage, code=code, waits=waits) -> WorkFilter:
        address = f"outcome={outcome}&stage={stage}&commune={code}&with={waits}&given={nobody}"
        return read(officer, address)

    def held(**other) -> int:
        return look(**other).items().count()

    counts = look().counts
    assert counts.total == held()
    assert work_places.stand(look(), WorkItem.objects.first())[1] == held()
    assert all(counts.outcomes.get(each, 0) == held(outcome=each) for each in ("ambiguous", "mismatch"))
    assert all(counts.stages.get(each, 0) == held(stage=each) for each in ("number", "none"))
    assert all(counts.communes.get(each.pk, 0) == held(code=each.code) for each in communes)
    assert all(counts.withs[each] == held(waits=each) for each in ("", "police", "later", "overdue", "all"))
