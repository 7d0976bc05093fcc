"""Who says yes to what: some changes need nobody, most a reviewer, one kind never goes by workbook."""

from __future__ import annotations

import re

import pytest
from django.test import Client
from django.utils.html import strip_tags

from landdb.models import Role
from parcels.models import Certificate, Holding, LandUser, Plot
from reconciliation.actions import row_words, uploads
from reconciliation.models import Change, ChangeSet, CorrectionBatch, Decision, GroupMove, PlotStatus
from reconciliation.web import upload_report
from tests import factories

from .ground import Ground, adds_up, apply, filled, give_out, row_of, send_up, states, whys

pytestmark = pytest.mark.django_db
State = CorrectionBatch.State


def test_a_missing_telephone_number_needs_nobody(client: Client, ground: Ground, work) -> None:
    workbook = give_out(ground)
    row = row_of(workbook, ground.holdings[0])
    batch = send_up(ground, filled(workbook, {(row, "phone"): "0912345678"}))
    client.force_login(ground.official)
    client.post(f"/uploads/{batch.pk}/send/", {"word": "send"})
    work()
    batch.refresh_from_db()
    assert batch.state == State.APPLIED
    assert LandUser.objects.get(pk=ground.people[0].pk).phone == "0912345678"
    assert Decision.objects.get(kind="apply_upload").by == ground.official


def test_together_with_others_it_waits_for_the_office(ground: Ground) -> None:
    workbook = give_out(ground)
    typed = {(5, "phone"): "0912345678", (6, "book_number"): "CH00123"}
    batch = send_up(ground, filled(workbook, typed))
    assert uploads.send(batch, by=ground.official).state == State.WAITING
    assert not ChangeSet.objects.exists()


def test_the_holder_never_becomes_another_by_a_workbook(ground: Ground) -> None:
    workbook = give_out(ground)
    rows = [row_of(workbook, holding) for holding in ground.holdings]
    typed = {
        (rows[0], "name"): "Phạm Văn Khác",
        (rows[0], "id_number"): "024175777777",
        (rows[1], "id_number"): ground.people[2].id_number,
        (rows[3], "book_number"): "CH00123",
    }
    batch = send_up(ground, filled(workbook, typed))
    assert {batch.lines.get(row=row).kind for row in rows[:2]} == {"holder"}
    apply(batch, ground.reviewer)
    assert [states(batch)[row] for row in (rows[0], rows[1], rows[3])] == ["rejected", "rejected", "applied"]
    assert whys(batch)[rows[0]] == "row_for_desk_alone"
    assert Holding.objects.get(pk=ground.holdings[0].pk).land_user_id == ground.people[0].pk
    assert LandUser.objects.get(pk=ground.people[1].pk).id_number == ground.people[1].id_number
    assert not LandUser.objects.filter(id_number="024175777777").exists()
    assert adds_up(batch)


def test_a_row_for_the_desk_alone_is_not_promised_as_a_good_one(client: Client, ground: Ground) -> None:
    workbook = give_out(ground)
    rows = [row_of(workbook, holding) for holding in ground.holdings]
    typed = {(rows[0], "name"): "Phạm Văn Khác", (rows[1], "book_number"): "CH00123"}
    batch = send_up(ground, filled(workbook, typed))
    client.force_login(ground.official)
    page = client.get(f"/uploads/{batch.pk}/").content.decode()
    assert "Gửi 1 dòng tốt, giữ lại 0 dòng để sửa" in page
    assert "1 dòng đổi người sử dụng đất" in page
    listed = client.get(f"/uploads/{batch.pk}/rows/?kind=holder").content.decode()
    assert "chỉ ở bàn xét duyệt" in listed
    assert "Chờ áp dụng" not in listed


def test_each_kind_shows_a_cell_of_its_own_as_it_was_typed(ground: Ground) -> None:
    workbook = give_out(ground)
    row = row_of(workbook, ground.holdings[0])
    typed = {(row, "book_number"): "CH00123", (row, "use1_origin"): "DG-KTT", (row, "legal_area"): "99,5"}
    batch = send_up(ground, filled(workbook, typed))
    samples = {line.kind.key: line.sample for line in upload_report.kinds(batch)}
    assert {key: sample.new for key, sample in samples.items() if sample} == {
        "papers": "CH00123", "uses": "DG-KTT", "plot_area": "99,5",
    }  # fmt: skip


