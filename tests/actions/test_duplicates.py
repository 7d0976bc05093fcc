"""One person recorded several times, one number on several people: found, joined, told apart, taken back."""

from __future__ import annotations

import random
from typing import Any

import pytest

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
    PlotStatus,
    Verification,
    WorkItem,
)
from tests import factories

from .cast import make_resident
from .duplicate_cast import NUMBER, apart, entry, groups, holders, merge, seen

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("easily_sure")]


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
