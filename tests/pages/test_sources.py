"""Which source was delivered for which commune, what waits, and the two people who take a mistake back."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable

import pytest
from django.contrib.messages import get_messages
from django.test import Client
from django.utils import timezone

from landdb.models import AdminUnit, Delivery, Job, Role, User
from reconciliation import classification
from reconciliation.actions import deliveries
from reconciliation.models import GroupMove, HandDelivery, PlotStatus
from reconciliation.rules import book
from tests import factories as make

pytestmark = pytest.mark.django_db

Visit = Callable[[User], Client]
Work = Callable[[], None]
SCANS = Delivery.Source.SCANS
NOON = dt.datetime(2026, 3, 5, 5, tzinfo=dt.UTC)


def without_scans() -> AdminUnit:
    commune = make.make_commune(delivered=False)
    make.deliver(commune, "register", "map", "registrations", "residents")
    return commune


def record(client: Client, unit: AdminUnit, **values: str) -> int:
    given = {"commune": unit.code, "source": "scans", "delivered_on": "02/03/2026", "note": "biên bản 12"}
    return client.post("/sources/", given | values).status_code


def text(client: Client, query: str = "") -> str:
    page = client.get(f"/sources/{query}").content.decode()
    return " ".join(re.sub(r"<[^>]*>", " ", page).split())


def told(client: Client, address: str, **values: str) -> str:
    response = client.post(address, values)
    assert response.status_code == 302
    return str([*get_messages(response.wsgi_request)][-1])


def test_what_was_not_delivered_is_said_in_words_with_the_plots_that_wait(visit: Visit) -> None:
    commune = without_scans()
    Delivery.objects.filter(commune=commune, source="map").update(
        first_at=NOON, last_at=NOON + dt.timedelta(9)
    )
    for _n in range(3):
        make.make_ready_plot(commune)
    make.make_drawn_plot(commune)
    classification.classify_communes([commune.pk])
    assert PlotStatus.objects.filter(unjudged__contains=["scan_missing"]).count() == 3
    client = visit(make.make_user(Role.AUDITOR))
    page = text(client)
    assert "∅ chưa nhận 3 thửa chưa xét" in page
    assert "05/03/2026 – 14/03/2026" in page
    assert "Bản quét 0 1 3 3 quy tắc" in page
    assert commune.tight_name in text(client, "?missing=scans")
    assert commune.tight_name not in text(client, "?missing=map")


def test_a_commune_that_delivered_all_waits_for_nothing(visit: Visit) -> None:
    classification.classify_communes([make.make_ready_plot().commune_id])
    page = text(visit(make.make_user(Role.MANAGER)))
    assert "chưa nhận 1" not in page
    assert "Bản quét 1 0 0" in page


def test_a_recorded_source_is_judged_by_a_job_and_the_ledger_names_an_import(
    visit: Visit, work: Work
) -> None:
    commune, other = without_scans(), without_scans()
    plots = [make.make_ready_plot(each) for each in (commune, other)]
    classification.classify_communes([commune.pk, other.pk])
    manager = make.make_user(Role.MANAGER)
    assert record(visit(manager), commune) == 302
    hand = HandDelivery.objects.get()
    assert (hand.recorded_by, hand.delivered_on, hand.note) == (manager, dt.date(2026, 3, 2), "biên bản 12")
    assert Job.objects.get().arguments == {"communes": [commune.pk], "cause": "import"}
    work()
    assert dict(PlotStatus.objects.values_list("plot", "group")) == {plots[0].pk: 1, plots[1].pk: 2}
    assert GroupMove.objects.filter(from_group=2, to_group=1).get().cause == "import"
    assert "02/03/2026 ghi tay" in text(visit(manager))


@pytest.mark.parametrize(
    "values",
    [
        {"source": "register"},
        {"source": "residents"},
        {"delivered_on": "01/01/2999"},
        {"delivered_on": "hôm qua"},
        {"note": ""},
        {"commune": "99999"},
    ],
)
def test_what_cannot_be_recorded_is_refused_with_a_word(visit: Visit, values: dict[str, str]) -> None:
    assert record(visit(make.make_user(Role.ADMINISTRATOR)), without_scans(), **values) == 422
    assert not HandDelivery.objects.exists()
    assert not Job.objects.exists()


def test_only_managers_and_administrators_of_the_territory_record(visit: Visit) -> None:
    commune, other = without_scans(), without_scans()
    for role in (Role.REVIEWER, Role.SENIOR_REVIEWER, Role.AUDITOR, Role.POLICE_LIAISON):
        assert record(visit(make.make_user(role)), commune) == 403
    official = visit(make.make_user(Role.COMMUNE_OFFICIAL, commune=commune))
    assert record(official, commune) == 403
    assert other.tight_name not in text(official)
    assert record(visit(make.make_user(Role.MANAGER, commune=other)), commune) == 422
    assert not HandDelivery.objects.exists()


def test_a_mistake_is_taken_back_by_two_people_and_the_plots_are_judged_again(
    visit: Visit, work: Work
) -> None:
    commune = without_scans()
    plot = make.make_ready_plot(commune)
    first, second = make.make_user(Role.MANAGER), make.make_user(Role.ADMINISTRATOR)
    record(visit(first), commune)
    work()
    hand = HandDelivery.objects.get()
    doubt, answer = f"/sources/{hand.pk}/doubt/", f"/sources/{hand.pk}/answer/"
    assert "lý do" in told(visit(first), doubt, reason="")
    assert "Đã xin rút" in told(visit(first), doubt, reason="nhầm xã")
    assert "đã có người xin rút" in told(visit(second), doubt, reason="nhầm xã")
    assert "không thể tự đồng ý" in told(visit(first), answer, word="yes")
    assert Delivery.objects.filter(commune=commune, source=SCANS).exists()
    assert "chờ người thứ hai xem lại" in text(visit(second))
    assert "Đã rút" in told(visit(second), answer, word="yes")
    work()
    assert not Delivery.objects.filter(commune=commune, source=SCANS).exists()
    assert PlotStatus.objects.get(pk=plot.pk).group == 2
    assert GroupMove.objects.latest("pk").cause == "correction"
    hand.refresh_from_db()
    assert (hand.asked_by, hand.reason, hand.taken_back_by) == (first, "nhầm xã", second)
    assert hand.events.count() == 2
    assert "không còn chờ" in told(visit(second), answer, word="yes")


def test_a_no_leaves_everything_standing(visit: Visit, work: Work) -> None:
    commune = without_scans()
    first, second = make.make_user(Role.MANAGER), make.make_user(Role.MANAGER)
    record(visit(first), commune)
    hand = HandDelivery.objects.get()
    told(visit(first), f"/sources/{hand.pk}/doubt/", reason="nhầm xã")
    jobs = Job.objects.count()
    assert "giữ nguyên" in told(visit(second), f"/sources/{hand.pk}/answer/", word="no")
    assert Job.objects.count() == jobs
    assert Delivery.objects.filter(commune=commune, source=SCANS).exists()
    assert not HandDelivery.objects.get().is_doubted


def test_nobody_of_another_territory_takes_back(visit: Visit) -> None:
    commune = without_scans()
    hand = _record(commune)
    outsider = visit(make.make_user(Role.MANAGER, commune=make.make_commune()))
    assert outsider.post(f"/sources/{hand.pk}/doubt/", {"reason": "nhầm xã"}).status_code == 404
    assert outsider.post(f"/sources/{hand.pk}/answer/", {"word": "yes"}).status_code == 404
    reviewer = visit(make.make_user(Role.REVIEWER))
    assert reviewer.post(f"/sources/{hand.pk}/doubt/", {"reason": "nhầm xã"}).status_code == 403


def _record(commune: AdminUnit) -> HandDelivery:
    by = make.make_user(Role.MANAGER)
    return deliveries.record(commune, SCANS, delivered_on=dt.date(2026, 3, 2), note="biên bản", by=by)


def _take_back(hand: HandDelivery) -> None:
    deliveries.ask_back(hand, by=make.make_user(Role.MANAGER), reason="nhầm")
    deliveries.answer_back(hand, by=make.make_user(Role.MANAGER), is_yes=True)


def _is_delivered(commune: AdminUnit) -> bool:
    return Delivery.objects.filter(commune=commune, source=SCANS).exists()


def test_what_an_import_brought_before_or_after_stays_delivered() -> None:
    before = make.make_commune()
    Delivery.objects.filter(commune=before, source=SCANS).update(first_at=NOON, last_at=NOON)
    _take_back(_record(before))
    assert Delivery.objects.get(commune=before, source=SCANS).last_at == NOON
    after = without_scans()
    hand = _record(after)
    Delivery.objects.filter(commune=after, source=SCANS).update(last_at=timezone.now())
    _take_back(hand)
    assert _is_delivered(after)


@pytest.mark.parametrize("order", [(0, 1), (1, 0)])
def test_the_source_is_unknown_again_only_when_its_last_record_is_gone(order: tuple[int, int]) -> None:
    commune = without_scans()
    hands = [_record(commune), _record(commune)]
    _take_back(hands[order[0]])
    assert _is_delivered(commune)
    _take_back(hands[order[1]])
    assert not _is_delivered(commune)


def test_sources_that_come_with_their_files_are_not_recorded_by_hand() -> None:
    with pytest.raises(ValueError, match="register"):
        deliveries.record(
            make.make_commune(), "register", delivered_on=dt.date(2026, 3, 2), note="x", by=make.make_user()
        )


def test_each_source_counts_the_rules_that_bear_on_the_group_and_no_notes(visit: Visit) -> None:
    page = visit(make.make_user(Role.AUDITOR)).get("/sources/")
    assert "Quy tắc xét nhóm cần nguồn này" in page.content.decode()
    for line in page.context["sources"]:
        counting = [ruling.rule for ruling in book.current().rulings if ruling.counts]
        assert line.rules == [rule for rule in counting if line.source in rule.needs]
