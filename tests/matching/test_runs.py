"""A whole run: chunks, repetition, people's decisions, and the way of a single land user."""

from __future__ import annotations

import csv
import itertools
from concurrent.futures import ThreadPoolExecutor

import pyarrow.parquet as pq
import pytest
from django.db import connection
from django.utils import timezone
from factories import make_certificate, make_holding, make_plot

from citizens.models import Resident
from landdb import bulk
from landdb.models import User
from parcels.models import LandUser
from reconciliation.matching import engine, evidence, export, refresh, training, warm, warm_up
from reconciliation.matching.ladders import LADDERS
from reconciliation.models import Match, Verification, WorkItem
from reconciliation.tasks import reconcile

from .cast import commune, crowd, holders_of, land_user, resident, whole_run

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def own_folder(settings, tmp_path):
    settings.VAR = tmp_path


@pytest.fixture
def province():
    residents = crowd(400, commune("Tam Đa"), 1) + crowd(300, commune("Yên Phụ"), 2)
    return holders_of(residents[::7])


def stored() -> list[tuple]:
    """Everything that a run writes, without row numbers and times."""
    matches = Match.objects.order_by("land_user", "resident").values_list(
        "land_user", "resident", "commune", "stage", "probability", "levels", "outcome", "state"
    )
    said = Verification.objects.order_by("land_user").values_list(
        "land_user", "commune", "outcome", "resident", "probability", "absent_probability", "differs"
    )
    work = WorkItem.objects.order_by("land_user").values_list(
        "land_user", "state", "plots", "outcome", "stage"
    )
    return [
        tuple(round(value, 9) if isinstance(value, float) else value for value in row)
        for row in [*matches, *said, *work]
    ]


def row_versions() -> list[tuple]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT 'm', ctid::text, xmin::text FROM reconciliation_match"
            " UNION ALL SELECT 'v', ctid::text, xmin::text FROM reconciliation_verification"
            " UNION ALL SELECT 'w', ctid::text, xmin::text FROM reconciliation_workitem ORDER BY 1, 2"
        )
        return cursor.fetchall()


def test_every_land_user_gets_one_outcome(province):
    job = whole_run()
    assert sum(job.result["verification"].values()) == len(province) == Verification.objects.count()
    assert sum(job.result["outcomes"].values()) == job.result["land_users"] == len(province)
    assert job.result["verification"]["matched"] > 0


def test_a_second_run_writes_nothing(province):
    whole_run()
    before = row_versions()
    whole_run()
    assert row_versions() == before


def test_chunking_changes_nothing(province, monkeypatch):
    whole_run()
    before = stored()
    Match.objects.all().delete()
    Verification.objects.all().delete()
    WorkItem.objects.all().delete()
    monkeypatch.setattr(reconcile, "LARGEST", 7)
    monkeypatch.setattr(reconcile, "SMALLEST", 1)
    job = whole_run()
    assert job.chunks.filter(phase="match").count() > 10
    assert stored() == before


def test_somebody_matched_while_the_first_run_is_on_keeps_one_result(province, monkeypatch):
    """A clerk mends an entry after the run has begun, and before it reaches the entry's commune."""
    nothing = reconcile.results.nothing

    def mend() -> None:
        refresh([province[3].pk])
        connection.close()

    def nothing_and_then_something():
        with ThreadPoolExecutor(1) as clerk:
            clerk.submit(mend).result()
        return nothing()

    monkeypatch.setattr(reconcile.results, "nothing", nothing_and_then_something)
    job = whole_run()
    assert job.chunks.filter(phase="match", attempts=1).count() == 1
    assert Verification.objects.count() == len(province)


def test_one_land_user_is_matched_as_in_the_whole_run(province):
    whole_run()
    before = row_versions()
    for person in province[::4]:
        refresh([person.pk])
    assert row_versions() == before


def test_a_land_user_alone_comes_out_as_among_all(province):
    whole_run()
    before = stored()
    Match.objects.all().delete()
    Verification.objects.all().delete()
    WorkItem.objects.all().delete()
    refresh([person.pk for person in province])
    assert stored() == before


