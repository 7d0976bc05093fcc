"""Two officials of a commune and the office work on the same plots: nothing is overwritten unseen."""

from __future__ import annotations

import random
from typing import Any

import pytest

from landdb.models import Role
from parcels.models import Plot
from reconciliation.actions import changes, uploads
from reconciliation.actions.changes import FieldChange
from reconciliation.actions.upload_compare import REGISTER, WORKBOOK
from reconciliation.models import Change, ChangeSet, CorrectionBatch, PlotStatus, Tally
from tests import factories

from .ground import Ground, adds_up, filled, give_out, row_of, send_up

pytestmark = pytest.mark.django_db
State = CorrectionBatch.State
ROUNDS = 14


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_every_value_comes_from_somebody_who_saw_the_one_before(ground: Ground, seed: int) -> None:
    chance = random.Random(seed)
    second = factories.make_user(Role.COMMUNE_OFFICIAL, commune=ground.commune)
    books = {ground.official: give_out(ground), second: give_out(ground)}
    open_batches: list[CorrectionBatch] = []
    for n in range(ROUNDS):
        step = chance.choice(["send", "send", "office", "decide", "decide", "undo", "give"])
        if step == "send":
            who = chance.choice(list(books))
            typed = {
                (row_of(books[who], holding), "plot_address"): f"Ngõ {seed}-{n}-{holding.pk}"
                for holding in chance.sample(ground.holdings, 2)
            }
            open_batches.append(send_up(ground, filled(books[who], typed), by=who))
        elif step == "office":
            plot = Plot.objects.get(pk=chance.choice(ground.plots).pk)
            changes.make(
                ChangeSet.Kind.CORRECTION,
                [FieldChange(plot, "address", f"Văn phòng {seed}-{n}")],
                by=ground.reviewer, commune=ground.commune.pk, reason="đo lại",
            )  # fmt: skip
        elif step == "give":
            who = chance.choice(list(books))
            books[who] = give_out(ground)
        elif step == "decide" and open_batches:
            _decide(open_batches.pop(chance.randrange(len(open_batches))), ground, chance)
        elif step == "undo":
            applied = CorrectionBatch.objects.filter(state=State.APPLIED).first()
            if applied:
                uploads.take_back(applied, by=ground.reviewer)
        _check(ground)


def _decide(batch: CorrectionBatch, ground: Ground, chance: random.Random) -> None:
    conflicts = {
        line.pk: {cell[0]: chance.choice([REGISTER, WORKBOOK]) for cell in line.cells}
        for line in batch.lines.filter(state="conflict")
    }
    if conflicts:
        uploads.choose(batch, conflicts)
        batch.refresh_from_db()
        uploads.read(batch)
        batch.refresh_from_db()
    try:
        sent = uploads.send(batch, by=batch.uploaded_by)
    except (uploads.NothingToSend, uploads.StillInConflict):
        return
    plot = Plot.objects.get(pk=chance.choice(ground.plots).pk)
    if chance.random() < 0.3:
        changes.make(
            ChangeSet.Kind.CORRECTION,
            [FieldChange(plot, "address", f"Giữa chừng {batch.pk}")],
            by=ground.reviewer, commune=ground.commune.pk, reason="đo lại",
        )  # fmt: skip
    uploads.approve(sent, by=ground.reviewer, reason="đã kiểm tra")
    uploads.carry_out(sent)
    batch.refresh_from_db()
    assert batch.state == State.APPLIED


def _check(ground: Ground) -> None:
    """Rows add up; each plot's address is told by the chain of its changes, each from the value before."""
    for batch in CorrectionBatch.objects.all():
        assert adds_up(batch), batch.pk
    for plot in Plot.objects.filter(pk__in=[each.pk for each in ground.plots]):
        stands: Any = "Khu phố Đông"
        told = Change.objects.filter(model="parcels.plot", record_id=plot.pk, field="address")
        done = told.filter(state__in=[Change.State.APPLIED, Change.State.KEPT]).order_by("pk")
        for change in done:
            assert change.old == stands
            stands = change.new
        assert plot.address == stands
    tallied = sum(Tally.objects.filter(rule="").values_list("plots", flat=True))
    assert tallied == PlotStatus.objects.count() == Plot.objects.live().count()
