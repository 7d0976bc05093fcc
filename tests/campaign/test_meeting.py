"""The meeting's agenda: what is not done comes again, equal ones stand together, closed weeks stay."""

from __future__ import annotations

import datetime as dt

import pytest
from django.core.cache import cache

from landdb.models import AdminUnit, Role, User
from reconciliation.campaign import difficulties, meeting
from reconciliation.campaign.difficulties import NotNow
from reconciliation.models import Difficulty, MeetingDecision
from tests import factories as make
from tests.campaign.clock import moment

pytestmark = pytest.mark.django_db

WEEK = dt.date(2026, 3, 2)
NEXT, AFTER = dt.date(2026, 3, 9), dt.date(2026, 3, 16)


@pytest.fixture(autouse=True)
def nothing_kept() -> None:
    cache.clear()


@pytest.fixture
def manager() -> User:
    return make.make_user(Role.MANAGER)


def decision(by: User, week: dt.date = WEEK, day: int = 3, **fields: object) -> MeetingDecision:
    given = {"what": "Gửi lại danh sách", "who": "Tổ 2", "due_on": dt.date(2026, 3, 6)} | fields
    return MeetingDecision.objects.create(week=week, by=by, at=moment(day), **given)


def noted(commune: AdminUnit | None, by: User, day: int, rule: str = "") -> Difficulty:
    return Difficulty.objects.create(
        commune=commune, words="Không quét được", rule=rule, asked_by=by, asked_at=moment(day)
    )


def finished(one: MeetingDecision, by: User, day: int) -> None:
    MeetingDecision.objects.filter(pk=one.pk).update(done_at=moment(day), done_by=by, done_words="đã gửi")


def test_what_is_not_done_is_on_every_following_agenda_until_it_is(manager: User) -> None:
    one = decision(manager)
    for week, day in ((NEXT, 10), (AFTER, 17)):
        (line,) = meeting.agenda(week, manager, moment(day)).carried
        assert (line.decision, line.is_done, line.days_late) == (one, False, day - 6)
    finished(one, manager, 18)
    (line,) = meeting.agenda(AFTER, manager, moment(19)).carried
    assert (line.is_done, line.days_late) == (True, 0)
    assert meeting.agenda(dt.date(2026, 3, 23), manager, moment(24)).carried == []


def test_a_closed_week_s_agenda_shows_as_it_was(manager: User) -> None:
    commune = make.make_commune()
    one, asked = decision(manager), noted(commune, manager, 4)
    before = meeting.agenda(NEXT, manager, moment(15, 23))
    finished(one, manager, 17)
    decision(manager, NEXT, day=18, what="Thêm sau khi khép")
    entry = asked.entries.create(kind="close", by=manager, at=moment(17))
    Difficulty.objects.filter(pk=asked.pk).update(state="closed", closed_at=entry.at)
    noted(commune, manager, 17)
    again = meeting.agenda(NEXT, manager, moment(30))
    assert again.is_closed
    assert [(each.decision.pk, each.is_done, each.days_late) for each in again.carried] == [
        (each.decision.pk, each.is_done, each.days_late) for each in before.carried
    ]
    assert (again.noted, before.noted) == ([], [])
    assert [cluster.standings for cluster in again.clusters] == [
        cluster.standings for cluster in before.clusters
    ]
    assert [one.state for one in again.clusters[0].standings] == ["open"]


def test_a_difficulty_that_was_reopened_was_closed_in_between(manager: User) -> None:
    asked = noted(make.make_commune(), manager, 3)
    asked.entries.create(kind="answer", by=manager, at=moment(4), words="Làm thế này")
    asked.entries.create(kind="close", by=manager, at=moment(5))
    asked.entries.create(kind="reopen", by=manager, at=moment(12), words="vẫn vướng")
    told = {
        day: [each.state for each in difficulties.waiting_at(Difficulty.objects.all(), moment(day, 23))]
        for day in (2, 3, 4, 8, 12)
    }
    assert told == {2: [], 3: ["open"], 4: ["answered"], 8: [], 12: ["open"]}


def test_equal_difficulties_stand_together_by_rule_the_commonest_first(manager: User) -> None:
    one, two = make.make_commune(sort_key="a"), make.make_commune(sort_key="b")
    for commune, rule in ((two, "scan_missing"), (one, "area_missing"), (one, "scan_missing"), (one, "")):
        noted(commune, manager, 3, rule)
    found = meeting.agenda(WEEK, manager, moment(4)).clusters
    assert [(each.rule, len(each.standings), each.communes) for each in found] == [
        ("scan_missing", 2, 2),
        ("area_missing", 1, 1),
        ("", 1, 1),
    ]
    assert [each.difficulty.commune for each in found[0].standings] == [one, two]


def test_an_agenda_holds_the_own_territory_only(manager: User) -> None:
    mine, other = make.make_commune(), make.make_commune()
    for commune in (mine, other, None):
        noted(commune, manager, 3)
        decision(manager, commune=commune)
    official = make.make_user(Role.COMMUNE_OFFICIAL, commune=mine)
    told = meeting.agenda(NEXT, official, moment(10))
    assert [each.decision.commune for each in told.carried] == [mine]
    assert told.difficulties == 1
    assert meeting.agenda(NEXT, manager, moment(10)).difficulties == 3


def test_done_is_taken_back_within_its_week_only(manager: User) -> None:
    one = decision(manager)
    meeting.finish(one, manager, "đã gửi")
    with pytest.raises(NotNow):
        meeting.finish(one, manager, "hai lần")
    meeting.take_back(one)
    one.refresh_from_db()
    assert (one.done_at, one.done_words) == (None, "")
    finished(one, manager, 4)
    with pytest.raises(NotNow):
        meeting.take_back(one)


def test_published_answers_are_found_without_diacritics_by_most_of_the_words(manager: User) -> None:
    asked = noted(make.make_commune(), manager, 3)
    difficulties.answer(asked, manager, "Quét ở 300 dpi rồi gửi lại")
    assert not Difficulty.objects.telling("quet").exists()
    difficulties.publish(asked, manager, "Bản quét giấy chứng nhận bị mờ thì làm sao?", "Quét lại 300 dpi")
    for typed in ("ban quet", "giấy chứng nhận mờ", "may quet giay bi mo", "DPI", "qué"):
        assert list(Difficulty.objects.telling(typed)) == [asked], typed
    for typed in ("", "thế chấp", "sổ đỏ thế chấp ngân hàng mờ", "uet"):
        assert not Difficulty.objects.telling(typed).exists(), typed
    difficulties.withdraw(asked, manager)
    assert not Difficulty.objects.telling("ban quet").exists()


def test_a_closed_question_takes_no_answer_until_it_is_reopened(manager: User) -> None:
    asked = noted(None, manager, 3)
    difficulties.close(asked, manager)
    with pytest.raises(NotNow):
        difficulties.answer(asked, manager, "muộn")
    difficulties.reopen(asked, manager, "vẫn vướng")
    difficulties.answer(asked, manager, "đây")
    asked.refresh_from_db()
    assert (asked.state, asked.answer, asked.closed_at) == ("answered", "đây", None)