def test_sessions_opened_with_nobody_match_whoever_comes(province):
    whole_run()
    before = row_versions()
    for idle in warm._idle.values():
        idle.clear()
    warm_up()
    assert warm._idle[True]
    assert warm._idle[False]
    refresh([province[0].pk])
    refresh([person.pk for person in province[:20]])
    assert row_versions() == before


@pytest.fixture
def entangled(province):
    """Couples, partners on a certificate, entries without commune, and pairs that people judged."""
    residents = list(Resident.objects.order_by("pk"))
    for person, wife in zip(province[::5], residents[3::9], strict=False):
        LandUser.objects.filter(pk=person.pk).update(second_name=wife.name)
    for first, second in zip(province[1::6], province[2::6], strict=False):
        plot = make_plot(residents[0].commune, uses=False)
        certificate = make_certificate(plot.commune, scanned=False)
        for person in (first, second):
            make_holding(plot, person, certificate)
    LandUser.objects.filter(pk__in=[person.pk for person in province[4::7]]).update(commune=None)
    whole_run()
    judged = list(Match.objects.order_by("pk")[::3])
    for match, state in zip(judged, itertools.cycle(["rejected", "accepted", "unsure"]), strict=False):
        _decide(match, state)
    reopened = Match.objects.filter(state="proposed").order_by("pk")[:5]
    for match in reopened:
        _decide(match, "rejected")
        Match.objects.filter(pk=match.pk).update(state="proposed", decided_by=None, decided_at=None)
    whole_run()
    assert Match.objects.filter(state="proposed", decided_evidence__isnull=False).exists()
    assert {match.state for match in Match.objects.all()} == {"proposed", "rejected", "accepted", "unsure"}
    assert {"b", "c"} & _households()
    return province


def _households() -> set[str]:
    place = [ladder.field for ladder in LADDERS].index("household")
    return {levels[place] for levels in Match.objects.values_list("levels", flat=True)}


def test_whoever_is_entangled_with_others_is_matched_alone_as_in_the_whole_run(entangled):
    versions, before = row_versions(), _told()
    for person in entangled[::3]:
        refresh([person.pk])
    assert row_versions() == versions
    Match.objects.filter(state="proposed", decided_evidence__isnull=True).delete()
    Verification.objects.all().delete()
    refresh([person.pk for person in entangled])
    assert _told() == before


def _told() -> list[tuple]:
    """Matches and outcomes: work that was done long ago is not made again."""
    return [row for row in stored() if len(row) > 5]


@pytest.mark.parametrize("state", ["accepted", "rejected", "unsure"])
def test_a_decision_outlives_the_next_run(province, state):
    whole_run()
    chosen = Match.objects.filter(outcome="review").first()
    _decide(chosen, state)
    whole_run()
    chosen.refresh_from_db()
    assert chosen.state == state
    assert chosen.decided_by is not None


def test_a_changed_record_opens_the_decision_again(province):
    whole_run()
    chosen = Match.objects.filter(outcome="accept", stage="number").first()
    _decide(chosen, "accepted")
    LandUser.objects.filter(pk=chosen.land_user_id).update(
        name="Đặng Quang Minh", name_key="x y z", name_fold="x y z"
    )
    whole_run()
    chosen.refresh_from_db()
    assert (chosen.state, chosen.decided_by) == ("proposed", None)
    assert chosen.decided_evidence["name"] != evidence.of(chosen)["name"]
    assert Verification.objects.get(land_user=chosen.land_user_id).outcome != "matched"


