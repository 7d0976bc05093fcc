"""A row of a workbook opened by the office: the desk's evidence beside it, one key for the word on it."""

from __future__ import annotations

import html
import re

import pytest
from django.test import Client
from django.utils import timezone

from landdb.models import AccessLog, Role
from parcels.models import LandUser, Plot
from reconciliation.actions import handovers, leases, row_words, uploads
from reconciliation.models import CorrectionBatch, Lease, Match, Verification, WorkItem
from tests import factories

from .ground import Ground, adds_up, filled, give_out, row_of, send_up, states, whys

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true"}


@pytest.fixture
def batch(ground: Ground) -> CorrectionBatch:
    """Three rows wait: births that the registry does not have, and a number with a slip of the pen."""
    workbook = give_out(ground)
    rows = [row_of(workbook, holding) for holding in ground.holdings]
    number = ground.people[1].id_number
    typed = {
        (rows[0], "birth"): "13/03/1975",
        (rows[1], "id_number"): f"{number[:5]}{(int(number[5]) + 1) % 10}{number[6:]}",
        (rows[2], "birth"): "14/03/1975",
    }
    return uploads.send(send_up(ground, filled(workbook, typed)), by=ground.official)


def text(answer) -> str:
    """The words of a page; what is marked within a word stays one word."""
    told = re.sub(r"</?(ins|del)>", "", answer.content.decode())
    return re.sub(r"\s+", " ", html.unescape(re.sub(r"<[^>]+>", " ", told)))


def lines(batch: CorrectionBatch) -> list[int]:
    """Ids of the rows that wait, in order."""
    return list(batch.lines.filter(state="proposed").order_by("pk").values_list("pk", flat=True))


def address(batch: CorrectionBatch, pk: int, more: str = "") -> str:
    return f"/uploads/{batch.pk}/rows/{pk}/{more}"


def test_a_row_shows_what_stands_what_is_proposed_and_the_resident(
    client: Client, ground: Ground, batch
) -> None:
    client.force_login(ground.reviewer)
    page = text(client.get(address(batch, lines(batch)[0]), headers=HTMX))
    person = ground.people[0]
    assert "Sổ đất bây giờ Biểu đề nghị Dữ liệu dân cư" in page
    assert f"{person.name}, tờ/thửa {ground.plots[0].short_number}" in page
    assert "Ngày sinh biểu sửa 12/03/1975 13/03/1975 12/03/1975" in page
    assert "chưa khớp ngày sinh" in page
    assert "Người khác trên thửa này" in page


def test_a_row_shows_the_plot_on_the_map_and_who_is_at_the_land_user(
    client: Client, ground: Ground, batch
) -> None:
    drawn = factories.make_drawn_plot(ground.commune)
    Plot.objects.filter(pk=ground.plots[0].pk).update(geometry=drawn.geometry, srid=drawn.srid)
    person, other = ground.people[0], factories.make_user(Role.REVIEWER)
    address_of_row = address(batch, lines(batch)[0])
    client.force_login(ground.reviewer)
    page = client.get(address_of_row, headers=HTMX).content.decode()
    assert "Bản đồ thửa này" in page
    assert "Ở bàn xét duyệt" not in page
    leases.take(Lease.Kind.PERSON, person.pk, by=other)
    handovers.open_items([person.pk])
    since = timezone.now()
    WorkItem.objects.filter(land_user=person).update(waits_with="police", waits_since=since)
    page = text(client.get(address_of_row, headers=HTMX))
    assert f"Ở bàn xét duyệt: {other.full_name} giữ đến" in page
    assert "Ở bàn xét duyệt: chờ Công an từ" in page


def test_looking_at_a_row_leaves_everything_as_it_is(client: Client, ground: Ground, batch) -> None:
    told = (LandUser, Match, Verification)
    before = [list(model.objects.order_by("pk").values()) for model in told]
    client.force_login(ground.reviewer)
    for pk in lines(batch):
        client.get(address(batch, pk), headers=HTMX)
    assert [list(model.objects.order_by("pk").values()) for model in told] == before


def test_numbers_are_masked_until_they_are_asked_for_and_that_is_logged(
    client: Client, ground: Ground, batch
) -> None:
    pk, person = lines(batch)[1], ground.people[1]
    client.force_login(ground.reviewer)
    page = client.get(address(batch, pk), headers=HTMX).content.decode()
    assert person.id_number not in page
    assert re.search(r"<del>•</del>.*→.*<ins>•</ins>", page, re.DOTALL)
    log = AccessLog.objects.filter(user=ground.reviewer, subject="land_user", subject_id=person.pk)
    assert [each.action for each in log] == ["view"]
    answer = client.post(address(batch, pk, "reveal/"), headers=HTMX)
    assert person.id_number in text(answer)
    assert answer["Cache-Control"] == "no-store"
    assert log.latest("pk").action == "reveal"


