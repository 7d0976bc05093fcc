"""The page of the plan: who sees and changes what, denominators in words, files, and closed weeks."""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from landdb.models import AdminUnit, Job, ReceivedFile, Role, User
from reconciliation import classification
from reconciliation.campaign import snapshots
from reconciliation.campaign.plan import stamp
from reconciliation.models import DayFigures, GroupMove, Target, Task, WeeklySnapshot
from tests import factories as make
from tests.campaign.clock import moment

from .test_plans import by_index_alone

pytestmark = pytest.mark.django_db

WEEK, DAY = dt.date(2026, 3, 2), dt.date(2026, 3, 10)
PLAN = {"starts_on": dt.date(2026, 2, 1), "due_on": dt.date(2026, 6, 30)}
TYPED = {"assigned": "1.200", "unit": "Chi nhánh 1", "leader": "Trần Thị Bé"}
TYPED |= {"starts_on": "01/02/2026", "due_on": "30/06/2026"}


@pytest.fixture(autouse=True)
def _files(settings: Any, tmp_path: Path) -> None:
    settings.FILES_DIR = tmp_path


@pytest.fixture
def communes() -> list[AdminUnit]:
    """Two communes, of which the first has a target, figures of last week and of a day since."""
    both = [make.make_commune(), make.make_commune()]
    for place, (commune, assigned) in enumerate(zip(both, (100, 300), strict=True)):
        Target.objects.create(
            commune=commune, task=Task.CLEAN, assigned=assigned, leader=f"Người {place}", **PLAN
        )
        given: dict[str, Any] = {"commune": commune, "group_1": 40, "group_2": 0, "group_3": 0}
        clean = {"done": 40, "excluded": {"citizen_lost": 15, "citizen_absent": 5}}
        WeeklySnapshot.objects.create(week=WEEK, tasks={Task.CLEAN: {"done": 30, "assigned": 120}}, **given)
        DayFigures.objects.create(day=DAY, tasks={Task.CLEAN: clean}, **given)
    return both


@pytest.fixture
def manager(visit: Callable[[User], Client]) -> Client:
    return visit(make.make_user(Role.MANAGER))


def text_of(client: Client, query: str = "") -> str:
    return " ".join(client.get(f"/plan/{query}").content.decode().split())


def test_it_shows_a_task_of_all_communes_with_its_denominators(
    manager: Client, communes: list[AdminUnit]
) -> None:
    page = text_of(manager)
    assert "đến hết ngày 10/03/2026" in page
    assert "Tỷ lệ trên số được giao" in page
    assert "40,0 %" in page
    assert "Mất giấy: 15" in page
    assert "Người 0" in page
    assert "Người 1" in page
    other = text_of(manager, "?of=collectable")
    assert "Tỷ lệ trên số có thể làm" in other
    assert "50,0 %" in other


def test_the_five_tasks_are_added_up(manager: Client, communes: list[AdminUnit]) -> None:
    rows = manager.get("/plan/").context["tasks"]()
    assert [row["line"].task for row in rows] == list(Task)
    clean = rows[0]
    assert (clean["line"].figures.assigned, clean["line"].figures.done, clean["rate"]) == (400, 80, 0.2)


def test_a_denominator_that_changed_is_told_with_both_numbers_and_why(
    manager: Client, communes: list[AdminUnit]
) -> None:
    edited = "mẫu số đổi: 120 → 100, vì kế hoạch đã sửa"
    left_out = "mẫu số đổi: 120 → 80, vì Chủ vắng mặt 0 → 5; Mất giấy 0 → 15"
    assert edited in (page := text_of(manager))
    assert left_out not in page
    assert left_out in text_of(manager, "?of=collectable")
    own = text_of(manager, f"?commune={communes[0].code}")
    assert edited in own
    assert left_out in own


def test_a_rate_above_the_whole_is_never_bare(manager: Client, communes: list[AdminUnit]) -> None:
    mend = "số giao thấp hơn số hiện có: sửa số được giao"
    assert mend not in text_of(manager)
    Target.objects.update(assigned=30)
    page = text_of(manager)
    assert "133,3 %" in page
    assert mend in page


