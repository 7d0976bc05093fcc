"""One person recorded several times, one number on several people: found, joined, told apart, taken back."""

from __future__ import annotations

import random
from typing import Any

import pytest

from landdb.models import Role
from parcels.models import Holding, LandUser
from reconciliation import classification, duplicates, matching
from reconciliation.actions import changes
from reconciliation.actions import duplicates as actions
from reconciliation.actions.matches import EvidenceChanged
from reconciliation.models import (
    Decision,
    Duplicate,
    Finding,
    GroupMove,
    Match,
    MatchingBand,
    PlotStatus,
    Verification,
    WorkItem,
)
from tests import factories

from .cast import judge, make_resident

pytestmark = pytest.mark.django_db
NUMBER = "024175123456"


@pytest.fixture(autouse=True)
def easily_sure() -> None:
    """A registry of a few people tells little by itself: its links are accepted on less."""
    MatchingBand.objects.create(target=0.6)


@pytest.fixture
def commune():
    return factories.make_commune()


@pytest.fixture
def reviewer():
    return factories.make_user(Role.REVIEWER)


def entry(commune, name="Nguyễn Thị Duyên", birth="12/03/1975", number=NUMBER, *, plots=1, **fields):
    """A land user with plots of their own, each on a certificate."""
    given = {"name_raw": name, "birth_raw": birth, "sex_raw": "Nữ", "id_number_raw": number} | fields
    person = factories.make_land_user(commune, **given)
    held = []
    for _n in range(plots):
        plot = factories.make_plot(commune)
        factories.make_holding(plot, person, factories.make_certificate(commune))
        held.append(plot)
    judge(person, *held)
    duplicates.refresh([person.pk])
    return person


def groups() -> list[tuple[str, str, list[int]]]:
    return [(d.kind, d.why, d.members) for d in Duplicate.objects.open().order_by("kind", "pk")]


def seen(duplicate: Duplicate) -> str:
    return actions.stamp(actions.standing(duplicate))


def merge(duplicate, keep, others, by, carry=None):
    return actions.merge(
        duplicate,
        keep.pk,
        [other.pk for other in others],
        carry,
        by=by,
        reason="cùng một người",
        seen=seen(duplicate),
    )


def apart(duplicate, keep, others, by):
    pks = [other.pk for other in others]
    return actions.set_apart(duplicate, keep.pk, pks, by=by, reason="khác người", seen=seen(duplicate))


def holders(plot) -> list[int]:
    return list(Holding.objects.filter(plot=plot).order_by("pk").values_list("land_user", flat=True))


