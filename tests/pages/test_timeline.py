"""The history of a plot, a land user and a certificate: who did what when, field by field, and back again."""

from __future__ import annotations

import datetime as dt
import re
from decimal import Decimal

import pghistory
import pytest
from django.test import Client
from django.utils import timezone

from landdb.models import AccessLog, Role
from parcels.models import Certificate, Holding, LandUser, Plot
from reconciliation import classification, matching
from reconciliation.actions import changes, consents, edits, findings, handovers, matches
from reconciliation.actions.changes import FieldChange
from reconciliation.models import (
    ChangeSet,
    CorrectionBatch,
    Decision,
    Finding,
    GroupMove,
    WorkItem,
)
from reconciliation.web import timeline, timeline_sources, timeline_subject
from reconciliation.web.timeline_sources import KINDS, Place
from tests import factories
from tests.actions.cast import judge, make_case, make_staff

from .timeline_cast import of_person, of_plot, upload

pytestmark = pytest.mark.django_db


@pytest.fixture
def case():
    return make_case(plots=2)


@pytest.fixture
def staff(case):
    return make_staff(case.commune)


def test_an_outsider_reads_no_history(client: Client, case, staff) -> None:
    client.force_login(staff[2])
    certificate = Holding.objects.get(plot=case.plots[0]).certificate_id
    for address in (of_person(case), of_plot(case), f"/certificates/{certificate}/timeline/"):
        assert client.get(address).status_code == 404
    client.force_login(factories.make_user(Role.COMMUNE_OFFICIAL, commune=case.commune))
    assert client.get(of_person(case)).status_code == 403
    assert client.get(of_plot(case)).status_code == 200


def test_a_value_says_which_workbook_and_row_it_came_from_and_who_passed_it(client, case, staff) -> None:
    upload(case, staff[1])
    client.force_login(staff[0])
    for address in (of_person(case), of_plot(case)):
        shown = client.get(address).content.decode()
        batch = CorrectionBatch.objects.get()
        assert f"Từ biểu {batch.pk} (bieu-xa.xlsx), dòng 48" in shown
        assert "<del>1975</del> → <ins>5/6/1975</ins>" in shown
        assert f"{staff[1].full_name} duyệt" in shown
    logged = AccessLog.objects.filter(user=staff[0], action="view").values_list("subject", flat=True)
    assert set(logged) == {"land_user", "plot"}


def test_decisions_moves_findings_and_hand_overs_stand_with_who_and_why(client, case, staff) -> None:
    reviewer = staff[0]
    handovers.hand_on(
        case.land_user.pk,
        handovers.Handover(WorkItem.With.POLICE, "police_unclear", "hai người trùng tên"),
        by=reviewer,
        seen=matches.stamp_all(case.matches),
    )
    decision = matches.decide(
        case.match, Decision.Kind.SAME, by=reviewer, reason="đúng người", seen=matches.stamp(case.match)
    )
    client.force_login(reviewer)
    shown = client.get(of_plot(case)).content.decode()
    for told in ("Chuyển công an", "hai người trùng tên", "Cùng người", "đúng người", reviewer.full_name):
        assert told in shown
    assert "Vướng mắc mở:" in shown
    assert "Vướng mắc đã xong:" in shown
    assert "Kết luận đối chiếu" in shown
    changes.undo(decision.change_set, by=reviewer)
    assert "Hoàn tác: Cùng người" in client.get(of_plot(case)).content.decode()
    whole = client.get(of_person(case, "?kind=group")).content.decode()
    assert "2 thửa" in whole


def test_the_newest_comes_first_and_pages_neither_lose_nor_repeat_a_line(case, staff, monkeypatch) -> None:
    monkeypatch.setattr(timeline, "PAGE", 3)
    for year in range(1960, 1970):
        edits.correct(case.land_user, {"birth_raw": str(year)}, by=staff[0], reason=f"lần {year}")
    # Many lines of one moment: the order must still be one.
    now = timezone.now()
    GroupMove.objects.update(at=now)
    Finding.objects.update(opened_at=now)
    subject = timeline_subject.of_land_user(case.land_user.pk)
    whole = timeline_sources.page(subject, "", None, 500)
    assert [head.at for head in whole] == sorted((head.at for head in whole), reverse=True)
    walked, before = [], None
    while True:
        page = timeline_sources.page(subject, "", before, 3)
        walked += page[:3]
        if len(page) <= 3:
            break
        before = Place.read(str(page[2].place))
        assert before == page[2].place
    assert [(head.source, head.pk) for head in walked] == [(head.source, head.pk) for head in whole]
    assert len({(head.source, head.pk) for head in walked}) == len(walked) > 12