def test_the_office_approves_kinds_and_single_rows_and_leaves_the_rest(
    client: Client, ground: Ground, work
) -> None:
    workbook = give_out(ground)
    rows = [row_of(workbook, holding) for holding in ground.holdings]
    typed = {
        (rows[0], "book_number"): "CH00001",
        (rows[1], "birth"): "13/03/1975",
        (rows[2], "birth"): "14/03/1975",
        (rows[3], "plot_address"): "Ngõ 9",
    }
    batch = send_up(ground, filled(workbook, typed))
    uploads.send(batch, by=ground.official)
    client.force_login(ground.reviewer)
    page = client.get(f"/uploads/{batch.pk}/rows/?kind=birth").content.decode()
    assert "13/03/1975" in strip_tags(page)
    lines = {line.row: line.pk for line in batch.lines.all()}
    client.post(
        f"/uploads/{batch.pk}/tick/",
        {"kind": "birth", "shown": [lines[rows[1]], lines[rows[2]]], "line": [lines[rows[1]]]},
    )
    client.post(
        f"/uploads/{batch.pk}/decide/", {"word": "apply", "reason": "đã đối chiếu", "kind": ["papers"]}
    )
    work()
    batch.refresh_from_db()
    assert batch.state == State.APPLIED
    assert [states(batch)[row] for row in rows] == ["applied", "applied", "rejected", "rejected"]
    assert whys(batch)[rows[3]] == "row_not_approved"
    assert Plot.objects.get(pk=ground.plots[3].pk).address == "Khu phố Đông"
    assert adds_up(batch)


def test_the_page_says_of_each_row_left_behind_why_and_what_to_do(client: Client, ground: Ground) -> None:
    workbook = give_out(ground)
    rows = [row_of(workbook, holding) for holding in ground.holdings]
    typed = {
        (rows[0], "book_number"): "CH00001",
        (rows[1], "birth"): "13/03/1975",
        (rows[2], "birth"): "14/03/1975",
        (rows[3], "birth"): "31/02/1975",
    }
    sent = uploads.send(send_up(ground, filled(workbook, typed)), by=ground.official)
    refused = sent.lines.get(row=rows[1])
    row_words.refuse_row(refused, "refused_see_note", "giấy khai sinh ghi 12/03", by=ground.reviewer, seen="")
    uploads.approve(sent, by=ground.reviewer, reason="đã xem")
    uploads.carry_out(sent)
    client.force_login(ground.official)
    page = client.get(f"/uploads/{sent.pk}/")
    told = {each.row: (each.reason, each.note) for each in page.context["problems"]}
    assert told[rows[1]] == ("lý do khác, xem lời nhắn", "giấy khai sinh ghi 12/03")
    assert told[rows[2]] == ("văn phòng chưa duyệt dòng này", "")
    # A row of which a cell was turned away stands there with its cell, once.
    assert [each.row for each in page.context["problems"]].count(rows[3]) == 1
    assert "giấy khai sinh ghi 12/03" in page.content.decode()
    narrowed = client.get(f"/uploads/{sent.pk}/?cause=row_not_approved").context
    assert [each.row for each in narrowed["problems"]] == [rows[2]]
    assert ("row_not_approved", 1) in [(each["code"], each["count"]) for each in narrowed["causes"]]


def test_a_yes_to_one_kind_is_none_to_what_else_a_row_changes(ground: Ground) -> None:
    workbook = give_out(ground)
    rows = [row_of(workbook, holding) for holding in ground.holdings]
    typed = {
        (rows[0], "plot_address"): "Ngõ 9",
        (rows[0], "legal_area"): "457,5",
        (rows[1], "plot_address"): "Ngõ 10",
    }
    batch = send_up(ground, filled(workbook, typed))
    uploads.send(batch, by=ground.official)
    uploads.approve(batch, by=ground.reviewer, reason="đã xem", kinds=["plot_address"])
    uploads.carry_out(batch)
    assert [states(batch)[row] for row in rows[:2]] == ["rejected", "applied"]
    assert Plot.objects.get(pk=ground.plots[0].pk).legal_area == ground.plots[0].legal_area