class TestWhoIsFound:
    def test_people_who_share_nothing_are_left_alone(self, commune) -> None:
        entry(commune)
        entry(commune, "Trần Văn Bách", "1980", "024080000001", sex_raw="Nam")
        assert groups() == []

    @pytest.mark.parametrize("name", ["Nguyễn Thị Duyên", "NGUYEN THI DUYEN", "Nguyễn Thị Duyênn"])
    def test_the_same_number_and_an_agreeing_name_are_one_person(self, commune, name: str) -> None:
        first, second = entry(commune), entry(factories.make_commune(), name, "1975")
        assert groups() == [("person", "number", [first.pk, second.pk])]

    def test_the_same_number_under_another_name_is_not_one_person(self, commune) -> None:
        first, second = entry(commune), entry(commune, "Trần Văn Bách", sex_raw="Nam")
        assert groups() == [("number", "names", [first.pk, second.pk])]

    def test_one_resident_is_one_person_however_the_entries_differ(self, commune) -> None:
        resident = make_resident("Nguyễn Thị Duyên", "12/03/1975", NUMBER, commune=commune)
        first = entry(commune)
        second = entry(commune, "Nguyễn Thị Duyên", "12/03/1975", "")
        assert set(Verification.objects.values_list("resident", flat=True)) == {resident.pk}
        assert groups() == [("person", "resident", [first.pk, second.pk])]

    def test_without_a_number_the_full_birth_date_in_one_commune_tells(self, commune) -> None:
        first, second = entry(commune, number=""), entry(commune)
        entry(factories.make_commune(), number="")
        assert groups() == [("person", "birth", [first.pk, second.pk])]

    def test_a_year_and_a_village_are_only_worth_a_look(self, commune) -> None:
        first, second = entry(commune, birth="1975", number=""), entry(commune, birth="1975")
        found = Duplicate.objects.open().get()
        assert (found.why, found.members, found.is_weak) == ("village", [first.pk, second.pk], True)

    @pytest.mark.parametrize(
        "other",
        [
            {"number": "024175999999"},
            {"sex_raw": "Nam"},
            {"birth": "13/03/1975"},
            {"birth": "1976"},
            {"address_raw": "Thôn Thượng", "birth": "1975"},
        ],
    )
    def test_what_contradicts_is_not_put_together(self, commune, other: dict[str, Any]) -> None:
        entry(commune)
        entry(commune, **({"number": "", "birth": "12/03/1975"} | other))
        assert groups() == []

    def test_a_weak_link_does_not_widen_a_strong_group(self, commune) -> None:
        first, second = entry(commune), entry(commune)
        third = entry(commune, birth="1975", number="")
        assert groups() == [("person", "number", [first.pk, second.pk])]
        merge(Duplicate.objects.get(), first, [second], factories.make_user())
        assert groups() == [("person", "village", [first.pk, third.pk])]

    def test_the_whole_register_comes_to_the_same_groups_and_twice_changes_nothing(self, commune) -> None:
        for name, number in (("Nguyễn Thị Duyên", NUMBER), ("Lê Thị Hoà", ""), ("Trần Thị Mai", NUMBER)):
            entry(commune, name, number=number)
            entry(commune, name, number=number)
        found = groups()
        rows = list(Duplicate.objects.order_by("pk").values())
        assert len(found) == 4
        done = duplicates.refresh_all()
        assert (done["added"], done["changed"], done["cleared"], done["settled"]) == (0, 0, 0, 0)
        assert list(Duplicate.objects.order_by("pk").values()) == rows
        Duplicate.objects.all().delete()
        assert duplicates.refresh_all()["added"] == 4
        assert sorted(groups()) == sorted(found)

    def test_a_correction_dissolves_a_group(self, commune, reviewer) -> None:
        first, second = entry(commune), entry(commune)
        wanted = [changes.FieldChange(second, "id_number_raw", "024175999999")]
        change_set = changes.plan("correction", wanted, by=reviewer)
        changes.apply(change_set, by=reviewer)
        assert groups() == []
        changes.undo(change_set, by=reviewer)
        assert groups() == [("person", "number", [first.pk, second.pk])]