def test_each_kind_is_shown_alone(client: Client, case, staff) -> None:
    upload(case, staff[1])
    edits.correct(case.land_user, {"phone": "0911111111"}, by=staff[0], reason="gọi lại")
    client.force_login(staff[0])
    for kind in KINDS:
        lines = client.get(of_person(case, f"?kind={kind}")).context["lines"]
        assert {line.kind for line in lines} <= {kind}, kind
    assert client.get(of_person(case, "?kind=correction")).context["lines"]
    assert client.get(of_person(case, "?kind=nonsense&before=x")).status_code == 200


@pytest.mark.parametrize(
    "before", ["abc", "1.2", "-1.0.0", "99999999999999999.99.999999999999999999", "\x00"]
)
def test_a_place_that_is_none_is_the_first_page_and_only_a_record_that_is_not_there_is_missing(
    client: Client, case, staff, before: str
) -> None:
    client.force_login(staff[0])
    certificate = Certificate.objects.filter(holdings__plot=case.plots[0]).first()
    for kind, pk in (
        ("plots", case.plots[0].pk),
        ("land-users", case.land_user.pk),
        ("certificates", certificate.pk),
    ):
        assert client.get(f"/{kind}/{pk}/timeline/", {"before": before}).status_code == 200, kind
        assert client.get(f"/{kind}/{pk + 10**9}/timeline/").status_code == 404, kind


def test_numbers_are_masked_and_other_readers_see_no_birth(client: Client, case, staff) -> None:
    edits.correct(case.land_user, {"id_number_raw": "024175999999"}, by=staff[0], reason="theo căn cước")
    edits.correct(case.land_user, {"birth_raw": "12/3/1975"}, by=staff[0], reason="theo căn cước")
    client.force_login(staff[0])
    shown = client.get(of_person(case)).content.decode()
    assert "024175999999" not in shown
    assert "024175123456" not in shown
    assert "12/3/1975" in shown
    client.force_login(factories.make_user(Role.MANAGER))
    shown = client.get(of_plot(case)).content.decode()
    assert "12/3/1975" not in shown
    assert "(đã che)" in shown


def test_what_an_import_replaced_is_told_from_the_audit_and_nothing_twice(client, case, staff) -> None:
    edits.correct(case.land_user, {"birth_raw": "1976"}, by=staff[0], reason="theo giấy")
    with pghistory.context(user=staff[1].pk):
        LandUser.objects.filter(pk=case.land_user.pk).update(address_raw="Khu phố Bắc")
    client.force_login(staff[0])
    lines = client.get(of_person(case, "?kind=correction")).context["lines"]
    audited = [line for line in lines if line.title == "Cập nhật khi nhập dữ liệu"]
    pairs = [(each.old, each.new) for line in audited for each in line.fields]
    assert pairs == [("Khu phố Đông", "Khu phố Bắc")]
    assert [line.by for line in audited] == [staff[1].full_name]
    told = [(each.title, each.new) for line in lines for each in line.fields]
    assert told.count(("Ngày sinh", "1976")) == 1


def test_what_a_change_set_wrote_or_took_back_is_not_told_from_the_audit_again(client, case, staff) -> None:
    wanted = [
        FieldChange(case.plots[0], "legal_area", Decimal(99)),
        FieldChange(case.land_user, "phone", "0911111111"),
    ]
    written = changes.plan(ChangeSet.Kind.CORRECTION, wanted, by=staff[0], commune=case.commune)
    changes.apply(written, by=staff[0])
    changes.undo(written, by=staff[0])
    client.force_login(staff[0])
    titles = [line.title for line in client.get(of_plot(case, "?kind=correction")).context["lines"]]
    assert titles == ["Hoàn tác: Sửa thông tin", "Sửa thông tin"]


def test_a_word_that_opened_again_is_told(client: Client, case, staff) -> None:
    matches.decide(
        case.match, Decision.Kind.SAME, by=staff[0], reason="đúng người", seen=matches.stamp(case.match)
    )
    LandUser.objects.filter(pk=case.land_user.pk).update(birth_year=1950, birth_raw="1950")
    matching.refresh([case.land_user.pk])
    client.force_login(staff[0])
    assert "Chứng cứ đổi nên kết luận mở lại" in client.get(of_person(case)).content.decode()