def test_nobody_vouches_for_himself():
    """The other holder of a certificate is no evidence that a land user is this other."""
    here = commune()
    crowd(100, here)
    man = resident("Vũ Văn Hòa", "12/03/1965", "027065000011", sex="Nam", village="Thôn Đông", unit=here)
    wife = resident("Vũ Thị Hòa", "12/03/1965", "027165000012", sex="Nữ", village="Thôn Đông", unit=here)
    first = land_user("Vũ Văn Hòa", "1965", sex="Nam", unit=here)
    second = land_user("Vũ Thị Hòa", "1965", "027165000012", sex="Nữ", unit=here)
    certificate = make_certificate(here, scanned=False)
    for person in (first, second):
        make_holding(make_plot(here, uses=False), person, certificate)
    whole_run()
    place = [ladder.field for ladder in LADDERS].index("household")
    told = {match.resident_id: match.levels[place] for match in first.matches.all()}
    assert told[man.pk] == "a"
    assert told.get(wife.pk, "-") == "-"
    refresh([first.pk])
    assert {match.resident_id: match.levels[place] for match in first.matches.all()} == told


def test_a_decision_is_no_evidence_for_the_weights(province):
    """An accepted entry may have been corrected by the registry, and would agree with it for that reason."""
    whole_run()
    person = Match.objects.filter(outcome="accept").first()
    before = bulk.read(f"{engine.LAND_USERS} WHERE {training.LEARNT_FROM}").num_rows
    _decide(person, "accepted")
    after = bulk.read(f"{engine.LAND_USERS} WHERE {training.LEARNT_FROM}")
    assert after.num_rows == before - 1
    assert person.land_user_id not in after.column("id").to_pylist()


def test_who_rejects_all_candidates_says_that_nobody_is_there():
    here = commune()
    crowd(100, here)
    for _n in range(2):
        resident("Vũ Thị Hòa", "12/03/1965", sex="Nữ", village="Thôn Đông", unit=here)
    person = land_user("Vũ Thị Hòa", "1965", sex="Nữ", village="Thôn Đông", unit=here)
    whole_run()
    for match in person.matches.all():
        _decide(match, "rejected")
    refresh([person.pk])
    assert Verification.objects.get(land_user=person).outcome == "not_found"
    assert WorkItem.objects.get(land_user=person).state == WorkItem.State.DONE
    assert {match.outcome for match in person.matches.all()} == {"none"}


def test_an_accepted_namesake_settles_the_land_user():
    here = commune()
    crowd(100, here)
    for _n in range(2):
        resident("Vũ Thị Hòa", "12/03/1965", sex="Nữ", village="Thôn Đông", unit=here)
    person = land_user("Vũ Thị Hòa", "1965", sex="Nữ", village="Thôn Đông", unit=here)
    refresh([person.pk])
    chosen = person.matches.last()
    _decide(chosen, "accepted")
    refresh([person.pk])
    said = Verification.objects.get(land_user=person)
    assert (said.outcome, said.resident_id) == ("matched", chosen.resident_id)
    assert not WorkItem.objects.open().exists()


@pytest.mark.parametrize("ending", [".csv", ".parquet"])
def test_the_export_holds_the_best_of_each(province, tmp_path, ending):
    whole_run()
    path = tmp_path / f"matches{ending}"
    told = export.write(path)
    rows = pq.read_table(path).to_pylist() if ending == ".parquet" else list(csv.DictReader(path.open()))
    assert told["land_users"] == told["exported"] + told["without_candidate"] == len(province)
    assert len(rows) == told["exported"] == Match.objects.values("land_user").distinct().count()
    best = Match.objects.select_related("land_user", "resident").best_first().first()
    row = next(row for row in rows if row["owner_id"] == best.land_user.source_key)
    assert row["resident_id"] == best.resident.resident_key
    assert float(row["score"]) == pytest.approx(best.score)


def test_large_communes_are_cut_and_small_ones_put_together():
    keys = reconcile.chunk_keys({0: 100, 1: 9000, 2: 4500, 3: 300_000, 4: 600})
    assert keys == ["0-2", "3#0/2", "3#1/2", "4-4"]


def _decide(match: Match, state: str) -> None:
    user = User.objects.get_or_create(username="can_bo")[0]
    Match.objects.filter(pk=match.pk).update(
        state=state, decided_by=user, decided_at=timezone.now(), decided_evidence=evidence.of(match)
    )