def test_a_yes_opens_the_next_row_on_which_nobody_has_spoken(client: Client, ground: Ground, batch) -> None:
    first, second, third = lines(batch)
    client.force_login(ground.reviewer)
    row_words.approve_row(batch.lines.get(pk=second), by=ground.reviewer, seen="")
    answer = client.post(address(batch, first, "say/?kind=birth"), {"word": "yes", "seen": ""}, headers=HTMX)
    page = answer.content.decode()
    assert f'data-look="{third}"' in page
    assert f'id="word-{first}" hx-swap-oob="true"' in page
    answer = client.post(address(batch, third, "say/?kind=birth"), {"word": "yes", "seen": ""}, headers=HTMX)
    assert "Không còn dòng nào chưa quyết" in text(answer)
    assert list(batch.lines.filter(is_approved=True).values_list("judged_by", flat=True)) == (
        [ground.reviewer.pk] * 3
    )


def test_without_script_the_next_row_opens_as_a_page(client: Client, ground: Ground, batch) -> None:
    first, second, _third = lines(batch)
    client.force_login(ground.reviewer)
    answer = client.post(address(batch, first, "say/"), {"word": "yes", "seen": ""})
    assert answer["Location"] == address(batch, second)
    assert f'data-look="{second}"' in client.get(answer["Location"]).content.decode()


def test_a_refused_row_stays_out_and_goes_back_with_its_reason_and_note(
    client: Client, ground: Ground, batch, work
) -> None:
    first, second, third = lines(batch)
    client.force_login(ground.reviewer)
    told = {"word": "no", "seen": "", "why": "refused_by_registry", "note": "giấy khai sinh ghi 12/03"}
    client.post(address(batch, first, "say/"), told, headers=HTMX)
    assert batch.lines.get(pk=first).is_refused
    everything = [first, second, third]
    row_words.tick(batch, everything[1:], by=ground.reviewer, is_approved=True)
    client.post(f"/uploads/{batch.pk}/decide/", {"word": "apply", "reason": "đã xem", "whole": "1"})
    work()
    batch.refresh_from_db()
    line = batch.lines.get(pk=first)
    assert (line.state, line.why, line.note) == (
        "rejected",
        "refused_by_registry",
        "giấy khai sinh ghi 12/03",
    )
    assert LandUser.objects.get(pk=ground.people[0].pk).birth_raw == "12/03/1975"
    assert adds_up(batch)
    client.force_login(ground.official)
    page = text(client.get(f"/uploads/{batch.pk}/rows/?state=rejected"))
    assert "khác dữ liệu dân cư" in page
    assert "giấy khai sinh ghi 12/03" in page


def test_a_whole_kind_does_not_take_a_refused_row_along(ground: Ground) -> None:
    workbook = give_out(ground)
    rows = [row_of(workbook, holding) for holding in ground.holdings[:2]]
    sent = uploads.send(
        send_up(ground, filled(workbook, {(row, "book_number"): f"CH{row}" for row in rows})),
        by=ground.official,
    )
    line = sent.lines.get(row=rows[0])
    row_words.refuse_row(line, "refused_by_certificate", "", by=ground.reviewer, seen="")
    uploads.approve(sent, by=ground.reviewer, reason="cả loại")
    uploads.carry_out(sent)
    assert [states(sent)[row] for row in rows] == ["rejected", "applied"]
    assert whys(sent)[rows[0]] == "refused_by_certificate"


@pytest.mark.parametrize(
    ("told", "words"),
    [
        ({"why": ""}, "Chọn một lý do."),
        ({"why": "refused_see_note", "note": ""}, "Ghi lời nhắn"),
        ({"why": "refused_by_registry", "note": "số 024175123456 mới đúng"}, "dãy 9 hoặc 12 chữ số"),
    ],
)
def test_a_no_needs_its_reason_and_holds_no_number(
    client: Client, ground: Ground, batch, told: dict[str, str], words: str
) -> None:
    first = lines(batch)[0]
    client.force_login(ground.reviewer)
    answer = client.post(address(batch, first, "say/"), {"word": "no", "seen": "", **told})
    assert answer.status_code == 422
    assert words in text(answer)
    assert not batch.lines.get(pk=first).is_refused


def test_a_word_on_what_somebody_else_has_just_decided_is_not_written(
    client: Client, ground: Ground, batch
) -> None:
    first = lines(batch)[0]
    other = factories.make_user(Role.REVIEWER, commune=ground.commune)
    row_words.refuse_row(batch.lines.get(pk=first), "refused_no_papers", "", by=other, seen="")
    client.force_login(ground.reviewer)
    answer = client.post(address(batch, first, "say/"), {"word": "yes", "seen": ""})
    assert answer.status_code == 409
    assert "vừa có người khác quyết" in text(answer)
    assert batch.lines.get(pk=first).is_refused


