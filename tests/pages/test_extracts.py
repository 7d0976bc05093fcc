"""An administrator takes a registry extract in; reconciling and classifying follow."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from citizens.models import RegistryExtract, Resident
from landdb.models import AccessLog, Job, Role
from tests import factories

pytestmark = pytest.mark.django_db
CSV = "resident_id,full_name,dob,sex,cccd\nr1,Nguyễn Văn Mẫu,12/03/1975,Nam,024075000001\n"


@pytest.fixture(autouse=True)
def own_folder(settings, tmp_path: Path) -> None:
    settings.FILES_DIR = tmp_path / "files"


def data(content: str = CSV, name: str = "dan-cu.csv", **fields: str) -> dict[str, object]:
    file = SimpleUploadedFile(name, content.encode())
    return {"extract": file, "extracted_on": "20/11/2026", "purpose": "làm sạch dữ liệu đất đai"} | fields


def test_it_is_imported_by_a_job_that_others_follow(client: Client, work) -> None:
    admin = factories.make_user(Role.ADMINISTRATOR)
    client.force_login(admin)
    answer = client.post("/extracts/", data())
    job = Job.objects.get()
    assert answer["Location"] == f"/jobs/{job.pk}/"
    assert job.arguments["whole"] is False
    assert job.arguments["then"] == ["reconcile", "classify"]
    assert AccessLog.objects.get(user=admin, action="upload").reason == "làm sạch dữ liệu đất đai"
    Job.objects.update(arguments=job.arguments | {"then": []})
    work()
    job.refresh_from_db()
    assert job.state == Job.State.DONE, job.error
    assert Resident.objects.get().name == "Nguyễn Văn Mẫu"
    page = client.get("/extracts/").content.decode()
    assert "dan-cu.csv" in page
    assert "20/11/2026" in page


def test_a_later_one_may_be_followed_by_matching_the_touched_alone(client: Client, work) -> None:
    client.force_login(factories.make_user(Role.ADMINISTRATOR))
    before = factories.make_resident().extract
    client.post("/extracts/", data(whole="on", touched_only="on"))
    client.post("/extracts/", data(CSV.replace("1975,", "1976,"), touched_only="on"))
    work()
    kinds = [(job.kind, job.state) for job in Job.objects.order_by("id")]
    assert sorted(kinds) == [("import_residents", "done")] * 2 + [("rematch", "done")] * 2
    first, second = RegistryExtract.objects.exclude(pk=before.pk).order_by("id")
    assert (first.is_whole, first.changes, second.changes) == (True, {"new": 1}, {"birth": 1})
    assert Job.objects.filter(kind="rematch")[0].arguments["extract"] == second.pk


def test_the_first_is_followed_by_matching_everybody(client: Client, work) -> None:
    client.force_login(factories.make_user(Role.ADMINISTRATOR))
    client.post("/extracts/", data(touched_only="on"))
    assert Job.objects.get().arguments["then"] == ["reconcile", "classify"]


def test_a_file_of_no_use_ends_the_job_with_a_sentence(client: Client, work) -> None:
    client.force_login(factories.make_user(Role.ADMINISTRATOR))
    client.post("/extracts/", data("cột,lạ\n1,2\n"))
    work()
    job = Job.objects.get()
    assert job.state == Job.State.FAILED
    assert "Traceback" not in job.error
    assert job.error.endswith(".")


@pytest.mark.parametrize(
    "fields", [{"purpose": ""}, {"extracted_on": "hôm qua"}, {"name": "dan-cu.txt"}, {"content": ""}]
)
def test_what_is_missing_or_wrong_is_told_and_nothing_starts(client: Client, fields: dict[str, str]) -> None:
    client.force_login(factories.make_user(Role.ADMINISTRATOR))
    assert client.post("/extracts/", data(**fields)).status_code == 422
    assert not Job.objects.exists()


@pytest.mark.parametrize("role", [role for role in Role if role != Role.ADMINISTRATOR])
def test_only_administrators_send_one_in(client: Client, role: str) -> None:
    client.force_login(factories.make_user(role))
    reads = role in (Role.REVIEWER, Role.SENIOR_REVIEWER, Role.AUDITOR)
    assert client.get("/extracts/").status_code == (200 if reads else 403)
    assert client.post("/extracts/", data()).status_code == 403
    assert not Job.objects.exists()
