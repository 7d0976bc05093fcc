"""A list for the police is frozen, asks about each person once, and is agreed to before it leaves."""

from __future__ import annotations

import csv
import datetime as dt
import hashlib
import io
import zipfile
from pathlib import Path

import pytest
import pyzipper
from django.utils import timezone
from openpyxl import load_workbook

from landdb.models import AccessLog, Role
from landdb.normalise import line_keys
from reconciliation.actions import (
    changes,
    handovers,
    police_batches,
    police_freezing,
    police_parts,
    police_portions,
    police_sheets,
)
from reconciliation.actions.changes import WrongState
from reconciliation.actions.consents import SamePerson
from reconciliation.actions.police_batches import Line, State
from reconciliation.models import PoliceUnit, VerificationLine, WorkItem
from tests import factories

from .cast import Split, frozen, issue, issued, item_of, line_of, make_unknown, outcome_of, wanted

pytestmark = pytest.mark.django_db


def test_a_person_stands_in_it_once_however_many_plots(staff) -> None:
    person = make_unknown(plots=3)
    batch = frozen(staff.mai)
    line = batch.lines.get()
    assert (line.name, line.id_number) == (person.name, person.id_number)
    assert line_keys.parse(line_keys.shown(line.key)) == line.key


def test_two_entries_that_say_the_very_same_are_one_question_and_others_are_two(staff) -> None:
    commune = factories.make_commune()
    same = {"name_raw": "Trần Thị Hoà", "id_number_raw": "024175123456", "birth_raw": "1975"}
    first, second = make_unknown(commune, **same), make_unknown(commune, **same)
    make_unknown(commune, **same | {"id_number_raw": ""})
    make_unknown(commune, **same | {"id_number_raw": ""})
    batch = frozen(staff.mai)
    assert batch.lines.count() == 3
    assert set(line_of(first).entries.values_list("land_user", flat=True)) == {first.pk, second.pk}
    assert batch.report == {"found": 4, "entries": 4, "left_out": {}}


def test_it_stays_as_it_was_frozen_whatever_the_register_says_later(staff) -> None:
    person = make_unknown(name_raw="Lê Văn Tám")
    batch = frozen(staff.mai)
    type(person).objects.filter(pk=person.pk).update(name="Lê Văn Chín")
    assert batch.lines.get().name == "Lê Văn Tám"


def test_people_wait_with_the_police_and_not_in_the_queue(staff) -> None:
    person = make_unknown()
    assert outcome_of(person) == "not_found"
    batch = issued(staff)
    item = item_of(person)
    assert (item.waits_with, item.waits_why, item.waits_until) == ("police", "police_absent", batch.due_on)
    assert batch.number in item.waits_note
    assert not WorkItem.objects.at_desk().filter(land_user=person).exists()
    assert outcome_of(person) == "with_police"
    assert batch.state == State.ISSUED


def test_more_than_one_commune_needs_a_second_person_and_one_does_not(staff) -> None:
    here = factories.make_commune()
    make_unknown(here)
    assert police_batches.go(frozen(staff.mai), by=staff.mai).state == State.ISSUING
    make_unknown(here), make_unknown()
    batch = police_batches.go(frozen(staff.senior), by=staff.senior)
    assert batch.state == State.ASKED
    with pytest.raises(SamePerson):
        police_batches.answer(batch, by=staff.senior, is_yes=True)
    refused = police_batches.answer(batch, by=factories.make_user(Role.SENIOR_REVIEWER), is_yes=False)
    assert refused.state == State.REFUSED
    assert not WorkItem.objects.filter(waits_with="police").exists()


def test_who_asked_for_a_second_yes_takes_the_request_back_and_nobody_else_does(visit, staff) -> None:
    make_unknown(), make_unknown()
    batch = police_batches.go(frozen(staff.senior), by=staff.senior)
    other = factories.make_user(Role.SENIOR_REVIEWER)
    address = f"/police/{batch.pk}/"
    assert "Rút lại đề nghị" not in visit(other).get(address).content.decode()
    visit(other).post(f"{address}go/", {"word": "back"})
    batch.refresh_from_db()
    assert batch.state == State.ASKED
    assert "Rút lại đề nghị" in visit(staff.senior).get(address).content.decode()
    visit(staff.senior).post(f"{address}go/", {"word": "back"})
    batch.refresh_from_db()
    assert (batch.state, batch.change_set.state) == (State.DROPPED, "discarded")
    with pytest.raises(WrongState):
        police_batches.answer(batch, by=other, is_yes=True)


def test_who_is_with_the_police_or_the_commune_already_is_left_out_and_counted(staff) -> None:
    make_unknown()
    issued(staff)
    away, free = make_unknown(), make_unknown()
    handovers.write(away, handovers.Handover(handovers.With.COMMUNE, "commune_papers"), by=staff.mai)
    batch = frozen(staff.mai)
    assert [line.name for line in batch.lines.all()] == [free.name]
    assert batch.report == {"found": 2, "entries": 1, "left_out": {"elsewhere": 1}}
    with pytest.raises(police_batches.Empty):
        police_batches.draft(wanted("ambiguous"), by=staff.mai)


