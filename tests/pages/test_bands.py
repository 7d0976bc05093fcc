"""The targets of the offices: seen by senior reviewers, changed by administrators, logged."""

from __future__ import annotations

import pytest
from django.test import Client
from django.utils import timezone

from landdb.models import AccessLog, Job, RegistrationOffice, Role
from reconciliation.actions import bands
from reconciliation.matching import fits
from reconciliation.models import MatchingBand, MatchingFit
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def office() -> RegistrationOffice:
    return RegistrationOffice.objects.create(code="VP8", name="Văn phòng số 8")


@pytest.fixture
def fit() -> MatchingFit:
    """1000 land users: 860 surely right from a log-odds of 7.5 on, 940 with more doubt from 3.75 on."""
    settled = [940] * 30 + [860] * 10 + [0] * 40
    doubt = [4.0] * 30 + [0.344] * 10 + [0.0] * 40
    curve = {"land_users": 1000, "settled": settled, "doubt": doubt}
    return MatchingFit.objects.create(
        version="v2", land_users=1000, residents=900, places=9, weights="{}", curves={"0": curve}
    )


@pytest.fixture
def admin(client: Client):
    user = factories.make_user(Role.ADMINISTRATOR)
    client.force_login(user)
    return user


@pytest.mark.parametrize("role", list(Role))
def test_who_sees_and_who_changes(client: Client, office, role: str) -> None:
    client.force_login(factories.make_user(role))
    sees = role in (Role.SENIOR_REVIEWER, Role.MANAGER, Role.ADMINISTRATOR)
    changes = role == Role.ADMINISTRATOR
    for page in ("/bands/", "/bands/0/", f"/bands/{office.pk}/"):
        assert client.get(page).status_code == (200 if sees else 403)
    assert client.post("/bands/0/", {"target": "0.999"}).status_code == (302 if changes else 403)
    assert MatchingBand.objects.exists() == changes


def test_an_administrator_of_one_office_changes_that_one_alone(client: Client, office) -> None:
    mine = RegistrationOffice.objects.create(code="VP9", name="Văn phòng số 9")
    commune = factories.make_commune()
    commune.office = mine
    commune.save()
    client.force_login(factories.make_user(Role.ADMINISTRATOR, office=mine))
    assert client.get(f"/bands/{office.pk}/").status_code == 404
    assert client.post(f"/bands/{office.pk}/", {"target": "0.999"}).status_code == 404
    assert client.post("/bands/0/", {"target": "0.999"}).status_code == 403
    assert client.post(f"/bands/{mine.pk}/", {"target": "0.999"}).status_code == 302
    assert fits.targets() == {None: 0.9995, mine.pk: 0.999}


def test_it_says_what_each_target_means_and_on_what_it_was_measured(client: Client, admin, fit) -> None:
    page = client.get("/bands/0/").content.decode()
    assert "86,0 % được giải quyết, khoảng 4 trên 10.000 sai" in page
    assert "94,0 % được giải quyết, khoảng 43 trên 10.000 sai" in page
    assert "không nhận ai" in page
    assert "đo trên dữ liệu hiện có bằng mô hình" in page
    assert "đo trên dữ liệu giả lập" in page
    assert "nhận từ khả năng 99,94 %" in client.get("/bands/").content.decode()


def test_a_target_below_the_lowest_says_that_it_lowers_nothing(client: Client, admin, fit) -> None:
    assert "mức thấp nhất" not in client.get("/bands/").content.decode()
    client.post("/bands/0/", {"target": "0.995"})
    assert "nhận từ khả năng 97,7 %, mức thấp nhất cho phép" in client.get("/bands/").content.decode()


def test_a_manager_reads_them_from_the_page_of_jobs(client: Client) -> None:
    client.force_login(factories.make_user(Role.MANAGER))
    assert 'href="/bands/"' in client.get("/jobs/").content.decode()


def test_without_a_fit_it_says_so(client: Client, admin, office) -> None:
    for page in ("/bands/", f"/bands/{office.pk}/"):
        shown = client.get(page).content.decode()
        assert "Chưa có lần đối chiếu toàn tỉnh nào" in shown
        assert "được giải quyết," not in shown


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ({"target": "0.999"}, 0.999),
        ({"target": "typed", "typed": "99,7"}, 0.997),
        ({"target": "typed", "typed": "99.7"}, 0.997),
        ({"target": "typed", "typed": "90"}, 0.9),
        ({"target": "typed", "typed": "99,99"}, 0.9999),
    ],
)
def test_an_office_gets_its_own_target(client: Client, admin, office, fit, sent, kept: float) -> None:
    answer = client.post(f"/bands/{office.pk}/", sent, follow=True)
    assert answer.redirect_chain == [("/bands/", 302)]
    band = MatchingBand.objects.get()
    assert (band.office, band.target, band.set_by) == (office, kept, admin)
    shown = answer.content.decode()
    assert "từ lần đối chiếu toàn tỉnh tới" in shown
    assert 'action="/whole-run/"' in shown
    log = AccessLog.objects.get(subject="matching_band")
    assert (log.user, log.subject_id) == (admin, office.pk)
    assert log.reason.startswith("Văn phòng số 8: theo mức chung → ")
    assert client.get(f"/bands/{office.pk}/").context["row"].target == kept


@pytest.mark.parametrize(
    "sent",
    [
        {},
        {"target": "0.5"},
        {"target": "typed"},
        {"target": "typed", "typed": "89,9"},
        {"target": "typed", "typed": "100"},
        {"target": "typed", "typed": "99,995"},
        {"target": "typed", "typed": "x"},
    ],
)
def test_nonsense_is_refused_with_a_word(client: Client, admin, office, sent) -> None:
    answer = client.post(f"/bands/{office.pk}/", sent)
    assert answer.status_code == 422
    assert 'class="wrong"' in answer.content.decode()
    assert not MatchingBand.objects.exists()


def test_it_goes_back_to_the_common_one(client: Client, admin, office) -> None:
    bands.set_target(office, 0.99, by=admin)
    client.post(f"/bands/{office.pk}/", {"target": "common"})
    assert not MatchingBand.objects.exists()
    last = AccessLog.objects.filter(subject="matching_band")[0]
    assert last.reason == "Văn phòng số 8: 99 % → theo mức chung"
    assert client.post("/bands/0/", {"target": "common"}).status_code == 422


def test_an_equal_value_changes_and_logs_nothing(client: Client, admin) -> None:
    answer = client.post("/bands/0/", {"target": "0.9995"}, follow=True)
    assert "không có gì thay đổi" in answer.content.decode()
    assert not AccessLog.objects.filter(subject="matching_band").exists()


def test_once_the_province_was_reconciled_nothing_is_pending(client: Client, admin) -> None:
    bands.set_target(None, 0.999, by=admin)
    assert client.get("/bands/").context["is_pending"]
    now = timezone.now()
    Job.objects.create(kind="reconcile", state=Job.State.DONE, started_at=now, finished_at=now)
    assert not client.get("/bands/").context["is_pending"]


def test_the_jobs_page_leads_to_it(client: Client, admin) -> None:
    assert 'href="/bands/"' in client.get("/jobs/").content.decode()
    client.force_login(factories.make_user(Role.REVIEWER))
    assert 'href="/bands/"' not in client.get("/jobs/").content.decode()
