"""A new registry extract: whom it touches, and that only they are matched again."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command

from citizens.models import RegistryExtract, Resident
from landdb.jobs import engine
from landdb.models import AdminUnit, Job, User
from landdb.reference import units
from parcels.models import LandUser
from reconciliation import classification, matching
from reconciliation.actions import extracts, matches
from reconciliation.matching import evidence
from reconciliation.models import Decision, ExtractTouch, Match, MatchingBand, PlotStatus, Verification
from tests import factories

pytestmark = pytest.mark.django_db

Row = dict[str, str]
TakeIn = Callable[..., dict[str, Any]]
PERSON = {
    "resident_id": "R1",
    "full_name": "Vũ Thị Hòa",
    "dob": "1965-03-12",
    "sex": "Nữ",
    "cccd": "027165001234",
    "cmnd": "",
    "village": "Thôn Đông",
    "commune_code": "07822",
    "status": "alive",
    "died_on": "",
}


@pytest.fixture(autouse=True)
def easily_sure() -> None:
    """A registry of a few people tells little by itself: its links are accepted on less."""
    MatchingBand.objects.create(target=0.6)


@pytest.fixture
def take_in(tmp_path: Path) -> TakeIn:
    """Import these residents, and what the command tells."""
    units.load()

    def import_one(*rows: Row, **options: Any) -> dict[str, Any]:
        path = tmp_path / "dan_cu.csv"
        with path.open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, list(PERSON))
            writer.writeheader()
            writer.writerows(rows)
        told = StringIO()
        call_command("import_residents", str(path), json=True, stdout=told, **options)
        answer: dict[str, Any] = json.loads(told.getvalue())
        assert answer["rows"] == sum(
            answer[name] for name in ("applied", "unchanged", "proposed", "rejected", "ignored")
        )
        return answer

    return import_one


def person(**values: str) -> Row:
    return PERSON | values


def holder(**raw: str) -> LandUser:
    """A land user with a plot in order but for them, matched."""
    given = {
        "name_raw": "Vũ Thị Hòa",
        "birth_raw": "12/03/1965",
        "sex_raw": "Nữ",
        "id_number_raw": "027165001234",
        "address_raw": "Thôn Đông",
    }
    commune = Resident.objects.exclude(commune=None)[0].commune
    found = factories.make_land_user(commune, **given | raw)
    plot = factories.make_plot(commune)
    factories.make_holding(plot, found, factories.make_certificate(commune))
    matching.refresh([found.pk])
    return found


def decide(found: LandUser, kind: Decision.Kind = Decision.Kind.SAME, by: User | None = None) -> Match:
    match = found.matches.best_first()[0]
    matches.decide(
        match, kind, by=by or factories.make_user(), reason="đã xem hồ sơ", seen=matches.stamp(match)
    )
    match.refresh_from_db()
    return match


def run_job(kind: str, **arguments: Any) -> Job:
    job = Job.objects.create(kind=kind, arguments=arguments)
    while engine.step(job.pk):
        pass
    job.refresh_from_db()
    assert job.state == Job.State.DONE, job.error
    return job


def rematch(told: dict[str, Any]) -> Job:
    return run_job("rematch", extract=told["extract"])


def touched(told: dict[str, Any]) -> set[tuple[int, str, str]]:
    return set(
        ExtractTouch.objects.filter(extract=told["extract"]).values_list("land_user", "kind", "standing")
    )


class TestWhoIsTouched:
    def test_nobody_by_the_first_extract_nor_by_the_same_again(self, take_in: TakeIn) -> None:
        assert take_in(person())["touched"] == 0
        holder()
        told = take_in(person())
        assert (told["changes"], told["touched"]) == ({}, 0)

    def test_whoever_was_linked_proposed_or_decided(self, take_in: TakeIn) -> None:
        take_in(person())
        linked = holder()
        decided = holder(name_raw="Vu Thi Hoa")
        decide(decided)
        told = take_in(person(status="deceased", died_on="2026-04-03"))
        assert told["changes"] == {"died": 1}
        assert touched(told) == {(linked.pk, "died", "linked"), (decided.pk, "died", "accepted")}
        assert told["touched"] == 2

    @pytest.mark.parametrize("state", ["different", "unsure"])
    def test_also_where_a_person_said_no_or_unsure(self, take_in: TakeIn, state: str) -> None:
        take_in(person())
        found = holder()
        match = decide(found, Decision.Kind(state))
        told = take_in(person(dob="1966-03-12"))
        assert touched(told) == {(found.pk, "birth", match.state)}

    def test_an_unsettled_namesake_of_somebody_new(self, take_in: TakeIn) -> None:
        take_in(person(resident_id="R9", full_name="Lê Tư", cccd="027065009999", sex="Nam"))
        alone, other = holder(), holder(name_raw="Trần Văn Xuân", id_number_raw="")
        assert Verification.objects.get(land_user=alone).outcome == "not_found"
        told = take_in(person())
        assert touched(told) == {(alone.pk, "new", "namesake")}
        assert not ExtractTouch.objects.filter(land_user=other).exists()

    def test_a_settled_one_by_somebody_new_of_the_same_name_and_year(self, take_in: TakeIn) -> None:
        take_in(person())
        found = holder(id_number_raw="")
        assert Verification.objects.get(land_user=found).outcome == "matched"
        other = person(resident_id="R2", cccd="027165004321", dob="1970-03-12")
        assert touched(take_in(person(), other)) == set()
        told = take_in(person(), other, person(resident_id="R3", cccd="027165007777"))
        assert touched(told) == {(found.pk, "new", "namesake")}
        rematch(told)
        assert Verification.objects.get(land_user=found).outcome == "ambiguous"

    def test_a_name_that_several_bear_is_one_line_without_a_guess(self, take_in: TakeIn) -> None:
        take_in(person(resident_id="R9", full_name="Lê Tư", cccd="027065009999", sex="Nam"))
        found = holder(id_number_raw="")
        take_in(person(), person(resident_id="R2", cccd="027165004321"))
        assert ExtractTouch.objects.get(land_user=found).change is None


class TestMatchedAgain:
    def test_only_the_touched_are_and_their_plots_move(self, take_in: TakeIn) -> None:
        take_in(person(resident_id="R9", full_name="Lê Tư", cccd="027065009999", sex="Nam"))
        found = holder()
        job = rematch(take_in(person()))
        assert job.result == {"land_users": 1, "reopened": 0}
        assert Verification.objects.get(land_user=found).outcome == "matched"
        assert PlotStatus.objects.get(plot__holdings__land_user=found)

    def test_in_portions(self, take_in: TakeIn, monkeypatch: pytest.MonkeyPatch) -> None:
        take_in(person())
        people = [holder(name_raw=name) for name in ("Vũ Thị Hòa", "VŨ THỊ HOÀ", "Vu Thi Hoa")]
        people.append(holder())
        LandUser.objects.filter(pk=people[-1].pk).update(commune=None)
        told = take_in(person(dob="1965"))
        monkeypatch.setattr(extracts, "AT_ONCE", 2)
        job = rematch(told)
        assert job.chunks.count() == 2
        assert job.result["land_users"] == 4

    def test_the_command_does_the_last_extract(self, take_in: TakeIn) -> None:
        take_in(person())
        holder()
        told = take_in(person(village="Thôn Đoài"))
        call_command("rematch", no_wait=True, stdout=StringIO())
        assert Job.objects.get(kind="rematch").arguments == {"extract": told["extract"]}

    def test_a_commune_of_which_it_is_the_first_is_judged_whole(self, take_in: TakeIn) -> None:
        take_in(person())
        plot = factories.make_ready_plot()
        LandUser.objects.update(commune=None)
        commune = AdminUnit.objects.in_force().get(code="07210")
        type(plot).objects.filter(pk=plot.pk).update(commune=commune)
        factories.deliver(commune, "register", "map", "scans", "registrations")
        classification.classify_commune(commune.pk)
        assert "holder_not_found" in PlotStatus.objects.get(pk=plot.pk).unjudged
        rematch(take_in(person(resident_id="R2", commune_code="07210", cccd="027165004321")))
        classify = Job.objects.get(kind="classify")
        assert classify.arguments == {"communes": [commune.pk], "cause": "import"}
        while engine.step(classify.pk):
            pass
        assert PlotStatus.objects.get(pk=plot.pk).unjudged == []


class TestDecisions:
    def test_an_accept_survives_a_new_extract_with_the_same_data(self, take_in: TakeIn) -> None:
        take_in(person())
        match = decide(holder())
        told = take_in(person())
        rematch(told)
        matching.refresh([match.land_user_id])
        match.refresh_from_db()
        assert (match.state, match.decided_by is not None) == ("accepted", True)

    @pytest.mark.parametrize(
        "values",
        [{"cccd": "027165009876"}, {"full_name": "Đặng Quang Minh"}, {"dob": "1950-01-02"}],
        ids=["number", "name", "birth"],
    )
    def test_an_accept_opens_again_when_the_registry_changed(self, take_in: TakeIn, values: Row) -> None:
        take_in(person())
        match = decide(holder())
        told = take_in(person(**values))
        assert rematch(told).result == {"land_users": 1, "reopened": 1}
        match.refresh_from_db()
        assert (match.state, match.decided_by) == ("proposed", None)
        assert match.decided_evidence != evidence.of(match)

    def test_an_accept_stays_where_its_evidence_only_grew_stronger(self, take_in: TakeIn) -> None:
        take_in(person(cccd="", dob="1965"))
        match = decide(holder())
        told = take_in(person())
        assert set(told["changes"]) == {"number_issued", "birth"}
        assert rematch(told).result["reopened"] == 0
        match.refresh_from_db()
        assert match.state == "accepted"
        assert evidence.of(match) != match.decided_evidence

    @pytest.mark.parametrize("kind", [Decision.Kind.UNSURE, Decision.Kind.DIFFERENT])
    def test_unsure_and_different_come_back_when_the_evidence_changed(
        self, take_in: TakeIn, kind: Decision.Kind
    ) -> None:
        take_in(person(cccd=""))
        match = decide(holder(), kind)
        rematch(take_in(person()))
        match.refresh_from_db()
        assert match.state == "proposed"
        assert Decision.objects.get(land_user=match.land_user_id).kind == kind

    def test_who_died_is_told_and_the_decision_on_who_it_is_stays(self, take_in: TakeIn) -> None:
        take_in(person())
        match = decide(holder())
        rematch(take_in(person(status="deceased", died_on="2026-04-03")))
        match.refresh_from_db()
        assert match.state == "accepted"
        assert Verification.objects.get(land_user=match.land_user_id).outcome == "deceased"

    def test_who_is_missing_from_a_whole_extract_stays_linked(self, take_in: TakeIn) -> None:
        take_in(person(), person(resident_id="R2", cccd="027165004321", full_name="Lê Tư"))
        match = decide(holder())
        rest = person(resident_id="R2", cccd="027165004321", full_name="Lê Tư")
        told = take_in(rest, whole=True)
        assert touched(told) == {(match.land_user_id, "absent", "accepted")}
        rematch(told)
        match.refresh_from_db()
        assert match.state == "accepted"
        assert Verification.objects.get(land_user=match.land_user_id).outcome == "matched"


def test_the_command_says_what_changed_and_what_to_run_next(take_in: TakeIn, tmp_path: Path) -> None:
    take_in(person())
    holder()
    told = StringIO()
    rows = (tmp_path / "dan_cu.csv").read_text(encoding="utf-8").replace("1965-03-12", "1966-03-12")
    (tmp_path / "dan_cu.csv").write_text(rows, encoding="utf-8")
    call_command("import_residents", str(tmp_path / "dan_cu.csv"), stdout=told)
    extract = RegistryExtract.objects.latest("pk")
    assert "So với lần trước: Đổi ngày sinh 1." in told.getvalue()
    assert f"./run manage rematch {extract.pk}" in told.getvalue()


def test_a_simulation_touches_nobody(take_in: TakeIn) -> None:
    take_in(person())
    holder()
    told = take_in(person(dob="1966"), simulate=True)
    assert (told["extract"], told["changes"], told["touched"]) == (None, {"birth": 1}, 0)
    assert not ExtractTouch.objects.exists()