class TestMerging:
    def test_the_kept_entry_holds_every_plot_and_the_finding_goes(self, commune, reviewer) -> None:
        make_resident("Nguyễn Thị Duyên", "12/03/1975", NUMBER, commune=commune)
        keep, other = entry(commune), entry(commune)
        duplicated = Finding.objects.open().filter(rule="holder_duplicated")
        plots = list(Holding.objects.order_by("pk").values_list("plot", flat=True))
        classification.refresh(plots, cause=GroupMove.Cause.FIRST)
        assert duplicated.count() == 2
        merge(Duplicate.objects.get(), keep, [other], reviewer)
        other.refresh_from_db()
        assert other.merged_into_id == keep.pk
        assert [holders(plot) for plot in plots] == [[keep.pk], [keep.pk]]
        assert not duplicated.exists()
        assert set(PlotStatus.objects.values_list("group", flat=True)) == {1}
        assert groups() == []
        assert Duplicate.objects.get().state == Duplicate.State.MERGED

    def test_a_merged_entry_never_counts_twice(self, commune, reviewer) -> None:
        make_resident("Nguyễn Thị Duyên", "1975", commune=factories.make_commune())
        keep, other = entry(commune), entry(commune)
        assert WorkItem.objects.open().count() == 2
        merge(Duplicate.objects.get(), keep, [other], reviewer)
        assert Verification.objects.get().land_user_id == keep.pk
        assert WorkItem.objects.open().get().plots == 2
        assert list(LandUser.objects.live()) == [keep]
        duplicates.refresh_all()
        assert groups() == []

    def test_holdings_that_come_to_say_the_same_both_stay(self, commune, reviewer) -> None:
        keep, other = entry(commune), entry(commune, plots=0)
        known = Holding.objects.get(land_user=keep)
        twin = factories.make_holding(known.plot, other, known.certificate)
        decision = merge(Duplicate.objects.get(), keep, [other], reviewer)
        assert holders(known.plot) == [keep.pk, keep.pk]
        changes.undo(decision.change_set, by=reviewer)
        twin.refresh_from_db()
        assert twin.land_user_id == other.pk

    def test_what_was_known_of_a_merged_entry_comes_back_as_it_was(self, commune, reviewer) -> None:
        make_resident("Nguyễn Thị Duyên", "1975", commune=factories.make_commune())
        keep, other = entry(commune), entry(commune)
        Verification.objects.filter(land_user=other).update(outcome=Verification.Outcome.WITH_POLICE)
        WorkItem.objects.filter(land_user=other).update(waits_with=WorkItem.With.POLICE)
        known = list(Verification.objects.order_by("pk").values())
        work = list(WorkItem.objects.filter(land_user=keep).values("id", "opened_at"))
        decision = merge(Duplicate.objects.get(), keep, [other], reviewer)
        changes.undo(decision.change_set, by=reviewer)
        assert Verification.objects.get(land_user=other).outcome == Verification.Outcome.WITH_POLICE
        now = list(Verification.objects.order_by("pk").values())
        assert [row["since"] for row in now] == [row["since"] for row in known]
        assert list(WorkItem.objects.filter(land_user=keep).values("id", "opened_at")) == work

    def test_only_what_was_ticked_is_carried_over(self, commune, reviewer) -> None:
        keep = entry(commune, number="", phone="")
        other = entry(commune, phone="0911222333")
        found = Duplicate.objects.get()
        assert actions.lacking(keep, [other]) == {"id_number_raw": other.pk, "phone": other.pk}
        merge(found, keep, [other], reviewer, {"id_number_raw": other.pk})
        keep.refresh_from_db()
        assert (keep.id_number, keep.id_kind, keep.phone) == (NUMBER, "citizen", "")

    def test_a_page_that_is_out_of_date_is_refused(self, commune, reviewer) -> None:
        keep, other = entry(commune), entry(commune)
        found = Duplicate.objects.get()
        old = seen(found)
        LandUser.objects.filter(pk=other.pk).update(phone="0911222333")
        with pytest.raises(EvidenceChanged):
            actions.merge(found, keep.pk, [other.pk], by=reviewer, reason="lý do", seen=old)
        assert LandUser.objects.live().count() == 2

    def test_somebody_outside_the_group_is_refused(self, commune, reviewer) -> None:
        keep, _other = entry(commune), entry(commune)
        outsider = entry(commune, "Trần Văn Bách", "1980", "024080000001", sex_raw="Nam")
        with pytest.raises(actions.NotMergeable):
            merge(Duplicate.objects.get(), keep, [outsider], reviewer)
        with pytest.raises(actions.NotMergeable):
            merge(Duplicate.objects.get(), keep, [keep], reviewer)

    def test_merges_are_taken_back_in_the_opposite_order(self, commune, reviewer) -> None:
        a, b, c = entry(commune), entry(commune), entry(commune)
        first = merge(Duplicate.objects.get(), a, [b], reviewer)
        second = merge(Duplicate.objects.open().get(), c, [a], reviewer)
        assert set(LandUser.objects.filter(merged_into=c)) == {a, b}
        with pytest.raises(actions.Buried):
            actions.check_undoable(first)
        actions.check_undoable(second)
        assert changes.undo(second.change_set, by=reviewer) == []
        actions.check_undoable(first)
        assert changes.undo(first.change_set, by=reviewer) == []
        assert groups() == [("person", "number", [a.pk, b.pk, c.pk])]


class TestTellingApart:
    def test_it_is_not_asked_again_until_something_new_speaks_for_it(self, commune, reviewer) -> None:
        first, second = entry(commune, birth="1975", number=""), entry(commune, birth="1975", number="")
        apart(Duplicate.objects.get(), first, [second], reviewer)
        assert groups() == []
        assert Duplicate.objects.get().state == Duplicate.State.APART
        duplicates.refresh_all()
        assert groups() == []
        for person in (first, second):
            person.refresh_from_db()
            wanted = [changes.FieldChange(person, "id_number_raw", NUMBER)]
            changes.apply(changes.plan("correction", wanted, by=reviewer), by=reviewer)
        assert groups() == [("person", "number", [first.pk, second.pk])]

    def test_the_rule_keeps_silent_and_speaks_again_after_undo(self, commune, reviewer) -> None:
        make_resident("Nguyễn Thị Duyên", "12/03/1975", NUMBER, commune=commune)
        first, second = entry(commune), entry(commune)
        decision = apart(Duplicate.objects.get(), first, [second], reviewer)
        duplicated = Finding.objects.open().filter(rule="holder_duplicated")
        assert not duplicated.exists()
        changes.undo(decision.change_set, by=reviewer)
        assert duplicated.count() == 2
        assert groups() == [("person", "number", [first.pk, second.pk])]

    def test_the_others_of_a_group_stay_together(self, commune, reviewer) -> None:
        first, second, third = (entry(commune) for _n in range(3))
        apart(Duplicate.objects.get(), third, [first, second], reviewer)
        assert groups() == [("person", "number", [first.pk, second.pk])]


