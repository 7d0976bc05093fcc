"""The page of the office tells what the ticked kinds let in, before anybody says yes."""

from __future__ import annotations

import re

import pytest
from django.test import Client

from reconciliation.actions import row_words, uploads
from reconciliation.models import CorrectionBatch
from reconciliation.web import upload_report

from .ground import Ground, filled, give_out, send_up

pytestmark = pytest.mark.django_db


@pytest.fixture
def waiting(ground: Ground) -> CorrectionBatch:
    """Two book numbers that bring their plots to group 1, one of them with an address; a day of birth."""
    typed = {
        (5, "book_number"): "CH00123",
        (6, "book_number"): "CH00124",
        (6, "address"): "Thôn Mẫu, xã Giả",
        (7, "birth"): "02/03/1960",
    }
    return uploads.send(send_up(ground, filled(give_out(ground), typed)), by=ground.official)


@pytest.mark.parametrize(
    ("kinds", "rows", "left", "to_first"),
    [([], 0, 3, 0), (["papers"], 1, 2, 1), (["papers", "address"], 2, 1, 2), (None, 2, 1, 2)],
)
def test_the_choice_is_what_a_yes_to_it_applies(
    ground: Ground, waiting: CorrectionBatch, kinds: list[str] | None, rows: int, left: int, to_first: int
) -> None:
    told = upload_report.choice(waiting, kinds)
    assert (told.rows, told.left, told.to_first) == (rows, left, to_first)
    if rows:
        uploads.carry_out(uploads.approve(waiting, by=ground.reviewer, reason="đã xem", kinds=kinds))
        assert waiting.lines.filter(state="applied").count() == rows


def test_a_plot_comes_to_group_1_only_where_none_of_its_rows_stays_behind(
    waiting: CorrectionBatch,
) -> None:
    first, second = waiting.lines.filter(row__in=[5, 7]).order_by("row")
    waiting.lines.filter(pk=second.pk).update(plot=first.plot)
    assert upload_report.choice(waiting, ["papers"]).to_first == 0


def test_a_row_approved_by_itself_goes_with_any_choice(ground: Ground, waiting: CorrectionBatch) -> None:
    line = waiting.lines.get(row=7)
    row_words.approve_row(line, by=ground.reviewer, seen=line.seen)
    assert upload_report.choice(waiting, []).rows == 1


def test_the_button_says_how_many_rows_go_and_follows_the_ticks(
    client: Client, ground: Ground, waiting: CorrectionBatch
) -> None:
    client.force_login(ground.reviewer)
    assert button(client.get(f"/uploads/{waiting.pk}/").content) == "1"
    for query, rows in (("", "0"), ("?kind=papers&kind=address", "2"), ("?whole=1", "2")):
        assert button(client.get(f"/uploads/{waiting.pk}/choice/{query}").content) == rows


def test_ticks_stay_where_the_reason_was_forgotten(
    client: Client, ground: Ground, waiting: CorrectionBatch
) -> None:
    client.force_login(ground.reviewer)
    told = {"word": "apply", "reason": "", "kind": ["address", "papers"]}
    page = client.post(f"/uploads/{waiting.pk}/decide/", told)
    assert page.status_code == 422
    assert button(page.content) == "2"
    ticked = re.findall(r'name="kind" value="(\w+)"[^>]* checked', page.content.decode())
    assert {"address", "papers"} <= set(ticked)


def test_who_may_not_decide_is_told_no_choice(
    client: Client, ground: Ground, waiting: CorrectionBatch
) -> None:
    client.force_login(ground.official)
    assert client.get(f"/uploads/{waiting.pk}/choice/").status_code == 403


def button(page: bytes) -> str:
    found = re.search(r"</svg>Duyệt (\d+) dòng</button>", page.decode())
    assert found
    return found[1]
