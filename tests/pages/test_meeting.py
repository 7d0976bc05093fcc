"""The hotline, the meeting and the alerts as each role sees them, and what an address gives away."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

import pytest
from django.core.cache import cache
from django.test import Client
from django.utils import timezone

from landdb.models import AdminUnit, Job, Role, User
from reconciliation.campaign import difficulties, meeting
from reconciliation.classification.weeks import WEEK, week_of
from reconciliation.models import Difficulty, MeetingDecision, WeeklySnapshot, WorkItem
from tests import factories as make

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true"}
Visit = Callable[[User], Client]


@pytest.fixture(autouse=True)
def nothing_kept() -> None:
    cache.clear()


@pytest.fixture
def mine() -> AdminUnit:
    return make.make_commune(short_name="Nhà", name="Phường Nhà")


@pytest.fixture
def official(mine: AdminUnit) -> User:
    return make.make_user(Role.COMMUNE_OFFICIAL, commune=mine, full_name="Đỗ Văn Xã")


@pytest.fixture
def manager() -> User:
    return make.make_user(Role.MANAGER, full_name="Lê Thị Giám")


def text(client: Client, address: str, **given: object) -> str:
    response = client.get(address, given)
    assert response.status_code == 200, address
    return str(response.content.decode())


def test_a_commune_asks_and_has_a_number_at_once(visit: Visit, official: User, mine: AdminUnit) -> None:
    sent = {"words": "Không quét được sổ", "commune": mine.pk, "rule": "scan_missing"}
    page = visit(official).post("/questions/", sent, follow=True).content.decode()
    one = Difficulty.objects.get()
    assert (one.commune, one.rule, one.asked_by) == (mine, "scan_missing", official)
    assert one.number == f"KK-{timezone.localdate().year}-{one.pk:04d}"
    assert f"Số câu hỏi là {one.number}" in page


@pytest.mark.parametrize("typed", ["số 024175123456", "024 175 123 456", "CMND 125-123-456"])
def test_no_question_answer_or_publication_holds_an_identity_number(
    visit: Visit, official: User, manager: User, mine: AdminUnit, typed: str
) -> None:
    refused = visit(official).post("/questions/", {"words": f"Ông A {typed}", "commune": mine.pk})
    assert refused.status_code == 422
    assert "giống số giấy tờ" in refused.content.decode()
    one = difficulties.ask(official, "Không quét được", commune=mine)
    assert visit(manager).post(f"/questions/{one.pk}/answer/", {"answer": typed}).status_code == 422
    difficulties.answer(one, manager, "Quét lại")
    sent = {"question": "Không quét được?", "answered": f"Quét lại {typed}"}
    assert visit(manager).post(f"/questions/{one.pk}/publish/", sent).status_code == 422
    assert not Difficulty.objects.published().exists()


def test_a_question_of_another_commune_is_not_there(visit: Visit, official: User, manager: User) -> None:
    other = make.make_user(Role.COMMUNE_OFFICIAL)
    one = difficulties.ask(other, "Chuyện xã khác", commune=other.commune)
    client = visit(official)
    assert client.get(f"/questions/{one.pk}/").status_code == 404
    for verb in ("say", "close", "reopen"):
        assert client.post(f"/questions/{one.pk}/{verb}/", {"words": "xin chào"}).status_code == 404
    for verb in ("answer", "assign", "publish", "withdraw"):
        assert client.post(f"/questions/{one.pk}/{verb}/").status_code == 403
    assert "Chuyện xã khác" not in text(client, "/questions/")
    assert visit(manager).get(f"/questions/{one.pk}/").status_code == 200
    office = make.make_user(Role.MANAGER, office=make.make_office())
    assert visit(office).get(f"/questions/{one.pk}/").status_code == 404


def test_an_answer_joins_those_that_everybody_finds_without_commune_or_names(
    visit: Visit, official: User, manager: User, mine: AdminUnit
) -> None:
    one = difficulties.ask(official, "Sổ của bà Tư mờ", commune=mine)
    client = visit(manager)
    client.post(f"/questions/{one.pk}/answer/", {"answer": "Bà Tư quét lại 300 dpi"})
    sent = {"question": "Bản quét bị mờ thì làm sao?", "answered": "Quét lại ở 300 dpi"}
    client.post(f"/questions/{one.pk}/publish/", sent)
    other = visit(make.make_user(Role.COMMUNE_OFFICIAL))
    found = other.post("/questions/search/", {"words": "ban quet mo"}, headers=HTMX).content.decode()
    assert "Quét lại ở 300 dpi" in found
    for address in ("/questions/", "/questions/answers/"):
        page = text(other, address)
        assert not any(words in page for words in ("Tư", "P. Nhà", "Đỗ Văn Xã", "Lê Thị Giám"))
    assert other.get(f"/questions/{one.pk}/").status_code == 404


def test_the_record_is_shown_to_whom_it_may_be_shown(
    visit: Visit, official: User, manager: User, mine: AdminUnit
) -> None:
    plot, foreign = make.make_plot(mine), make.make_plot()
    client = visit(official)
    assert plot.long_number in text(client, "/questions/", about="plot", id=plot.pk)
    sent = {"words": "Thửa này sao thế", "commune": mine.pk, "about": "plot"}
    assert client.post("/questions/", {**sent, "about_id": foreign.pk}).status_code == 422
    client.post("/questions/", {**sent, "about_id": plot.pk})
    one = Difficulty.objects.get()
    assert f'href="/plots/{plot.pk}/"' in text(client, f"/questions/{one.pk}/")
    person = make.make_land_user(mine, name_raw="Nguyễn Thị Kín")
    one = difficulties.ask(official, "Người này", commune=mine, about="land_user", about_id=person.pk)
    assert "Kín" not in text(client, f"/questions/{one.pk}/")
    assert "Kín" not in text(visit(manager), f"/questions/{one.pk}/")
    assert "Nguyễn Thị Kín" in text(visit(make.make_user(Role.SENIOR_REVIEWER)), f"/questions/{one.pk}/")


def test_who_answers_and_who_was_given_it_is_not_named_to_the_commune(
    visit: Visit, official: User, manager: User, mine: AdminUnit
) -> None:
    one = difficulties.ask(official, "Không quét được", commune=mine)
    officer = make.make_user(Role.REVIEWER, full_name="Trần Thị Soát")
    due = timezone.localdate() + WEEK
    sent = {"to": officer.pk, "unit": "Tổ quét", "due_on": f"{due:%d/%m/%Y}"}
    visit(manager).post(f"/questions/{one.pk}/assign/", sent)
    one.refresh_from_db()
    assert (one.assigned_to, one.unit, one.due_on) == (officer, "Tổ quét", due)
    page = text(visit(official), f"/questions/{one.pk}/")
    assert "Trần Thị Soát" not in page
    assert "Lê Thị Giám" not in page
    assert "Tổ quét" in page
    assert "Trần Thị Soát" in text(visit(manager), f"/questions/{one.pk}/")


def test_a_question_is_found_by_its_number(visit: Visit, official: User, mine: AdminUnit) -> None:
    one = difficulties.ask(official, "Không quét được", commune=mine)
    for typed in (one.number, str(one.pk), one.number.lower()):
        answer = visit(official).post("/questions/search/", {"typed": typed})
        assert answer["Location"] == f"/questions/{one.pk}/", typed


def test_a_decision_is_noted_carried_over_and_done(
    visit: Visit, manager: User, official: User, mine: AdminUnit
) -> None:
    asked = difficulties.ask(official, "Không quét được", commune=mine)
    client = visit(manager)
    due = timezone.localdate() + dt.timedelta(days=1)
    sent = {"what": "Cấp máy quét", "who": "Văn phòng", "due_on": f"{due:%d/%m/%Y}", "difficulty": asked.pk}
    client.post("/meeting/decide/", sent)
    one = MeetingDecision.objects.get()
    assert (one.week, one.commune, one.difficulty) == (week_of(timezone.localdate()), mine, asked)
    following = text(client, "/meeting/", week=f"{one.week + WEEK:%Y-%m-%d}")
    carried = following[following.index('id="carried"') : following.index('id="difficulties"')]
    assert "Cấp máy quét" in carried
    assert "Cấp máy quét" in text(visit(official), "/meeting/")
    assert visit(official).post(f"/meeting/decisions/{one.pk}/done/", {"words": "xong"}).status_code == 403
    client.post(f"/meeting/decisions/{one.pk}/done/", {"words": "đã cấp"})
    assert "đã cấp" in text(client, "/meeting/")
    assert "Đã xong" in text(client, "/meeting/", minutes="")
    client.post(f"/meeting/decisions/{one.pk}/not-done/")
    one.refresh_from_db()
    assert one.done_at is None


def test_a_decision_that_is_late_says_so_in_words(visit: Visit, manager: User) -> None:
    today = timezone.localdate()
    MeetingDecision.objects.create(
        week=week_of(today) - WEEK, what="Gửi danh sách", who="Tổ 2", due_on=today - dt.timedelta(days=3),
        by=manager, at=timezone.now() - 2 * WEEK,
    )  # fmt: skip
    assert "quá hạn 3 ngày" in text(visit(manager), "/meeting/")


def test_the_minutes_write_the_worst_alerts_out_and_count_the_others(visit: Visit, manager: User) -> None:
    this = week_of(timezone.localdate())
    for n in range(20):
        unit = make.make_commune(name=f"Xã Số {n}")
        for back, hits in ((2, 1), (1, 300 + n)):
            WeeklySnapshot.objects.create(
                commune=unit, week=this - back * WEEK, group_1=1, group_2=0, group_3=0,
                rules={"scan_missing": hits},
            )  # fmt: skip
    page = text(visit(manager), "/meeting/", minutes="")
    alerts = page[page.index("3. Cảnh báo") : page.index("4. Kết luận")]
    assert "20 cảnh báo: Vướng mắc tăng vọt 20." in alerts
    assert alerts.count("<tr>") == 1 + 12
    assert "lên 319 thửa" in alerts
    assert "lên 300 thửa" not in alerts


def test_minutes_and_report_come_from_the_same_issuer(visit: Visit, manager: User, mine: AdminUnit) -> None:
    WeeklySnapshot.objects.create(
        commune=mine, week=week_of(timezone.localdate()) - WEEK, group_1=1, group_2=0, group_3=0
    )
    own = make.make_user(Role.MANAGER, commune=mine)
    for user in (manager, own):
        letter = visit(user).get("/report/").context["told"].letter
        assert "<br>".join(letter.issuer) in text(visit(user), "/meeting/", minutes="")


def test_decisions_of_others_cannot_be_marked_by_their_address(
    visit: Visit, manager: User, mine: AdminUnit
) -> None:
    one = meeting.decide(manager, what="Việc của Nhà", who="X", due_on=timezone.localdate(), commune=mine)
    office = make.make_user(Role.MANAGER, office=make.make_office())
    assert visit(office).post(f"/meeting/decisions/{one.pk}/done/", {"words": "xong"}).status_code == 404
    assert "Việc của Nhà" not in text(visit(office), "/meeting/")
    assert "Việc của Nhà" not in text(visit(make.make_user(Role.COMMUNE_OFFICIAL)), "/meeting/")


def test_alerts_are_of_the_own_territory_and_lead_to_their_lists(
    visit: Visit, manager: User, official: User, mine: AdminUnit
) -> None:
    other = make.make_commune(short_name="Khác", name="Phường Khác")
    week = week_of(timezone.localdate()) - WEEK
    for commune in (mine, other):
        for monday, hits in ((week - WEEK, 100), (week, 400)):
            WeeklySnapshot.objects.create(
                commune=commune, week=monday, group_1=9, group_2=0, group_3=0, rules={"scan_missing": hits}
            )
        WorkItem.objects.create(
            land_user=make.make_land_user(commune), commune=commune, plots=1, opened_at=timezone.now(),
            waits_with="commune", waits_until=timezone.localdate() - dt.timedelta(days=1),
        )  # fmt: skip
    page = text(visit(manager), "/alerts/")
    for commune in (mine, other):
        assert f'href="/queue/?commune={commune.code}&amp;rule=scan_missing"' in page
    assert "/queue/people/" not in page
    senior = text(visit(make.make_user(Role.SENIOR_REVIEWER)), "/alerts/")
    address = f"/queue/people/?commune={mine.code}&with=overdue"
    assert f'href="{address.replace("&", "&amp;")}"' in senior
    listed = text(visit(make.make_user(Role.SENIOR_REVIEWER)), address)
    assert WorkItem.objects.get(commune=mine).land_user.name in listed
    own = text(visit(official), "/alerts/")
    assert "P. Nhà" in own
    assert "Khác" not in own


def test_who_does_not_watch_all_jobs_sees_steers_and_counts_the_own_ones(
    visit: Visit, official: User
) -> None:
    own = Job.objects.create(kind="reconcile", state="failed", started_by=official, error="hỏng")
    foreign = Job.objects.create(kind="classify", state="running")
    client = visit(official)
    page = text(client, "/jobs/")
    assert f"/jobs/{own.pk}/retry/" in page
    assert f"/jobs/{foreign.pk}/" not in page
    assert client.get(f"/jobs/{foreign.pk}/").status_code == 404
    assert client.post(f"/jobs/{foreign.pk}/cancel/").status_code == 404
    client.post(f"/jobs/{own.pk}/retry/")
    own.refresh_from_db()
    assert own.state == Job.State.RUNNING
    client.post(f"/jobs/{own.pk}/cancel/")
    own.refresh_from_db()
    assert own.state == Job.State.CANCELLED