def test_who_was_decided_between_freezing_and_handing_out_is_not_handed_out(staff) -> None:
    person, other = make_unknown(), make_unknown()
    batch = frozen(staff.mai)
    factories.make_resident(person)
    from reconciliation import matching

    matching.refresh([person.pk])
    assert outcome_of(person) == "matched"
    batch = issue(batch, staff)
    states = dict(batch.lines.values_list("name", "state"))
    assert states == {person.name: Line.LEFT_OUT, other.name: Line.WAITING}
    assert outcome_of(person) == "matched"
    assert sum(part.lines for part in batch.parts.all()) == 1


def test_the_files_hold_what_is_needed_and_no_cell_can_run(staff, own_files: Path) -> None:
    person = make_unknown(name_raw="=HYPERLINK(1)", address_raw="+Thôn Đoài")
    type(person).objects.filter(pk=person.pk).update(name="=HYPERLINK(1)")
    batch = issued(staff)
    part = batch.parts.get()
    sheet = load_workbook(own_files / part.workbook)[police_sheets.LIST_SHEET]
    head = [cell.value for cell in sheet[1]]
    assert head == [*police_sheets.ASKED, *police_sheets.ANSWERED]
    row = dict(zip(head, sheet[2], strict=True))
    assert (row["Họ và tên"].value, row["Họ và tên"].data_type) == ("=HYPERLINK(1)", "s")
    assert row["Số định danh/CMND"].value == person.id_number
    text = (own_files / part.csv).read_text("utf-8-sig")
    told = list(csv.reader(io.StringIO(text)))
    assert told[1][3] == "'=HYPERLINK(1)"
    everything = " ".join(map(str, told))
    assert person.phone not in everything
    assert "Chưa rõ" not in everything
    content = (own_files / part.csv).read_bytes()
    assert part.checksum == batch.checksum == hashlib.sha256(content).hexdigest()
    note = load_workbook(own_files / part.workbook)["Giao nhận"]
    assert part.checksum in [row[1].value for row in note.iter_rows() if len(row) > 1]


def test_the_zip_lists_each_file_with_the_checksum_that_any_tool_finds(staff) -> None:
    make_unknown()
    batch = issued(staff)
    content = police_parts.packed(batch, batch.parts.all(), by=staff.mai, reason="giao")
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        listed = list(csv.reader(io.StringIO(archive.read("muc-luc.csv").decode("utf-8-sig"))))[1:]
        files = set(archive.namelist()) - {"muc-luc.csv"}
        assert {name for name, *_rest in listed} == files
        for name, _part, lines, mark in listed:
            assert (lines, mark) == ("1", hashlib.sha256(archive.read(name)).hexdigest())


def test_it_is_split_by_commune_or_by_police_unit(staff) -> None:
    first, second, third = (factories.make_commune() for _n in range(3))
    for commune in (first, second, third):
        make_unknown(commune)
    unit = PoliceUnit.objects.create(name="Công an khu vực 1")
    unit.communes.set([first, second])
    batch = issued(staff, split=Split.UNIT)
    assert dict(batch.parts.values_list("name", "lines")) == {"Công an khu vực 1": 2, "Chưa phân đơn vị": 1}
    police_batches.withdraw(batch, by=staff.mai)
    batch.refresh_from_db()
    for portion in police_portions.portions(batch, Line.WAITING):
        police_portions.take_back(batch, *portion)
    again = issued(staff, split=Split.COMMUNE)
    assert again.parts.count() == 3


def test_the_zip_is_encrypted_where_wanted_and_its_leaving_is_logged(staff) -> None:
    make_unknown()
    batch = issued(staff)
    word = police_parts.new_password()
    packed = police_parts.packed(batch, batch.parts.all(), by=staff.mai, reason="Công an tỉnh", password=word)
    with pytest.raises(RuntimeError):
        zipfile.ZipFile(io.BytesIO(packed)).read("muc-luc.csv")
    with pyzipper.AESZipFile(io.BytesIO(packed)) as archive:
        archive.setpassword(word.encode())
        assert len(archive.namelist()) == 3
        assert b"Ph\xe1\xba\xa7n" in archive.read("muc-luc.csv")
    log = AccessLog.objects.get(action="export")
    assert (log.subject, log.subject_id, log.reason) == ("police_list", batch.pk, "Công an tỉnh")


def test_only_the_unanswered_are_asked_again_and_the_old_keys_lead_to_the_new_lines(staff) -> None:
    person = make_unknown()
    batch = issued(staff)
    later = timezone.localdate() + dt.timedelta(days=30)
    again = police_batches.reissue(batch, later, by=staff.mai)
    police_freezing.freeze(again)
    again.refresh_from_db()
    issue(again, staff)
    old, new = batch.lines.get(), again.lines.get()
    assert (old.state, old.reissued_as, new.state) == (Line.REISSUED, new, Line.WAITING)
    assert new.key != old.key
    assert item_of(person).waits_until == later
    with pytest.raises(police_batches.Empty):
        police_batches.reissue(batch, later, by=staff.mai)


def test_taken_back_people_are_where_they_were(staff) -> None:
    person = make_unknown()
    batch = issued(staff)
    police_batches.withdraw(batch, by=staff.mai)
    batch.refresh_from_db()
    for portion in police_portions.portions(batch, Line.WAITING):
        police_portions.take_back(batch, *portion)
    police_portions.finish_taking_back(batch.pk)
    assert VerificationLine.objects.get().state == Line.WITHDRAWN
    assert outcome_of(person) == "not_found"
    assert item_of(person).waits_with == ""
    with pytest.raises(changes.WrongState):
        police_batches.withdraw(batch, by=staff.mai)
