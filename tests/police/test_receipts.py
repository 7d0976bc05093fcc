"""A receipt says what was handed in, is found by its number, and notes when originals went back."""

from __future__ import annotations

import pytest

from landdb.models import Role
from reconciliation.models import Receipt
from tests import factories

pytestmark = pytest.mark.django_db


def written(visit, plot, **more):
    official = factories.make_user(Role.COMMUNE_OFFICIAL, commune=plot.commune)
    given = {"handed_in_by": "Trần Thị Hòa", "certificate_originals": 1, "identity_copies": 2} | more
    return visit(official), visit(official).post(f"/plots/{plot.pk}/receipt/", given)


def test_it_is_printed_with_papers_and_a_number_to_ask_for(visit) -> None:
    plot = factories.make_plot()
    client, answer = written(visit, plot)
    receipt = Receipt.objects.get()
    page = client.get(answer.url).content.decode()
    assert receipt.number in page
    assert "Trần Thị Hòa" in page
    assert receipt.papers == [["Giấy chứng nhận", 0, 1], ["Căn cước công dân", 2, 0]]
    assert "Lập biên nhận" in client.get(f"/plots/{plot.pk}/").content.decode()


def test_it_is_found_by_its_number_in_any_spelling_and_only_in_the_territory(visit) -> None:
    client, answer = written(visit, factories.make_plot())
    receipt = Receipt.objects.get()
    for typed in (receipt.number, receipt.number.lower(), str(receipt.pk), f"BN-{receipt.pk:06d}"):
        assert client.post("/receipts/", {"number": typed}).url == answer.url
    other = visit(factories.make_user(Role.COMMUNE_OFFICIAL, commune=factories.make_commune()))
    assert (
        "Không có biên nhận số này" in other.post("/receipts/", {"number": str(receipt.pk)}).content.decode()
    )
    assert other.get(answer.url).status_code == 404
    assert other.get(f"/plots/{receipt.plot_id}/receipt/").status_code == 404


def test_originals_go_back_once_and_nothing_handed_in_is_no_receipt(visit) -> None:
    client, answer = written(visit, factories.make_plot())
    assert "đang giữ" in client.get("/receipts/").content.decode()
    client.post(f"{answer.url}returned/")
    receipt = Receipt.objects.get()
    first = receipt.returned_at
    client.post(f"{answer.url}returned/")
    receipt.refresh_from_db()
    assert receipt.returned_at == first
    _client, nothing = written(visit, factories.make_plot(), certificate_originals=0, identity_copies="")
    assert nothing.status_code == 422
    assert visit(factories.make_user(Role.POLICE_LIAISON)).get("/receipts/").status_code == 403


def test_it_names_the_paper_and_its_holder_also_where_the_plot_has_no_numbers(visit) -> None:
    plot = factories.make_plot(sheet=None, number=None)
    holder = factories.make_land_user(plot.commune, name_raw="Trần Thị Hòa")
    factories.make_holding(plot, holder, factories.make_certificate(plot.commune, serial="CD 123456"))
    client, _first = written(visit, plot)
    form = client.get(f"/plots/{plot.pk}/receipt/").content.decode()
    assert 'value="CD 123456"' in form
    assert 'value="Trần Thị Hòa"' in form
    _client, answer = written(visit, plot, serial="CD 123457", holder="Trần Thị Hoà (Hào)")
    page = client.get(answer.url).content.decode()
    assert "CD 123457" in page
    assert "Trần Thị Hoà (Hào)" in page
    assert "chưa có số tờ, số thửa" in page


def test_both_sign_it_with_place_and_day(visit) -> None:
    plot = factories.make_plot()
    client, answer = written(visit, plot)
    page = client.get(answer.url).content.decode()
    receipt = Receipt.objects.get()
    assert page.count("(ký, ghi rõ họ tên)") == 2
    assert f'<span class="name">{receipt.handed_in_by}</span>' in page
    assert f'<span class="name">{receipt.received_by.full_name}</span>' in page
    assert f"{plot.commune}, ngày" in page