def test_one_commune_shows_all_its_tasks(manager: Client, communes: list[AdminUnit]) -> None:
    rows = manager.get(f"/plan/?commune={communes[0].code}").context["rows"]()
    assert [row["line"].task for row in rows] == list(Task)
    assert {row["line"].unit for row in rows} == {communes[0]}


def test_an_official_sees_the_own_commune_and_only_the_rate_of_the_province(
    visit: Callable[[User], Client], communes: list[AdminUnit]
) -> None:
    client = visit(make.make_user(Role.COMMUNE_OFFICIAL, commune=communes[0]))
    for query in ("", f"?commune={communes[1].code}"):
        page = client.get(f"/plan/{query}")
        assert {row["line"].unit for row in page.context["rows"]()} == {communes[0]}
        shown = page.content.decode()
        assert "Người 0" in shown
        assert "Người 1" not in shown
        assert "20,0 %" in shown
        assert "plan/targets" not in shown
    book = openpyxl.load_workbook(io.BytesIO(client.get("/plan/workbook/").content))
    assert {row[0].value for row in list(book.active)[1:]} == {communes[0].code}


@pytest.mark.parametrize("where", ["commune", "office"])
def test_a_leader_of_a_part_sees_the_rate_of_the_province_beside(
    visit: Callable[[User], Client], communes: list[AdminUnit], where: str
) -> None:
    office = make.make_office()
    AdminUnit.objects.filter(pk=communes[0].pk).update(office=office)
    of = {"commune": communes[0]} if where == "commune" else {"office": office}
    page = visit(make.make_user(Role.MANAGER, **of)).get("/plan/").content.decode()
    assert '<th scope="col" class="num">Cả tỉnh</th>' in page
    assert "20,0 %" in page
    assert "Người 1" not in page


def test_who_sees_the_whole_province_has_no_column_for_it(manager: Client, communes: list[AdminUnit]) -> None:
    assert "Cả tỉnh</th>" not in manager.get("/plan/").content.decode()


def test_an_official_does_not_read_which_officer_changed_the_plan(
    manager: Client, visit: Callable[[User], Client], communes: list[AdminUnit]
) -> None:
    manager.post(address(communes[0]), sent(communes[0]))
    client = visit(make.make_user(Role.COMMUNE_OFFICIAL, commune=communes[0]))
    told, *_first = client.get("/plan/").context["edits"]
    assert told["by"] is None
    assert manager.get("/plan/").context["edits"][0]["by"].role == Role.MANAGER


@pytest.mark.parametrize("role", sorted(set(Role.values) - {Role.MANAGER, Role.ADMINISTRATOR}))
def test_others_do_not_change_the_plan(
    role: str, visit: Callable[[User], Client], communes: list[AdminUnit]
) -> None:
    client = visit(make.make_user(role))
    before = Target.objects.values().get(commune=communes[0])
    assert client.post(address(communes[0]), sent(communes[0])).status_code == 403
    assert client.post(f"{address(communes[0])}remove/", {"reason": "thử"}).status_code == 403
    assert client.post("/plan/files/", {}).status_code == 403
    assert client.post("/plan/weeks/", {}).status_code == 403
    assert Target.objects.values().get(commune=communes[0]) == before


@pytest.mark.parametrize("where", ["commune", "office"])
def test_a_leader_of_a_part_reads_the_targets_and_does_not_set_them(
    visit: Callable[[User], Client], communes: list[AdminUnit], where: str
) -> None:
    office = make.make_office()
    AdminUnit.objects.filter(pk=communes[0].pk).update(office=office)
    of = {"commune": communes[0]} if where == "commune" else {"office": office}
    client = visit(make.make_user(Role.MANAGER, **of))
    before = Target.objects.values().get(commune=communes[0])
    page = client.get("/plan/").content.decode()
    assert "Người 0" in page
    for way in ("/plan/targets/", "/plan/files/", "/plan/weeks/"):
        assert way not in page
    assert client.get(address(communes[0])).status_code == 403
    assert client.post(address(communes[0]), sent(communes[0])).status_code == 403
    assert client.post(f"{address(communes[0])}remove/", {"reason": "thử"}).status_code == 403
    for way in ("/plan/files/", "/plan/files/1/", "/plan/weeks/"):
        assert client.get(way).status_code == 403, way
    assert Target.objects.values().get(commune=communes[0]) == before
    assert client.get("/plan/workbook/").status_code == 200


