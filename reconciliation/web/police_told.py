"""A list for the police in words and figures: what it asks, how far it is, who answered what."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Count, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from landdb.models import AdminUnit, Role, User
from landdb.normalise import id_numbers

from ..actions import police_batches, police_freezing, police_parts
from ..models import PoliceAnswer, PoliceUnit, PoliceWord, Verification, VerificationBatch, VerificationLine
from .police_forms import DueForm, TakeOutForm

State, Line = VerificationBatch.State, VerificationLine.State
#: People shown on the page of a list.
SAMPLE = 10
_OUT = (State.ISSUED, State.BACK_ASKED, State.WITHDRAWN)
#: Who may carry a list out of the house.
TAKERS = (Role.REVIEWER, Role.SENIOR_REVIEWER, Role.POLICE_LIAISON)
_LEFT_OUT = {
    police_freezing.WITH_POLICE: _lazy("đang ở công an"),
    police_freezing.ELSEWHERE: _lazy("đang ở xã, ở chủ đất, hoặc không còn ở công an"),
    police_freezing.NAMELESS: _lazy("không có tên để hỏi"),
}


@dataclass
class Tally:
    """Lines of a batch, a commune or a unit: by state, and the answered by what was said."""

    asked: int = 0
    states: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    words: dict[str, int] = field(default_factory=lambda: defaultdict(int))

    def add(self, state: str, word: str | None, n: int) -> None:
        self.asked += n
        self.states[state] += n
        if word and state == Line.ANSWERED:
            self.words[word] += n

    @property
    def waiting(self) -> int:
        return self.states[Line.WAITING]

    @property
    def answered(self) -> int:
        return self.states[Line.ANSWERED]

    @property
    def is_out(self) -> bool:
        """Somebody was handed out; before that nobody waits and nobody can have answered."""
        return self.states[Line.FROZEN] < self.asked

    @property
    def by_word(self) -> list[int]:
        """In the order of PoliceWord."""
        return [self.words[word] for word in PoliceWord]

    @property
    def by_state(self) -> list[tuple[Any, int]]:
        """The parts of the equation that are not empty."""
        return [(Line(state).label, n) for state, n in sorted(self.states.items()) if n]


def tallies(batches: Iterable[VerificationBatch], user: User) -> dict[int, Tally]:
    """Batch → its lines in the user's territory."""
    rows = VerificationLine.objects.visible_to(user).filter(batch__in=list(batches))
    found: dict[int, Tally] = defaultdict(Tally)
    for row in rows.order_by().values("batch", "state").annotate(n=Count("pk")):
        found[row["batch"]].add(row["state"], None, row["n"])
    return found


def lines(batches: Sequence[VerificationBatch], user: User) -> list[dict[str, Any]]:
    """Lists with their figures, and whether somebody is late."""
    found = tallies(batches, user)
    return [
        {"batch": batch, "tally": found[batch.pk], "is_late": batch.is_late and found[batch.pk].waiting > 0}
        for batch in batches
    ]


def choices(user: User) -> dict[str, int]:
    """How many people of the territory there are of each outcome that the police can be asked about."""
    found = Verification.objects.visible_to(user).filter(outcome__in=police_batches.OUTCOMES)
    counts = dict(found.order_by().values("outcome").annotate(n=Count("pk")).values_list("outcome", "n"))
    return {outcome.value: counts.get(outcome.value, 0) for outcome in police_batches.OUTCOMES}


def answers(user: User) -> QuerySet[PoliceAnswer]:
    """Answers about people of the territory."""
    within = user.commune_ids()
    found = PoliceAnswer.objects.all()
    return found if within is None else found.filter(line__commune__in=within)


def conflicts(user: User) -> QuerySet[PoliceAnswer]:
    """Answers that contradict, in the territory, the newest first."""
    return answers(user).filter(state=PoliceAnswer.State.CONFLICT).order_by("-pk")


def in_conflict(user: User) -> QuerySet[VerificationLine]:
    """People of the territory about whom an answer contradicts."""
    return VerificationLine.objects.filter(pk__in=conflicts(user).order_by().values("line"))