class TestSplittingANumber:
    def test_the_others_lose_the_number_and_undo_gives_it_back(self, commune, reviewer) -> None:
        keep = entry(commune)
        other = entry(commune, "Trần Văn Bách", "1972", NUMBER, sex_raw="Nam")
        shared = Finding.objects.open().filter(rule="id_number_shared")
        assert shared.count() >= 1
        found = Duplicate.objects.get()
        decision = actions.split_number(
            found, keep.pk, [other.pk], by=reviewer, reason="số của vợ", seen=seen(found)
        )
        other.refresh_from_db()
        assert (other.id_number_raw, other.id_number) == ("", "")
        assert not shared.exists()
        found.refresh_from_db()
        assert found.state == Duplicate.State.SPLIT
        changes.undo(decision.change_set, by=reviewer)
        other.refresh_from_db()
        assert other.id_number == NUMBER
        assert groups() == [("number", "names", [keep.pk, other.pk])]

    def test_a_group_of_one_person_has_no_number_to_split(self, commune, reviewer) -> None:
        keep, other = entry(commune), entry(commune)
        found = Duplicate.objects.get()
        with pytest.raises(actions.NotMergeable):
            actions.split_number(found, keep.pk, [other.pk], by=reviewer, reason="x", seen=seen(found))


def _everything() -> dict[str, list[dict[str, Any]]]:
    """All rows that a merge bears on; when and under which id derived ones were made is no part."""
    tables = {
        "land users": LandUser.objects.order_by("pk"),
        "holdings": Holding.objects.order_by("pk"),
        "plots": PlotStatus.objects.order_by("pk"),
        "verifications": Verification.objects.order_by("pk"),
        "work": WorkItem.objects.open().order_by("land_user"),
        "matches": Match.objects.order_by("land_user", "resident"),
        "groups": Duplicate.objects.open().order_by("kind", "members"),
    }
    found = {name: list(rows.values()) for name, rows in tables.items()}
    for name in ("plots", "verifications", "work", "matches", "groups"):
        for row in found[name]:
            for column in ("id", "since", "opened_at", "closed_at"):
                row.pop(column, None)
            row |= {key: round(value, 6) for key, value in row.items() if isinstance(value, float)}
    return found


@pytest.mark.parametrize("seed", range(6))
def test_whatever_the_order_of_work_undoing_it_restores_every_row(commune, reviewer, seed: int) -> None:
    chance = random.Random(seed)
    make_resident("Nguyễn Thị Duyên", "12/03/1975", NUMBER, commune=commune)
    make_resident("Nguyễn Thị Duyên", "1975", commune=factories.make_commune())
    for number in (NUMBER, "", NUMBER, ""):
        entry(commune, birth=chance.choice(["1975", "12/03/1975"]), number=number, plots=chance.randint(0, 2))
    entry(commune, "Trần Văn Bách", "1972", NUMBER, sex_raw="Nam")
    people = list(LandUser.objects.values_list("pk", flat=True))
    matching.refresh(people)
    plots = list(Holding.objects.values_list("plot", flat=True))
    classification.refresh(plots, cause=GroupMove.Cause.FIRST)
    duplicates.refresh(people)
    before = _everything()
    done: list[Decision] = []
    for _step in range(5):
        waiting = list(Duplicate.objects.open().order_by("pk"))
        if not waiting:
            break
        found = chance.choice(waiting)
        keep, *others = chance.sample(actions.standing(found), k=2)
        if found.kind == Duplicate.Kind.NUMBER:
            pks = [other.pk for other in others]
            done.append(actions.split_number(found, keep.pk, pks, by=reviewer, reason="số", seen=seen(found)))
        elif chance.random() < 0.3:
            done.append(apart(found, keep, others, reviewer))
        else:
            done.append(merge(found, keep, others, reviewer, actions.lacking(keep, others)))
        held = Holding.objects.values_list("land_user", flat=True)
        assert set(held) <= set(LandUser.objects.live().values_list("pk", flat=True))
        assert Verification.objects.count() == LandUser.objects.live().count()
    assert done
    for decision in reversed(done):
        actions.check_undoable(decision)
        assert changes.undo(decision.change_set, by=reviewer) == []
    for name, rows in _everything().items():
        assert rows == before[name], name