def address(commune: AdminUnit, task: str = Task.CLEAN) -> str:
    return reverse("plan-edit", args=[commune.code, str(task)])


def sent(commune: AdminUnit, **typed: str) -> dict[str, str]:
    target = Target.objects.filter(commune=commune, task=Task.CLEAN).first()
    return TYPED | {"seen": stamp(target)} | typed


def test_a_change_is_written_and_told_with_who_and_what(manager: Client, communes: list[AdminUnit]) -> None:
    answer = manager.post(address(communes[0]) + "?of=collectable", sent(communes[0]))
    assert answer["Location"] == "/plan/?task=clean&of=collectable"
    target = Target.objects.get(commune=communes[0])
    assert (target.assigned, target.unit, target.leader) == (1200, "Chi nhánh 1", "Trần Thị Bé")
    told, *_first = manager.get("/plan/").context["edits"]
    assert told["by"].role == Role.MANAGER
    assert [(str(title), old, new) for title, old, new in told["fields"]] == [
        ("Số được giao", "100", "1.200"),
        ("Đơn vị chịu trách nhiệm", "trống", "Chi nhánh 1"),
        ("Người phụ trách", "Người 0", "Trần Thị Bé"),
    ]


@pytest.mark.parametrize(
    ("field", "typed"),
    [
        ("assigned", "1.2"),
        ("assigned", "-5"),
        ("starts_on", "31/02/2026"),
        ("starts_on", "31/12/2019"),
        ("starts_on", "01/01/0001"),
        ("due_on", "31/01/2026"),
        ("due_on", "30/06/2126"),
        ("due_on", "31/12/9999"),
        ("unit", "=cmd|calc"),
        ("unit", "+84 222"),
        ("unit", "@An"),
    ],
)
def test_what_was_typed_stays_where_something_is_wrong(
    manager: Client, communes: list[AdminUnit], field: str, typed: str
) -> None:
    answer = manager.post(address(communes[0]), sent(communes[0], **{field: typed}))
    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == [field]
    page = answer.content.decode()
    assert f'value="{typed}"' in page
    assert 'value="Trần Thị Bé"' in page
    assert Target.objects.get(commune=communes[0]).assigned == 100


def test_what_is_clean_opens_its_list_of_that_day_where_all_of_it_is_counted(
    manager: Client, communes: list[AdminUnit]
) -> None:
    listed = f"/plots/at/?day={DAY}&amp;group=1"
    page = text_of(manager)
    assert f'<a href="{listed}">80</a>' in page
    assert f'<a href="{listed}&amp;commune={communes[1].code}">40</a>' in page
    Target.objects.filter(commune=communes[1]).delete()
    page = text_of(manager)
    assert f'<a href="{listed}">' not in page
    assert f'<a href="{listed}&amp;commune={communes[0].code}">40</a>' in page
    DayFigures.objects.all().delete()
    assert f'<a href="/plots/at/?week={WEEK}&amp;group=1&amp;commune=' in text_of(manager)


def test_who_gave_a_target_first_is_told_like_later_changes(
    manager: Client, communes: list[AdminUnit]
) -> None:
    manager.post(address(communes[0], Task.CODE), TYPED | {"seen": stamp(None)})
    told = manager.get(f"/plan/?commune={communes[0].code}").context["edits"][0]
    assert (told["edit"].kind, told["edit"].task, told["by"].role) == ("first", Task.CODE, Role.MANAGER)
    assert [(str(title), new) for title, _old, new in told["fields"]][:2] == [
        ("Số được giao", "1.200"), ("Đơn vị chịu trách nhiệm", "Chi nhánh 1"),
    ]  # fmt: skip
    assert "giao lần đầu" in text_of(manager)