def test_somebody_more_on_a_plot_that_is_held_needs_a_look_at_the_row(ground: Ground) -> None:
    plot = ground.plots[0]
    typed = {
        (9, "commune_code"): ground.commune.code, (9, "serial"): "CE 999999", (9, "name"): "Đỗ Thị Mới",
        (9, "id_number"): "024175999999", (9, "birth"): "1975", (9, "sex"): "Nữ", (9, "sheet"): plot.sheet,
        (9, "number"): plot.number, (9, "plot_address"): "Ngõ 9", (9, "legal_form"): "Cá nhân",
    }  # fmt: skip
    batch = send_up(ground, filled(give_out(ground), typed))
    line = batch.lines.get(row=9)
    assert line.kind == "holder_more"
    assert ["", 0, "name", "", "Đỗ Thị Mới"] in line.changes
    uploads.send(batch, by=ground.official)
    with pytest.raises(uploads.NothingToSend):
        uploads.approve(batch, by=ground.reviewer, reason="cả loại")
    assert plot.holdings.count() == 1


def test_the_page_tells_what_was_applied_not_what_was_rehearsed(ground: Ground) -> None:
    workbook = give_out(ground)
    rows = [row_of(workbook, holding) for holding in ground.holdings]
    batch = send_up(
        ground, filled(workbook, {(rows[0], "book_number"): "CH1", (rows[1], "birth"): "13/03/1975"})
    )
    uploads.send(batch, by=ground.official)
    uploads.approve(batch, by=ground.reviewer, reason="đã xem", kinds=["papers"])
    uploads.carry_out(batch)
    batch.refresh_from_db()
    assert batch.report["plots"] == 1
    assert batch.report["groups_after"]["1"] == batch.report["groups_before"].get("1", 0) + 1


def test_what_bears_on_a_person_is_for_the_office_to_tick(client: Client, ground: Ground) -> None:
    workbook = give_out(ground)
    rows = [row_of(workbook, holding) for holding in ground.holdings]
    typed = {
        (rows[0], "phone"): "0912345678",
        (rows[0], "plot_address"): "Ngõ 9",
        (rows[1], "address"): "Khu phố Tây",
        (rows[2], "birth"): "13/03/1975",
        (rows[3], "plot_address"): "Ngõ 10",
    }
    batch = send_up(ground, filled(workbook, typed))
    uploads.send(batch, by=ground.official)
    client.force_login(ground.reviewer)
    page = client.get(f"/uploads/{batch.pk}/").content.decode()
    boxes = dict(re.findall(r'name="kind" value="(\w+)" aria-label="[^"]*"([^>]*)>', page))
    assert {key: "checked" in rest for key, rest in boxes.items()} == {
        "plot_address": True,
        "address": False,
        "birth": False,
    }
    assert "disabled" in boxes["birth"]


def test_the_whole_workbook_is_approved_at_once_but_for_what_needs_a_look(
    client: Client, ground: Ground, work
) -> None:
    workbook = give_out(ground)
    rows = [row_of(workbook, holding) for holding in ground.holdings[:2]]
    typed = {(rows[0], "address"): "Khu phố Tây", (rows[1], "birth"): "13/03/1975"}
    batch = send_up(ground, filled(workbook, typed))
    uploads.send(batch, by=ground.official)
    client.force_login(ground.reviewer)
    client.post(f"/uploads/{batch.pk}/decide/", {"word": "apply", "reason": "đã xem", "whole": "1"})
    work()
    assert [states(batch)[row] for row in rows] == ["applied", "rejected"]


def test_it_is_one_change_set_that_can_be_taken_back(ground: Ground) -> None:
    workbook = give_out(ground)
    typed = {(row, "book_number"): f"CH{row:05}" for row in (5, 6, 7, 8)}
    batch = apply(send_up(ground, filled(workbook, typed)), ground.reviewer)
    change_set = ChangeSet.objects.get()
    assert batch.change_set == change_set
    assert set(PlotStatus.objects.values_list("group", flat=True)) == {1}
    assert GroupMove.objects.filter(change_set=change_set, to_group=1).count() == 4
    uploads.take_back(batch, by=ground.reviewer)
    assert set(PlotStatus.objects.values_list("group", flat=True)) == {2}
    assert set(Change.objects.values_list("state", flat=True)) == {"undone"}
    assert not Certificate.objects.exclude(book_number="").exists()


def test_a_row_whose_record_changed_since_the_dry_run_is_left_out(ground: Ground) -> None:
    workbook = give_out(ground)
    typed = {(row, "plot_address"): f"Ngõ {row}" for row in (5, 6)}
    batch = send_up(ground, filled(workbook, typed))
    uploads.send(batch, by=ground.official)
    first = row_of(workbook, ground.holdings[0])
    Plot.objects.filter(pk=ground.plots[0].pk).update(address="Đo lại hôm nay")
    uploads.approve(batch, by=ground.reviewer, reason="đã kiểm tra")
    uploads.carry_out(batch)
    batch.refresh_from_db()
    assert Plot.objects.get(pk=ground.plots[0].pk).address == "Đo lại hôm nay"
    assert whys(batch)[first] == "row_changed_since"
    assert sorted(states(batch).values()) == ["applied", "rejected", "unchanged", "unchanged"]
    assert adds_up(batch)