def page(batch: VerificationBatch, user: User) -> dict[str, Any]:
    """What the page of a list shows."""
    whole, every = _figures(batch, user)
    rows = [(name, each) for name, each in every if each.waiting or each.answered or not whole.is_out]
    heard = [n for n, word in enumerate(whole.by_word) if word]
    is_decider = user.has_role(Role.REVIEWER, Role.SENIOR_REVIEWER)
    parts = police_parts.parts_for(batch, user) if batch.state in _OUT else []
    shown = VerificationLine.objects.visible_to(user).filter(batch=batch).select_related("commune")
    left = batch.report.get("left_out", {})
    job = batch.job
    return {
        "batch": batch,
        "tally": whole,
        "rows": [(name, each, [each.by_word[n] for n in heard]) for name, each in rows],
        "rest": len(every) - len(rows),
        "words": [list(PoliceWord)[n].label for n in heard],
        "heard": [whole.by_word[n] for n in heard],
        "found": batch.report.get("found", 0),
        "entries": batch.report.get("entries", 0),
        "left_out": [(_LEFT_OUT.get(code, code), n) for code, n in left.items()],
        "outcomes": [Verification.Outcome(code).label for code in batch.outcomes],
        "communes": AdminUnit.objects.filter(pk__in=batch.communes).order_by("sort_key"),
        "sample": [(line, id_numbers.mask(line.id_number)) for line in shown.order_by("number")[:SAMPLE]],
        "parts": parts,
        "take_out_form": TakeOutForm(parts=[part.pk for part in parts]),
        "due_form": DueForm(),
        "is_live": job is not None and job.is_open,
        "is_stopped": job is not None
        and not job.is_open
        and batch.state in (State.ISSUING, State.WITHDRAWING),
        "is_late": batch.is_late and whole.waiting > 0,
        "days_late": (timezone.localdate() - batch.due_on).days,
        "needs_second": police_batches.needs_second(batch) if batch.state == State.SHOWN else False,
        "may_go": batch.state == State.SHOWN and batch.by_id == user.pk and whole.asked > 0,
        "may_drop": batch.state == State.SHOWN and batch.by_id == user.pk,
        "may_take_back": batch.state == State.ASKED and batch.by_id == user.pk,
        "may_answer": user.has_role(Role.SENIOR_REVIEWER)
        and not (batch.state == State.BACK_ASKED and police_batches.reaches_beyond(batch, user))
        and user.pk
        != {State.ASKED: batch.by_id, State.BACK_ASKED: batch.back_asked_by_id}.get(
            State(batch.state), user.pk
        ),
        "may_steer": batch.state == State.ISSUED
        and is_decider
        and whole.waiting > 0
        and not police_batches.reaches_beyond(batch, user),
        "again": police_batches.on_its_way(batch) if batch.state == State.ISSUED else None,
        "may_begin_anew": batch.state == State.WITHDRAWN and is_decider,
        "anew": "&".join(f"outcome={code}" for code in batch.outcomes),
        "may_take_out": bool(parts) and user.has_role(*TAKERS),
    }


def _figures(batch: VerificationBatch, user: User) -> tuple[Tally, list[tuple[str, Tally]]]:
    """The whole, and each commune or police unit."""
    by = "unit" if batch.split == VerificationBatch.Split.UNIT else "commune"
    found = VerificationLine.objects.visible_to(user).filter(batch=batch).order_by()
    whole, each = Tally(), defaultdict[int | None, Tally](Tally)
    for row in found.values(by, "state", "answer__word").annotate(n=Count("pk")):
        whole.add(row["state"], row["answer__word"], row["n"])
        each[row[by]].add(row["state"], row["answer__word"], row["n"])
    names: dict[int, str]
    if by == "unit":
        names = dict(PoliceUnit.objects.filter(pk__in=[pk for pk in each if pk]).values_list("pk", "name"))
        order = sorted(names, key=lambda pk: names[pk])
    else:
        units = AdminUnit.objects.filter(pk__in=[pk for pk in each if pk]).order_by("sort_key")
        names = {unit.pk: unit.name for unit in units}
        order = list(names)
    told = [(names[pk], each[pk]) for pk in order]
    if None in each:
        told.append((_("Chưa phân") if by == "unit" else _("Chưa rõ"), each[None]))
    return whole, told