def test_a_target_is_taken_away_with_a_reason_and_its_history_stays(
    manager: Client, communes: list[AdminUnit]
) -> None:
    manager.post(address(communes[0]), sent(communes[0]))
    target = Target.objects.get(commune=communes[0])
    away = reverse("plan-remove", args=[communes[0].code, "clean"])
    for reason in ("", " x "):
        answer = manager.post(away, {"reason": reason, "seen": stamp(target)})
        assert (answer.status_code, Target.objects.count()) == (422, 2)
    assert manager.post(away, {"reason": "giao nhầm xã", "seen": stamp(None)}).status_code == 422
    answer = manager.post(away, {"reason": "giao nhầm xã", "seen": stamp(target)})
    assert (answer.status_code, Target.objects.filter(commune=communes[0]).exists()) == (302, False)
    removed, changed, *first = manager.get("/plan/").context["edits"]
    assert [each["edit"].kind for each in (removed, changed, *first)] == [
        "before_delete", "before_update", "first", "first",
    ]  # fmt: skip
    assert (removed["edit"].reason, removed["by"].role) == ("giao nhầm xã", Role.MANAGER)
    assert (changed["fields"][0][1], changed["fields"][0][2]) == ("100", "1.200")
    page = text_of(manager)
    assert "giao nhầm xã" in page
    # The denominator of all communes together does not shrink unsaid.
    assert "mẫu số đổi: 240 → 300" in page
    assert manager.post(away, {"reason": "giao nhầm xã", "seen": stamp(target)}).status_code == 404


def test_what_somebody_else_changed_meanwhile_is_not_overwritten_unseen(
    manager: Client, communes: list[AdminUnit]
) -> None:
    mine = sent(communes[0])
    Target.objects.filter(commune=communes[0]).update(assigned=77)
    answer = manager.post(address(communes[0]), mine)
    assert answer.status_code == 422
    assert "Người khác vừa sửa" in answer.content.decode()
    assert Target.objects.get(commune=communes[0]).assigned == 77
    again = mine | {"seen": answer.context["form"]["seen"].value()}
    assert manager.post(address(communes[0]), again).status_code == 302
    assert Target.objects.get(commune=communes[0]).assigned == 1200


def test_a_task_is_assigned_for_the_first_time(manager: Client, communes: list[AdminUnit]) -> None:
    assert manager.get(address(communes[0], Task.SCAN)).status_code == 200
    assert manager.get(address(communes[0], "dance")).status_code == 404
    typed = TYPED | {"seen": stamp(None)}
    assert manager.post(address(communes[0], Task.SCAN), typed).status_code == 302
    assert Target.objects.get(commune=communes[0], task=Task.SCAN).assigned == 1200


def upload(client: Client, *rows: list[Any]) -> str:
    """Send a workbook; the address of its preview."""
    made = openpyxl.Workbook()
    for row in (["Mã xã", "Việc", "Số được giao", "Bắt đầu", "Hạn"], *rows):
        made.active.append(row)
    packed = io.BytesIO()
    made.save(packed)
    answer = client.post("/plan/files/", {"workbook": SimpleUploadedFile("kh.xlsx", packed.getvalue())})
    assert answer.status_code == 302
    return answer["Location"]