def test_the_last_word_is_taken_back_and_only_ones_own(client: Client, ground: Ground, batch) -> None:
    first = lines(batch)[0]
    line = row_words.approve_row(batch.lines.get(pk=first), by=ground.reviewer, seen="")
    client.force_login(factories.make_user(Role.REVIEWER, commune=ground.commune))
    client.post(address(batch, first, "say/"), {"word": "undo"}, headers=HTMX)
    assert batch.lines.get(pk=first).is_approved
    client.force_login(ground.reviewer)
    page = client.get(address(batch, lines(batch)[1]), headers=HTMX).content.decode()
    assert f'action="{address(batch, first, "say/")}"' in page
    client.post(address(batch, first, "say/"), {"word": "undo", "seen": line.seen}, headers=HTMX)
    assert not batch.lines.get(pk=first).is_approved
    assert batch.lines.undecided().count() == 3


def test_another_holder_is_never_approved_in_a_row(client: Client, ground: Ground) -> None:
    workbook = give_out(ground)
    row = row_of(workbook, ground.holdings[0])
    batch = send_up(ground, filled(workbook, {(row, "name"): "Phạm Văn Khác"}))
    uploads.send(batch, by=ground.official)
    line = batch.lines.get(row=row)
    client.force_login(ground.reviewer)
    assert "chỉ ở bàn xét duyệt" in text(client.get(address(batch, line.pk), headers=HTMX))
    client.post(address(batch, line.pk, "say/"), {"word": "yes", "seen": ""}, headers=HTMX)
    line.refresh_from_db()
    assert not line.is_approved


def test_somebody_new_is_looked_up_in_the_registry_before_being_written(
    client: Client, ground: Ground
) -> None:
    new = factories.make_resident(
        name="Đỗ Thị Mới",
        name_key="đỗ thị mới",
        name_fold="do thi moi",
        birth_year=1975,
        sex="F",
        id_number="024175999999",
        commune=ground.commune,
    )
    plot = ground.plots[0]
    typed = {
        (9, "commune_code"): ground.commune.code, (9, "serial"): "CE 999999", (9, "name"): "Đỗ Thị Mới",
        (9, "id_number"): new.id_number, (9, "birth"): "1975", (9, "sex"): "Nữ", (9, "sheet"): plot.sheet,
        (9, "number"): plot.number, (9, "plot_address"): "Ngõ 9", (9, "legal_form"): "Cá nhân",
    }  # fmt: skip
    batch = send_up(ground, filled(give_out(ground), typed))
    uploads.send(batch, by=ground.official)
    people = LandUser.objects.count()
    client.force_login(ground.reviewer)
    page = text(client.get(address(batch, batch.lines.get(row=9).pk), headers=HTMX))
    assert "Đỗ Thị Mới" in page
    assert "Biểu đề nghị" in page
    assert f"{ground.people[0].name}" in page  # who holds the plot so far
    assert LandUser.objects.count() == people


def test_an_official_sees_no_evidence_of_the_registry(client: Client, ground: Ground, batch) -> None:
    client.force_login(ground.official)
    first = lines(batch)[0]
    assert client.get(address(batch, first)).status_code == 403
    assert client.post(address(batch, first, "say/"), {"word": "yes", "seen": ""}).status_code == 403
    assert client.get(f"/uploads/{batch.pk}/rows/").status_code == 200


def test_nobody_of_another_commune_opens_a_row(client: Client, ground: Ground, batch) -> None:
    first = lines(batch)[0]
    elsewhere = factories.make_user(Role.REVIEWER, commune=factories.make_commune())
    client.force_login(elsewhere)
    assert client.get(address(batch, first)).status_code == 404
    for path in ("say/", "reveal/"):
        assert client.post(address(batch, first, path), {"word": "yes", "seen": ""}).status_code == 404
    assert not batch.lines.get(pk=first).is_approved


def test_a_row_of_another_workbook_is_not_opened_by_its_number(client: Client, ground: Ground, batch) -> None:
    workbook = give_out(ground)
    other = send_up(ground, filled(workbook, {(5, "plot_address"): "Ngõ 9"}))
    client.force_login(ground.reviewer)
    assert client.get(address(batch, other.lines.first().pk)).status_code == 404


def test_rows_are_found_by_what_was_said_of_them(client: Client, ground: Ground, batch) -> None:
    first, second, third = lines(batch)
    row_words.approve_row(batch.lines.get(pk=first), by=ground.reviewer, seen="")
    row_words.refuse_row(batch.lines.get(pk=second), "refused_no_papers", "", by=ground.reviewer, seen="")
    client.force_login(ground.reviewer)
    for said, pk in (("yes", first), ("no", second), ("open", third)):
        page = client.get(f"/uploads/{batch.pk}/rows/?said={said}").content.decode()
        assert re.findall(r'<tr id="row-(\d+)"', page) == [str(pk)]


def test_a_look_asks_few_questions(
    client: Client, ground: Ground, batch, django_assert_max_num_queries
) -> None:
    client.force_login(ground.reviewer)
    with django_assert_max_num_queries(75):
        client.get(address(batch, lines(batch)[0]), headers=HTMX)
