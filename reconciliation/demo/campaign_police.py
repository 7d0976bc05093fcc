"""Lists for the police during the campaign, and their answers, by the actions that the pages use.

Every other week a list leaves; a week or two later the first part of its answers comes, the second a week
after that, and about some people nothing. The answers to the last list wait for somebody's yes.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

from django.core.files.uploadedfile import SimpleUploadedFile
from django.db.models import Count
from django.utils import timezone

from landdb.models import Role, User

from ..actions import answer_files, answer_portions, police_batches, police_freezing, police_parts
from ..actions import police_portions as portions
from ..models import AnswerFile, PoliceAnswer, Verification, VerificationBatch, VerificationLine
from . import police_answers
from .bounded import first_within
from .campaign_clock import Errand, moment

#: A list leaves every so many weeks, with so many people at most, to be answered within so many days.
EVERY, MOST, DUE = 2, 300, dt.timedelta(days=60)
#: People of a large commune that is asked about alone, at most.
MOST_OF_ONE = 1_500
_OUTCOMES = (Verification.Outcome.NOT_FOUND.value, Verification.Outcome.UNVERIFIABLE.value)
_PARTS = 2


@dataclass
class Police:
    """Who asks, who agrees, who answers; the communes are asked about in so many turns as there are lists."""

    asker: User
    second: User
    liaison: User
    communes: Sequence[int]
    weeks: int
    seed: int
    _lists: dict[int, VerificationBatch] = field(default_factory=dict)
    _sent: dict[int, list[tuple[str, bytes]]] = field(default_factory=dict)
    _files: dict[tuple[int, int], AnswerFile] = field(default_factory=dict)

    @classmethod
    def of(cls, communes: Sequence[int], weeks: int, seed: int) -> Police | None:
        """With the demo's own accounts; None where they are not there."""
        active = User.objects.filter(is_active=True, office=None, commune=None).order_by("username")
        seniors = list(active.filter(role=Role.SENIOR_REVIEWER)[:2])
        liaison = active.filter(role=Role.POLICE_LIAISON).first()
        if len(seniors) < 2 or liaison is None:
            return None
        return cls(seniors[0], seniors[1], liaison, sorted(communes), weeks, seed)

    def errands(self, week: dt.date, number: int) -> list[Errand]:
        """What is done in a week; `number` counts the weeks."""
        found = []
        for turn in range(self._turns):
            # Counted back from the last closed week, so that the last list has answers that wait.
            left = self._turns - 1 - turn
            begun = max(0, self.weeks - 2 - left * EVERY)
            answered = begun + 1 + left % 2
            if number == begun:
                found.append(Errand(moment(week, 1, dt.time(9, 12, 8)), partial(self._ask, turn)))
                found.append(Errand(moment(week, 1, dt.time(14, 31, 5)), partial(self._hand_out, turn)))
            if 0 <= (part := number - answered) < _PARTS:
                clock = dt.time(10, 4 + turn % 50)
                found.append(Errand(moment(week, 2 + part, clock), partial(self._receive, turn, part)))
                if left:
                    clock = dt.time(15, 16 + turn % 40)
                    found.append(Errand(moment(week, 2 + part, clock), partial(self._apply, turn, part)))
        return found

    @property
    def _turns(self) -> int:
        return max(1, self.weeks // EVERY)

    def _ask(self, turn: int) -> Counter[str]:
        communes = self._where(turn)
        if not communes:
            return Counter()
        wanted = police_batches.Wanted(
            outcomes=_OUTCOMES,
            communes=tuple(communes),
            purpose="Xác minh người sử dụng đất chưa có trong dữ liệu dân cư",
            legal_basis="Kế hoạch 515/KH-BCA-BNNMT",
            due_on=timezone.localdate() + DUE,
            split=VerificationBatch.Split.COMMUNE,
        )
        batch = police_batches.draft(wanted, by=self.asker)
        police_freezing.freeze(batch)
        batch.refresh_from_db()
        if not batch.lines.exists():
            police_batches.drop(batch, by=self.asker)
            return Counter()
        self._lists[turn] = police_batches.go(batch, by=self.asker)
        return Counter(lists=1)

    def _where(self, turn: int) -> list[int]:
        """Of the communes whose turn it is those with the fewest people, up to MOST together."""
        turns = self.communes[turn :: self._turns]
        people = Verification.objects.filter(outcome__in=_OUTCOMES, commune__in=turns)
        counted = people.values_list("commune").annotate(n=Count("pk")).order_by("n", "commune")
        return first_within(counted, MOST, MOST_OF_ONE)

    def _hand_out(self, turn: int) -> Counter[str]:
        batch = self._lists.get(turn)
        if batch is None:
            return Counter()
        if batch.state == VerificationBatch.State.ASKED:
            batch = police_batches.answer(batch, by=self.second, is_yes=True)
        for first, last in portions.portions(batch, VerificationLine.State.FROZEN):
            portions.hand_out(batch, first, last)
        police_parts.prepare(batch)
        portions.finish(batch.pk)
        return Counter(asked=batch.lines.filter(state=VerificationLine.State.WAITING).count())

    def _receive(self, turn: int, part: int) -> Counter[str]:
        if turn not in self._lists:
            return Counter()
        if turn not in self._sent:
            self._sent[turn] = _written(self._lists[turn], self.seed * 100 + turn)
        name, content = self._sent[turn][part]
        answers = answer_files.receive(SimpleUploadedFile(name, content), by=self.liaison)
        answer_files.read(answers)
        self._files[turn, part] = answers
        return Counter(answer_files=1)

    def _apply(self, turn: int, part: int) -> Counter[str]:
        answers = self._files.get((turn, part))
        if answers is None or answers.state != AnswerFile.State.WAITING:
            return Counter()
        answers = answer_files.approve(answers, by=self.second, reason="Đã đối chiếu với danh sách đã giao")
        for first, last in answer_portions.portions(answers, PoliceAnswer.State.PLANNED):
            answer_portions.carry_out(answers, first, last)
        answer_files.finish(answers.pk, AnswerFile.State.APPLYING)
        return Counter(answers=answers.rows.filter(state=PoliceAnswer.State.APPLIED).count())


def _written(batch: VerificationBatch, seed: int) -> list[tuple[str, bytes]]:
    """The parts of the answers to a list, as the police would send them: file name and content."""
    with TemporaryDirectory() as folder:
        sent = police_answers.write(batch, Path(folder), seed)
        return [(f"{batch.number}-{path.name}", path.read_bytes()) for path in sent.files]
