"""Axe finds nothing on any page, in both languages."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone
from playwright.sync_api import Page

from citizens.models import RegistryExtract, Resident, ResidentChange
from landdb.models import AccessLog, Job, ReceivedFile, Role, RowProblem, User
from parcels.models import Plot
from reconciliation import classification, duplicates, matching
from reconciliation.actions import deliveries, extracts, findings, matches, rule_drafts
from reconciliation.actions.rule_drafts import Wanted
from reconciliation.campaign import plan, plan_import, plan_workbook
from reconciliation.models import (
    CorrectionBatch,
    CorrectionRow,
    DayFigures,
    Decision,
    Duplicate,
    ExcludedList,
    Finding,
    GroupMove,
    RuleDraft,
    Target,
    WeeklySnapshot,
    Workbook,
)
from reconciliation.rules import book
from reconciliation.rules.catalogue import by_id
from reconciliation.rules.drafts import Difference, drafted
from tests import factories
from tests.actions.cast import Case, make_case

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

AXE = Axe()


#: What is cut off at its right edge, unless it is made to be scrolled.
_CUT_OFF = """all => all.filter(each => each.scrollWidth > each.clientWidth + 1
    && !['auto', 'scroll'].includes(getComputedStyle(each).overflowX))
    .map(each => each.outerHTML.slice(0, 200))"""


def faults(page: Page) -> list[str]:
    """Each violation with the first place where it is, and each panel that holds more than it shows."""
    answer = AXE.run(page).response
    assert answer["passes"], page.url
    found = [f"{page.url}: {each['id']}: {each['nodes'][0]['html'][:200]}" for each in answer["violations"]]
    wide = page.locator(".panel, .odds").evaluate_all(_CUT_OFF)
    return found + [f"{page.url}: wider than its place: {each}" for each in wide]


@pytest.fixture
def case() -> Case:
    """A commune with a plot of each kind, a waiver that waits, a workbook, a job and a log."""
    case = make_case(plots=2)
    drawn = factories.make_drawn_plot(case.commune)
    waiting = factories.make_ready_plot(case.commune, code="", measured_area="126.0")
    classification.refresh([drawn.pk, waiting.pk], cause=GroupMove.Cause.FIRST)
    asker = factories.make_user(Role.REVIEWER)
    findings.ask_waiver(
        Finding.objects.get(plot=waiting, rule="plot_code_missing"),
        by=asker,
        reason="chờ mã",
        until=dt.date(2999, 12, 31),
    )
    decided = make_case(case.commune, name="Trần Thị Hoà")
    matches.decide(
        decided.match, Decision.Kind.SAME, by=asker, reason="đủ", seen=matches.stamp(decided.match)
    )
    _wordy(decided)
    twin = factories.make_land_user(case.commune, name_raw="Nguyen Thi Duyen", id_number_raw="024175123456")
    duplicates.refresh([twin.pk])
    _workbook(case, asker)
    _extract(case, asker)
    _drafts(case, asker)
    _sources_and_opinions(case, waiting, drawn)
    _plan(case)
    Job.objects.create(kind="reconcile", state=Job.State.FAILED, error="hỏng", started_by=asker)
    AccessLog.objects.create(user=asker, action=AccessLog.Action.VIEW, subject="plot", subject_id=drawn.pk)
    case.plots += [drawn, waiting, *decided.plots]
    return case


def _drafts(case: Case, by: User) -> None:
    """A draft of rules that was counted and asked, and one that has only begun."""
    for state in (RuleDraft.State.ASKED, RuleDraft.State.DRAFT):
        draft = rule_drafts.draft(
            by_id("plot_code_missing"), Wanted(True, "rebuild", None), by=by, reason="mã là bắt buộc"
        )
        if state == RuleDraft.State.ASKED:
            classification.classify_commune(case.commune.pk)
            rules = Difference(book.current(), drafted(draft))
            classification.what_if(draft.pk, rules, [case.commune.pk])
            draft.counted_at = draft.asked_at = timezone.now()
            draft.state, draft.asked_by = state, by
            draft.save()


def _wordy(case: Case) -> None:
    """Somebody of whom much is to be told in the evidence: every word of it is long."""
    own = case.match.resident
    somebody = factories.make_land_user(
        own.commune,
        name_raw=f"Hộ bà {own.name} và những người khác",
        birth_raw=f"01/01/{own.birth_year}",
        id_number_raw=f"{own.id_number[:6]}999999",
        address_raw="Tổ dân phố số 12 Đức Thuỷ Thượng",
    )
    matching.refresh([somebody.pk])


def _extract(case: Case, by: User) -> None:
    """A newer extract in which a birth changed, on which a decision rested, and somebody died."""
    again, dead = (make_case(case.commune, name=name) for name in ("Vũ Thị Mơ", "Lê Thị Tư"))
    extract = factories.make_extract(changes={"birth": 1, "died": 1}, is_whole=True)
    for each, kind, values in (
        (again, "birth", {"birth_on": dt.date(1976, 1, 2), "birth_year": 1976}),
        (dead, "died", {"status": "deceased", "died_on": dt.date(2026, 4, 3), "absent_since": extract}),
    ):
        match = each.match
        matches.decide(match, Decision.Kind.SAME, by=by, reason="đủ", seen=matches.stamp(match))
        ResidentChange.objects.create(
            extract=extract,
            resident=match.resident,
            commune=match.resident.commune,
            kind=kind,
            old="",
            new="1976",
        )
        Resident.objects.filter(pk=match.resident_id).update(**values)
    extracts.note_touched(extract)
    matching.refresh([again.land_user.pk, dead.land_user.pk])


def _sources_and_opinions(case: Case, waiting: Plot, drawn: Plot) -> None:
    """Another commune that lacks a source, records by hand in each state, and what MPLIS says of plots."""
    file = factories.make_file(kind=ReceivedFile.Kind.OPINIONS, rows=4, applied=3, rejected=1)
    RowProblem.objects.create(
        file=file,
        level="rejected",
        row=3,
        column="số thửa",
        value="tờ 1, thửa 2",
        code="opinion_plot_unknown",
    )
    factories.make_opinion(waiting, file=file, population="not_found", has_book=False)
    factories.make_opinion(case.plots[0], group=2, has_book=False, is_in_step=False, is_always_on=False)
    factories.make_opinion(drawn, group=0, has_book=None)
    bare = factories.make_commune(delivered=False)
    factories.deliver(bare, "register")
    classification.classify_communes([factories.make_ready_plot(bare).commune_id])
    classification.count_opinions([case.commune.pk])
    asker, other = factories.make_user(Role.MANAGER), factories.make_user(Role.MANAGER)
    hands = [
        deliveries.record(bare, source, delivered_on=dt.date(2026, 3, 2), note="biên bản 12", by=asker)
        for source in ("scans", "map", "registrations")
    ]
    for hand in hands[1:]:
        deliveries.ask_back(hand, by=asker, reason="nhầm xã")
    deliveries.answer_back(hands[2], by=other, is_yes=True)


def _plan(case: Case) -> None:
    """More done than assigned, less assigned than a week ago, people waited for; a workbook to confirm."""
    days = {"starts_on": dt.date(2026, 2, 1), "due_on": dt.date(2026, 6, 30)}
    target = Target.objects.create(commune=case.commune, task="clean", assigned=4, leader="An", **days)
    Target.objects.filter(pk=target.pk).update(assigned=3)
    given = {"commune": case.commune, "group_1": 5, "group_2": 0, "group_3": 0}
    then = {"clean": {"done": 2, "assigned": 4}}
    now = {"clean": {"done": 5, "excluded": {"citizen_lost": 1}}}
    WeeklySnapshot.objects.create(week=dt.date(2026, 3, 2), tasks=then, reason="ghi nhầm", **given)
    DayFigures.objects.create(day=dt.date(2026, 3, 10), tasks=now, **given)
    ExcludedList.objects.create(
        commune=case.commune, day=dt.date(2026, 3, 10), key="plots:citizen_lost", total=1,
        ids=[case.plots[0].pk],
    )  # fmt: skip
    lines = plan.lines([case.commune], plan.Close())
    rows = [line for line in lines if line.task != "scan"]
    for line in rows:
        line.target = Target(commune=case.commune, task=line.task, assigned=7, **days)
    upload = SimpleUploadedFile("ke-hoach.xlsx", plan_workbook.written([*rows, rows[0]]))
    plan_import.receive(upload, by=factories.make_user(Role.MANAGER))


def _workbook(case: Case, by: User) -> None:
    file = factories.make_file(
        kind=ReceivedFile.Kind.REGISTER, commune=case.commune, rows=3, applied=1, rejected=2
    )
    for row in (1, 2):
        RowProblem.objects.create(
            file=file, level="rejected", row=row, column="K", value="x", code="cell_too_long"
        )
    report = {
        "plots": 2,
        "moves": [[None, 2, 1], [2, 1, 1]],
        "groups_before": {"1": 1, "2": 2},
        "groups_after": {"1": 2, "2": 1},
        "seconds": 0.4,
    }
    for state in (CorrectionBatch.State.WAITING, CorrectionBatch.State.CHECKED):
        batch = CorrectionBatch.objects.create(
            commune=case.commune,
            file=file,
            uploaded_by=by,
            state=state,
            report=report,
            read_at=timezone.now(),
        )
        file = factories.make_file(kind=ReceivedFile.Kind.REGISTER, commune=case.commune)
        made = (
            ("proposed", "phone_added", [["phone", "", "", "0912345678"]]),
            ("proposed", "birth", [["birth", "1975", "1975", "12/03/1975"]]),
            ("proposed", "holder", [["name", "Lý An", "Lý An", "Lý Bình"]]),
            ("conflict", "", [["plot_address", "Ngõ 1", "Ngõ 2", "Ngõ 3"]]),
            ("rejected", "", []),
        )
        for row, (line, kind, cells) in enumerate(made, 5):
            CorrectionRow.objects.create(
                    batch=batch, sheet="Sheet1", row=row, state=line, kind=kind,
                kinds=[kind] if kind else [],
                cells=cells, changes=[], plot=case.plots[0].pk,
                group_before=2, group_after=1,
                why="" if line == "proposed" else "date_unreadable",
            )  # fmt: skip
    Workbook.objects.create(
        commune=case.commune, made_by=by, purpose="sửa tuần này", state=Workbook.State.READY, rows=4,
        expires_at=timezone.now() + dt.timedelta(days=7),
    )  # fmt: skip


def addresses(case: Case) -> Iterator[tuple[str, list[str]]]:
    """Each role with the pages that it comes to."""
    upload, checked = CorrectionBatch.objects.order_by("pk")
    plots = [f"/plots/{plot.pk}/" for plot in case.plots[1:]]
    people = [f"/land-users/{match.land_user_id}/" for match in matches.Match.objects.distinct("land_user")]
    yield (
        Role.SENIOR_REVIEWER,
        [
            "/queue/",
            "/queue/?group=1&rule=không_có",
            "/queue/people/",
            "/duplicates/",
            *(f"/duplicates/{pk}/" for pk in Duplicate.objects.values_list("pk", flat=True)),
            *plots,
            *people,
            "/uploads/",
            f"/uploads/{upload.pk}/",
            f"/uploads/{upload.pk}/rows/",
            f"/uploads/{upload.pk}/rows/?kind=birth",
            "/jobs/",
            f"/jobs/{Job.objects.get().pk}/",
            "/extracts/",
            f"/extracts/{RegistryExtract.objects.latest('pk').pk}/",
            "/queue/people/?again=1",
            "/bands/",
        ],
    )
    yield (
        Role.COMMUNE_OFFICIAL,
        [
            "/uploads/",
            f"/uploads/{upload.pk}/",
            f"/uploads/{checked.pk}/",
            f"/uploads/{checked.pk}/rows/?state=rejected",
            "/overview/",
        ],
    )
    drafts = [f"/rules/drafts/{pk}/" for pk in RuleDraft.objects.values_list("pk", flat=True)]
    changes = [f"{address}change/?rule=plot_code_missing" for address in drafts]
    new = "/rules/drafts/new/?rule=area_differs_from_map"
    yield (
        Role.MANAGER,
        [
            "/overview/",
            "/ledger/",
            "/ledger/plots/",
            "/plan/",
            "/plan/?of=collectable",
            f"/plan/?commune={case.commune.code}",
            "/plan/excluded/?task=clean",
            f"/plan/targets/{case.commune.code}/clean/",
            "/plan/files/",
            f"/plan/files/{ReceivedFile.objects.get(kind=ReceivedFile.Kind.PLAN).pk}/",
            "/plan/weeks/",
            "/meeting/",
            "/meeting/?minutes",
            "/alerts/",
            "/questions/",
            "/questions/answers/",
            "/rules/",
            "/rules/phone_missing/plots/",
            "/rules/drafts/",
            *drafts,
            *changes,
            new,
        ],
    )
    yield (
        Role.MANAGER,
        [
            "/overview/",
            "/opinions/",
            "/opinions/plots/?ours=2&theirs=1&cause=plot_code_missing",
            "/opinions/plots/?ours=1&theirs=2",
            f"/opinions/files/{ReceivedFile.objects.get(kind='opinions', rejected=1).pk}/",
            "/sources/",
            "/sources/?missing=map",
        ],
    )
    yield (
        Role.ADMINISTRATOR,
        [
            "/accounts/",
            "/accounts/new/",
            f"/accounts/{User.objects.values_list('pk', flat=True)[0]}/",
            "/access-log/",
            "/extracts/",
            "/bands/",
            "/bands/0/",
            "/password/",
            "/khong-co-trang-nay/",
        ],
    )


@pytest.mark.parametrize("language", ["vi", "en"])
def test_no_page_has_a_fault(open_page, case: Case, language: str) -> None:
    page = open_page(language=language)
    page.goto("/sign-in/")
    assert page.locator("html").get_attribute("lang") == language
    found = faults(page)
    for role, paths in addresses(case):
        place = {"commune": case.commune} if role == Role.COMMUNE_OFFICIAL else {}
        page = open_page(factories.make_user(role, **place), language=language)
        for path in paths:
            page.goto(path)
            found += faults(page)
    assert found == []


def test_it_would_find_one(open_page) -> None:
    page = open_page()
    page.goto("/sign-in/")
    page.evaluate("document.querySelectorAll('label').forEach(label => label.remove())")
    assert any("label" in fault for fault in faults(page))


def test_the_keys_and_a_refused_form_have_no_fault(open_page, case: Case) -> None:
    page = open_page(factories.make_user(Role.REVIEWER))
    page.goto("/queue/")
    page.keyboard.press("?")
    found = faults(page)
    page.goto(f"/land-users/{case.land_user.pk}/")
    matches.decide(
        case.match,
        Decision.Kind.UNSURE,
        by=factories.make_user(),
        reason="khác",
        seen=matches.stamp(case.match),
    )
    page.keyboard.press("s")
    page.get_by_role("alert").wait_for()
    assert found + faults(page) == []