def test_a_word_on_somebody_without_candidates_is_told_too(client: Client, case, staff) -> None:
    alone = factories.make_land_user(case.commune, name_raw="Quách Thị Lẻ")
    matches.decide_not_in_registry(alone.pk, by=staff[0], reason="đã hỏi xã", seen=matches.stamp_all([]))
    client.force_login(staff[0])
    shown = client.get(f"/land-users/{alone.pk}/timeline/").content.decode()
    assert "Không có trong dân cư" in shown
    assert "đã hỏi xã" in shown


def test_a_long_history_takes_no_more_queries_than_a_short_one(
    client: Client, case, staff, django_assert_max_num_queries
) -> None:
    for year in range(1940, 1980):
        edits.correct(case.land_user, {"birth_raw": str(year)}, by=staff[0], reason="thử")
    client.force_login(staff[0])
    with django_assert_max_num_queries(14) as used:
        client.get(of_person(case))
    first = len(used)
    judge(case.land_user, *case.plots)
    with django_assert_max_num_queries(first):
        client.get(of_person(case))


def test_a_waiver_stands_in_the_history_of_its_plot(client: Client, case, staff) -> None:
    finding = Finding.objects.open().filter(plot=case.plots[0]).earliest("pk")
    findings.ask_waiver(finding, by=staff[0], reason="đã xem giấy", until=dt.date(2030, 1, 1))
    client.force_login(staff[0])
    lines = client.get(of_plot(case, "?kind=finding")).context["lines"]
    waived = next(line for line in lines if line.title == "Bỏ qua vướng mắc")
    assert waived.state == "Dự kiến"
    assert "đã xem giấy" in waived.notes


def test_a_waiver_that_is_over_and_one_that_was_ended_are_told_apart(client: Client, case, staff) -> None:
    plot, day = case.plots[0], timezone.localdate()
    Plot.objects.filter(pk=plot.pk).update(code="", address="")
    classification.refresh([plot.pk], cause=GroupMove.Cause.CORRECTION)
    first, second = Finding.objects.open().filter(plot=plot).order_by("pk")[:2]
    for finding, until in ((first, day - dt.timedelta(days=1)), (second, day + dt.timedelta(days=30))):
        asked = findings.ask_waiver(finding, by=staff[0], reason="đã xem giấy", until=until)
        if asked.change_set.state == ChangeSet.State.PLANNED:
            consents.answer(asked.change_set.consent, by=staff[1], is_yes=True)
    second.refresh_from_db()
    findings.end_waiver(second, by=staff[0], reason="đã cấp mã")
    client.force_login(staff[0])
    lines = client.get(of_plot(case, "?kind=finding")).context["lines"]
    waived = [line for line in lines if line.title == "Bỏ qua vướng mắc"]
    assert f"bỏ qua đến hết {day + dt.timedelta(days=30):%d/%m/%Y}" in waived[0].notes
    assert f"đã hết hạn, bỏ qua đến hết {day - dt.timedelta(days=1):%d/%m/%Y}" in waived[1].notes
    (ended,) = [line for line in lines if line.title == "Thôi bỏ qua"]
    assert ended.notes == ["đã cấp mã"]
    page = client.get(f"/plots/{plot.pk}/").content.decode()
    assert "Thôi bỏ qua (Đã áp dụng)" in page
    assert page.count("Bỏ qua vướng mắc (Đã áp dụng)") == 2
    assert f"đã hết hạn, bỏ qua đến hết {day - dt.timedelta(days=1):%d/%m/%Y}" in page


def test_a_word_that_corrected_the_register_is_among_the_corrections(client: Client, case, staff) -> None:
    LandUser.objects.filter(pk=case.land_user.pk).update(birth_raw="1976", birth_on=None, birth_year=1976)
    seen = matches.stamp(case.match)
    same = Decision.Kind.SAME
    matches.decide(case.match, same, by=staff[0], reason="đúng", seen=seen, mend=True)
    client.force_login(staff[0])
    shown = client.get(of_person(case) + "?kind=correction").content.decode()
    assert "Cùng người" in shown
    assert re.search(r"Ngày sinh.*<del>1976</del>", shown)