def test_a_workbook_is_looked_at_and_then_written(manager: Client, communes: list[AdminUnit]) -> None:
    code = communes[0].code
    page = upload(
        manager,
        [code, "Làm sạch thửa đất", "1.150", *PLAN.values()],
        [code, "Gán mã định danh thửa", 9, *PLAN.values()],
        [code, "Thu giấy chứng nhận", "nhiều", *PLAN.values()],
        [communes[1].code, "clean", 300, *PLAN.values()],
    )
    shown = manager.get(page)
    text = " ".join(shown.content.decode().split())
    assert "Dòng 4, Số được giao (C4): “nhiều” – không phải số nguyên" in text
    assert "100 → 1.150" in text
    preview = shown.context["preview"]
    assert (preview.rows, len(preview.new), len(preview.changed), preview.unchanged) == (4, 1, 1, 1)
    assert Target.objects.count() == 2
    assert manager.post(f"{page}confirm/", {"seen": "x"}).status_code == 302
    assert Target.objects.count() == 2
    manager.post(f"{page}confirm/", {"seen": preview.stamp})
    assert Target.objects.get(commune=communes[0], task=Task.CLEAN).assigned == 1150
    assert Target.objects.get(task=Task.CODE).assigned == 9
    assert "đã ghi" in manager.get(page).content.decode()
    told, *_first = manager.get("/plan/").context["edits"]
    assert told["edit"].file == ReceivedFile.objects.get()


def test_what_is_no_plan_is_told_beside_the_field(manager: Client) -> None:
    for name, content in (("kh.csv", b"a"), ("kh.xlsx", b"no workbook"), ("kh.xlsx", b"")):
        answer = manager.post("/plan/files/", {"workbook": SimpleUploadedFile(name, content)})
        assert answer.status_code == 422
        assert answer.context["form"].errors["workbook"]


def test_another_managers_file_is_not_opened_from_an_office(
    manager: Client, visit: Callable[[User], Client], communes: list[AdminUnit]
) -> None:
    page = upload(manager, [communes[0].code, "clean", 5, *PLAN.values()])
    outsider = visit(make.make_user(Role.MANAGER, office=make.make_office()))
    assert outsider.get(page).status_code == 403
    assert outsider.post(f"{page}confirm/", {"seen": "x"}).status_code == 403


def test_a_week_is_counted_again_as_a_further_revision_with_its_reason(
    manager: Client, work: Callable[[], None]
) -> None:
    plot = make.make_ready_plot()
    classification.refresh([plot.pk], cause=GroupMove.Cause.CORRECTION, at=moment(4))
    snapshots.take(WEEK, moment(9))
    first = WeeklySnapshot.objects.get()
    WeeklySnapshot.objects.update(group_1=7)
    answer = manager.post("/plan/weeks/", {"week": "2026-03-02", "reason": "Ghi nhầm nhóm 1"})
    assert answer["Location"] == reverse("job", args=[Job.objects.get().pk])
    work()
    assert Job.objects.get().state == Job.State.DONE
    kept, second = WeeklySnapshot.objects.order_by("revision")
    assert (kept.pk, kept.group_1, second.group_1, second.revision) == (first.pk, 7, 1, 2)
    page = " ".join(manager.get("/plan/weeks/").content.decode().split())
    assert "Ghi nhầm nhóm 1" in page
    assert "dựng lại" in page
    assert "09/03/2026 00:00" in page


@pytest.mark.parametrize(
    "typed", [{"week": "2026-03-09", "reason": "vì"}, {"week": "2026-03-02", "reason": ""}]
)
def test_a_week_is_not_counted_again_without_a_reason_or_before_it_closed(
    manager: Client, communes: list[AdminUnit], typed: dict[str, str]
) -> None:
    assert manager.post("/plan/weeks/", typed).status_code == 422
    assert not Job.objects.exists()


def test_no_plot_is_counted_and_more_communes_ask_no_more(manager: Client, communes: list[AdminUnit]) -> None:
    with by_index_alone():
        manager.get("/plan/")
    with CaptureQueriesContext(connection) as few:
        manager.get("/plan/")
    asked = [query["sql"] for query in few]
    assert not [sql for sql in asked if "parcels_plot" in sql]
    for _n in range(5):
        Target.objects.create(commune=make.make_commune(), task=Task.CLEAN, assigned=5, **PLAN)
    # What was written down of these communes is gathered once, as it was of the others.
    manager.get("/plan/")
    with CaptureQueriesContext(connection) as more:
        manager.get("/plan/")
    assert len(more) == len(asked)
