"""Of a row of ours that touches nothing but what hangs on known records only the changed cells are read.

A row that may speak of any record makes the workbook be read whole: what becomes of the others is the same.
"""

from __future__ import annotations

import random
import re
from typing import Any

import pytest

from landdb.models import RowProblem
from parcels.importers.form01 import merge, problems
from parcels.models import Holding, LandUser
from reconciliation import classification
from reconciliation.actions import effects
from reconciliation.actions.workbook_guide import CLEAR
from reconciliation.models import CorrectionBatch, Finding, GroupMove
from tests import factories

from .ground import Ground, apply, filled, give_out, row_of, send_up, states, whys

pytestmark = pytest.mark.django_db

#: What officials type, good and bad, into cells that do not tell whose row it is.
TYPED = {
    "phone": ("0912 345 678", "912345678", "không có", CLEAR),
    "book_number": ("CH00123", "CH 00456", CLEAR),
    "issued": ("12/03/2019", "31/02/2019", "2019", CLEAR),
    "certificate_kind": ("Mẫu mới", CLEAR),
    "sex": ("Nam", "Nữ", "không rõ"),
    "birth": ("1975", "13/03/1975", "03/13/1975", "hôm qua", CLEAR),
    "address": ("Thôn Đông, xã Đại Đồng", "Thôn Tây"),
    "legal_form": ("Hộ gia đình", "Vợ chồng", "gì đó", CLEAR),
    "role": ("Chủ hộ", "Thành viên"),
    "current_user_name": ("Nguyễn Thị Mới",),
    "change_reason": ("thừa kế",),
    "plot_class": ("1",),
    "plot_address": ("Ngõ 9, đường Lý Thái Tổ",),
    "legal_area": ("457,5", "12 + 13", "rộng"),
    "use1_area": ("101,5", "lớn"),
    "use1_purpose": ("ONT", "CLN", "đất gì đó"),
    "use2_purpose": ("CLN",),
    "use2_area": ("50",),
    "asset_kind": ("Nhà ở riêng lẻ",),
    "scans": ("giay.pdf, don.pdf",),
    "uncollectable": ("Vắng mặt", "lý do khác"),
}
#: Somebody on a plot that nobody has yet.
NEW = {
    "serial": "CE 999999", "name": "Đỗ Thị Mới", "id_number": "024175999999", "birth": "1975", "sex": "Nữ",
    "sheet": "77", "number": "7", "plot_address": "Ngõ 9", "legal_form": "Cá nhân",
}  # fmt: skip
ROW_OF_NEW = 9


def told(batch: CorrectionBatch) -> dict[int, Any]:
    """Row → all that is kept of it."""
    columns = (
        "state", "why", "kinds", "kind", "plot", "land_user", "group_before", "group_after", "is_backed",
        "effect", "cells", "changes",
    )  # fmt: skip
    found = {row: values for row, *values in batch.lines.values_list("row", *columns)}
    for values in found.values():
        # A new certificate without a serial is named by its number, another one each time.
        values[-1] = [[*change[:4], re.sub(r"^#\d+$", "#", change[4])] for change in values[-1]]
    noted = RowProblem.objects.filter(file=batch.file).exclude(row=ROW_OF_NEW)
    words = sorted(noted.values_list("row", "level", "column", "value", "code"))
    return {row: (values, [word for word in words if word[0] == row]) for row, values in found.items()}


@pytest.mark.parametrize("seed", range(12))
def test_a_new_row_in_the_workbook_changes_nothing_of_what_the_others_come_to(
    ground: Ground, seed: int
) -> None:
    chance = random.Random(seed)
    organisation = factories.make_land_user(ground.commune, kind="organisation", name="Công ty A")
    first = ground.holdings[0]
    Holding.objects.filter(pk=first.pk).update(land_user=organisation)
    if seed % 3 == 0:  # its certificate is new where a cell tells of one: read whole even without a new row
        Holding.objects.filter(pk=ground.holdings[1].pk).update(certificate=None)
    workbook = give_out(ground)
    typed = {
        (row_of(workbook, holding), name): chance.choice(TYPED[name])
        for holding in ground.holdings
        for name in chance.sample(sorted(TYPED), chance.randint(0, 4))
    }
    alone = told(send_up(ground, filled(workbook, typed), clears=True, clear_reason="sai"))
    new = {(ROW_OF_NEW, name): text for name, text in NEW.items()}
    new[ROW_OF_NEW, "commune_code"] = ground.commune.code
    beside = told(send_up(ground, filled(workbook, typed | new), clears=True, clear_reason="sai"))
    assert beside.pop(ROW_OF_NEW)[0][0] == "proposed"
    for row in alone:
        assert beside[row] == alone[row]


def test_a_holding_that_goes_while_the_workbook_is_read_turns_its_row_away(
    ground: Ground, monkeypatch: pytest.MonkeyPatch
) -> None:
    workbook = give_out(ground)
    rows = [row_of(workbook, holding) for holding in ground.holdings[:2]]
    gone = ground.holdings[0]

    def resolve(entries: Any) -> Any:
        # Somebody takes back the import that brought it, just then.
        Holding.objects.filter(pk=gone.pk).delete()
        return found(entries)

    found = merge.resolve
    monkeypatch.setattr(merge, "resolve", resolve)
    batch = send_up(ground, filled(workbook, {(row, "phone"): "0912345678" for row in rows}))
    assert [states(batch)[row] for row in rows] == ["rejected", "proposed"]
    assert whys(batch)[rows[0]] == problems.RECORD_GONE


def test_a_dry_run_writes_no_finding_and_no_move_and_foresees_what_applying_brings(
    ground: Ground, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[tuple[int, int]] = []
    foresee = effects.foresee

    def watched(*args: Any, **more: Any) -> classification.Foreseen:
        before = Finding.objects.open().count(), GroupMove.objects.count()
        foreseen = foresee(*args, **more)
        seen.append((Finding.objects.open().count() - before[0], GroupMove.objects.count() - before[1]))
        return foreseen

    monkeypatch.setattr(effects, "foresee", watched)
    workbook = give_out(ground)
    rows = [row_of(workbook, holding) for holding in ground.holdings]
    typed = {(rows[0], "book_number"): "CH1", (rows[1], "book_number"): "CH2", (rows[2], "birth"): "1901"}
    batch = send_up(ground, filled(workbook, typed))
    foreseen = batch.report
    assert seen == [(0, 0)]
    assert foreseen["moves"]
    apply(batch, ground.reviewer)
    assert {name: batch.report[name] for name in ("moves", "groups_after", "plots")} == {
        name: foreseen[name] for name in ("moves", "groups_after", "plots")
    }


def test_what_is_not_given_out_again_stays_as_it_was(ground: Ground) -> None:
    """Only the changed cells are read of a settled row: all others of its records are left alone."""
    workbook = give_out(ground)
    row = row_of(workbook, ground.holdings[0])
    before = LandUser.objects.filter(pk=ground.people[0].pk).values().get()
    apply(send_up(ground, filled(workbook, {(row, "phone"): "0912 345 678"})), ground.reviewer)
    after = LandUser.objects.filter(pk=ground.people[0].pk).values().get()
    assert {name for name in before if before[name] != after[name]} == {"phone"}
