"""Communes' workbooks during the campaign: given out, filled in, sent, approved, by the actions of the pages.

Each week the officials whose turn it is have one made; one of the last closed week waits for the
office's yes.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from dataclasses import dataclass, field
from functools import partial

from django.core.files.uploadedfile import SimpleUploadedFile
from django.db.models import Sum

from landdb.models import Role, User

from ..actions import uploads, workbooks
from ..actions.upload_compare import REGISTER
from ..actions.workbook_marks import for_communes
from ..actions.workbook_rows import Wanted
from ..models import CorrectionBatch, CorrectionRow, Tally, Workbook
from . import campaign_typed
from .bounded import first_within
from .campaign_clock import Errand, moment

#: Workbooks of a week; plots in one, and in one of a large commune in which no rule speaks of fewer.
PER_WEEK, MOST, MOST_OF_ONE = 3, 40, 400
#: In such weeks the first workbook goes back to its commune.
_SENT_BACK = 5
State = CorrectionBatch.State


@dataclass
class Books:
    """The officials of communes, and who approves: the reviewer of their office, by its id."""

    officials: list[User]
    deciders: dict[int, User]
    weeks: int
    seed: int
    _given: dict[tuple[int, int], Workbook] = field(default_factory=dict)
    _sent: dict[tuple[int, int], CorrectionBatch] = field(default_factory=dict)
    _left: CorrectionBatch | None = None

    @classmethod
    def of(cls, weeks: int, seed: int) -> Books:
        """With the demo's own accounts; officials without a reviewer of their office send nothing."""
        active = User.objects.filter(is_active=True).order_by("pk")
        reviewers = active.filter(role=Role.REVIEWER, office__isnull=False)
        deciders = {user.office_id: user for user in reviewers if user.office_id}
        officials = active.filter(role=Role.COMMUNE_OFFICIAL, commune__office__in=deciders)
        return cls(list(officials.select_related("commune")), deciders, weeks, seed)

    def errands(self, week: dt.date, number: int) -> list[Errand]:
        """What is done in a week; `number` counts the weeks."""
        found = []
        for place in range(min(PER_WEEK, len(self.officials))):
            key, minute = (number, place), 11 * place + 5
            found.append(Errand(moment(week, 0, dt.time(10, minute)), partial(self._give, key)))
            found.append(Errand(moment(week, 2, dt.time(16, minute)), partial(self._bring, key, week)))
            found.append(Errand(moment(week, 4, dt.time(9, minute)), partial(self._decide, key)))
        return found

    def _official(self, key: tuple[int, int]) -> User:
        """Whose turn it is, counted back from the first one, who begins the last closed week."""
        number, place = key
        return self.officials[((number - self.weeks + 1) * PER_WEEK + place) % len(self.officials)]

    def _give(self, key: tuple[int, int]) -> Counter[str]:
        official = self._official(key)
        if official.commune is None or not (rules := _rules(official.commune.pk)):
            return Counter()
        workbook = workbooks.ask(
            official.commune, Wanted(rules), by=official, purpose="Bổ sung thông tin còn thiếu trong tuần"
        )
        workbooks.make(workbook)
        if workbook.state != Workbook.State.READY:
            return Counter()
        workbooks.take(workbook, by=official)
        self._given[key] = workbook
        return Counter(workbooks=1)

    def _bring(self, key: tuple[int, int], week: dt.date) -> Counter[str]:
        workbook = self._given.get(key)
        if workbook is None:
            return Counter()
        official = workbook.made_by
        content = campaign_typed.fill_in(workbook, f"{self.seed}-{key}")
        name = f"Bieu01_{workbook.commune.code}_{week:%Y%m%d}.xlsx"
        batch = uploads.receive(SimpleUploadedFile(name, content), workbook.commune, by=official)
        uploads.read(batch)
        batch.refresh_from_db()
        _settle(batch)
        try:
            batch = uploads.send(batch, by=official)
        except uploads.NothingToSend:
            return Counter(uploads=1)
        if batch.state == State.APPLYING:
            uploads.carry_out(batch)
        else:
            self._sent[key] = batch
        return Counter(uploads=1)

    def _decide(self, key: tuple[int, int]) -> Counter[str]:
        batch = self._sent.get(key)
        if batch is None or batch.commune.office_id is None:
            return Counter()
        number, place = key
        if number == self.weeks - 1 and self._left is None:
            self._left = batch
            return Counter()
        by = self.deciders[batch.commune.office_id]
        if number % _SENT_BACK == 2 and not place:
            uploads.send_back(batch, by=by, reason="Thiếu bản chụp giấy tờ kèm theo; bổ sung rồi gửi lại")
            return Counter()
        try:
            batch = uploads.approve(batch, by=by, reason="Khớp với hồ sơ lưu")
        except uploads.NothingToSend:
            uploads.send_back(batch, by=by, reason="Các dòng này phải xét từng dòng tại văn phòng")
            return Counter()
        return Counter(rows=uploads.carry_out(batch)["rows"])


def _rules(commune: int) -> tuple[str, ...]:
    """Of what an official can look up, the rules that together bear on no more than MOST plots."""
    wanted = set(campaign_typed.MENDED).intersection(for_communes())
    there = Tally.objects.filter(commune=commune, rule__in=wanted)
    counted = there.values_list("rule").annotate(n=Sum("plots")).filter(n__gt=0).order_by("n", "rule")
    return tuple(first_within(counted, MOST, MOST_OF_ONE))


def _settle(batch: CorrectionBatch) -> None:
    """What the office changed meanwhile stands as the office has it."""
    chosen = {
        line.pk: {name: REGISTER for name, *_sides in line.cells}
        for line in batch.lines.filter(state=CorrectionRow.State.CONFLICT)
    }
    if chosen:
        uploads.read(uploads.choose(batch, chosen))
        batch.refresh_from_db()
