"""A workbook that changes the evidence of a decision opens it again, openly; an undo gives it back."""

from __future__ import annotations

import pytest

from parcels.importers.form01 import problems
from reconciliation.actions import matches, uploads
from reconciliation.models import CorrectionBatch, Decision, Match, WorkItem

from .ground import Ground, apply, filled, give_out, row_of, send_up

pytestmark = pytest.mark.django_db


def decided(ground: Ground) -> Match:
    """The reviewer has said that the first land user is whom the registry has."""
    match = ground.people[0].matches.get()
    matches.decide(
        match, Decision.Kind.SAME, by=ground.reviewer, reason="đã xem giấy tờ", seen=matches.stamp(match)
    )
    match.refresh_from_db()
    assert match.state == Match.State.ACCEPTED
    return match


def with_another_birth(ground: Ground) -> CorrectionBatch:
    workbook = give_out(ground)
    row = row_of(workbook, ground.holdings[0])
    return send_up(ground, filled(workbook, {(row, "birth"): "01/07/1988", (row, "book_number"): "CH9"}))


def test_a_row_that_opens_a_decision_again_says_so_and_needs_its_own_yes(ground: Ground) -> None:
    decided(ground)
    batch = with_another_birth(ground)
    line = batch.lines.get(state="proposed")
    assert (line.kind, line.kinds) == ("reopens", ["birth", "papers", "reopens"])
    uploads.send(batch, by=ground.official)
    with pytest.raises(uploads.NothingToSend):
        uploads.approve(batch, by=ground.reviewer, reason="cả loại")


def test_a_decision_that_was_made_since_the_dry_run_is_not_opened_unseen(ground: Ground) -> None:
    batch = with_another_birth(ground)
    line = batch.lines.get(state="proposed")
    assert line.kind == "birth"
    match = decided(ground)
    apply(batch, ground.reviewer)
    line.refresh_from_db()
    assert (line.state, line.why) == ("rejected", problems.CHANGED_SINCE)
    match.refresh_from_db()
    assert match.state == Match.State.ACCEPTED


def test_an_undone_workbook_gives_the_decision_back_as_it_was(ground: Ground) -> None:
    match = decided(ground)
    before = Match.objects.filter(pk=match.pk).values().get()
    batch = apply(with_another_birth(ground), ground.reviewer)
    match.refresh_from_db()
    assert match.is_reopened
    uploads.take_back(batch, by=ground.reviewer)
    assert Match.objects.filter(pk=match.pk).values().get() == before
    assert not WorkItem.objects.open().filter(land_user=match.land_user_id).exists()


def test_a_decision_that_was_taken_back_meanwhile_does_not_come_back(ground: Ground) -> None:
    match = decided(ground)
    batch = apply(with_another_birth(ground), ground.reviewer)
    again = matches.decide(
        Match.objects.get(pk=match.pk),
        Decision.Kind.DIFFERENT,
        by=ground.reviewer,
        reason="năm sinh khác",
        seen=matches.stamp(Match.objects.get(pk=match.pk)),
    )
    uploads.take_back(batch, by=ground.reviewer)
    match.refresh_from_db()
    assert (match.state, match.is_reopened) == (Match.State.PROPOSED, True)
    assert again.change_set.state == "applied"