def test_an_official_gives_a_workbook_up(client: Client, ground: Ground) -> None:
    batch = send_up(ground, filled(give_out(ground), {(5, "phone"): "0912345678"}))
    client.force_login(ground.official)
    client.post(f"/uploads/{batch.pk}/send/", {"word": "drop"})
    batch.refresh_from_db()
    assert batch.state == State.DROPPED
    assert not ChangeSet.objects.exists()


@pytest.mark.parametrize("path", ["", "rows/", "annotated/"])
def test_nobody_of_another_commune_sees_it(client: Client, ground: Ground, path: str) -> None:
    batch = send_up(ground, filled(give_out(ground), {(5, "phone"): "0912345678"}))
    other = factories.make_user(Role.COMMUNE_OFFICIAL)
    for user in (other, factories.make_user(Role.REVIEWER, commune=other.commune)):
        client.force_login(user)
        assert client.get(f"/uploads/{batch.pk}/{path}").status_code == 404


def test_nobody_of_another_commune_changes_it(client: Client, ground: Ground) -> None:
    workbook = give_out(ground)
    batch = send_up(ground, filled(workbook, {(5, "phone"): "0912345678"}))
    line = batch.lines.get(row=5)
    other = factories.make_user(Role.COMMUNE_OFFICIAL)
    client.force_login(other)
    posted = {"word": "send", "all": "workbook", f"pick-{line.pk}-phone": "workbook"}
    for path in ("send/", "choose/", "annotated/", "headers/"):
        assert client.post(f"/uploads/{batch.pk}/{path}", posted).status_code == 404
    assert client.get(f"/uploads/workbooks/{workbook.pk}/").status_code == 404
    assert f"/uploads/workbooks/{workbook.pk}/" not in client.get("/uploads/").content.decode()
    assert str(workbook.made_by) not in client.get("/uploads/workbooks/").content.decode()
    client.force_login(factories.make_user(Role.REVIEWER, commune=other.commune))
    for path in ("tick/", "decide/", "undo/"):
        told = {"word": "apply", "reason": "lý do", "line": [line.pk], "shown": [line.pk]}
        assert client.post(f"/uploads/{batch.pk}/{path}", told).status_code == 404
    batch.refresh_from_db()
    assert (batch.state, batch.lines.filter(is_approved=True).count()) == (State.CHECKED, 0)


def test_a_village_of_another_commune_cannot_be_asked_for(client: Client, ground: Ground, work) -> None:
    client.force_login(ground.official)
    told = {"purpose": "thử xem sao", "village": "Thôn của xã khác"}
    assert client.post("/uploads/workbooks/new/", told).status_code == 422


def test_numbers_of_people_are_masked_in_the_rows(client: Client, ground: Ground) -> None:
    workbook = give_out(ground)
    batch = send_up(ground, filled(workbook, {(5, "id_number"): "024175888888", (6, "phone"): "0912345678"}))
    client.force_login(ground.official)
    for page in (f"/uploads/{batch.pk}/", f"/uploads/{batch.pk}/rows/"):
        content = client.get(page).content.decode()
        assert "024175888888" not in content
        assert "0912345678" not in content


def test_a_page_of_rows_asks_few_questions(
    client: Client, ground: Ground, django_assert_max_num_queries
) -> None:
    batch = send_up(ground, filled(give_out(ground), {(row, "phone"): "0912345678" for row in (5, 6, 7)}))
    client.force_login(ground.official)
    with django_assert_max_num_queries(14):
        client.get(f"/uploads/{batch.pk}/rows/?state=proposed")
    with django_assert_max_num_queries(32):
        client.get(f"/uploads/{batch.pk}/")


def test_what_was_wrong_in_cells_is_still_told_after_applying(ground: Ground) -> None:
    typed = {(6, "issued"): "30/02/2018", (7, "phone"): "0912345678"}
    batch = apply(send_up(ground, filled(give_out(ground), typed)), ground.reviewer)
    assert batch.file.problems.get(level="rejected").code == "date_unreadable"
    assert whys(batch)[6] == "date_unreadable"
