"""A person's word on what the police say otherwise: take the new answer after all, or keep what stands."""

from __future__ import annotations

from collections.abc import Collection

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from landdb.models import User

from ..models import AnswerFile, Decision, GroupMove, Match, PoliceAnswer
from . import answer_files, answer_portions, bearing, changes, effects, matches
from . import answer_weighing as weighing
from .answer_files import Row, State
from .answer_weighing import W
from .changes import FieldChange, WrongState
from .consents import SamePerson


class NotApplied(Exception):
    """The file of a contradicting answer is not applied, so nothing of it can be taken."""


class Settled(WrongState):
    """Somebody settled it already; `by_answer` is the answer that this word was on, None where a file was
    taken back."""

    def __init__(self, answer: PoliceAnswer, by_answer: PoliceAnswer | None) -> None:
        super().__init__(answer.get_state_display())
        self.by_answer = by_answer


class NewAnswer(Exception):
    """More answers about the person contradict by now than the page showed."""


@transaction.atomic
def settle(
    answer: PoliceAnswer, *, take: bool, by: User, reason: str, seen: Collection[int] | None = None
) -> None:
    """A person's word on all that contradicts about one person: take this answer, or keep what stands.

    Whatever else contradicts about the person, of files that are applied, is kept out with it. `seen` are the
    answers that the page showed (None: not asked). Settled, NotApplied, NewAnswer, and SamePerson where it is
    who sent one of the files, leave everything as it is.
    """
    # The people first, as everybody who writes answers does.
    answer_portions.lock([answer])
    rows = PoliceAnswer.objects.filter(line=answer.line_id).order_by("pk").select_for_update(of=("self",))
    every = {each.pk: each for each in rows.select_related("line__answer")}
    held = every[answer.pk]
    if held.state != Row.CONFLICT:
        raise Settled(held, last_word(held))
    open_ones = [each for each in every.values() if each.state == Row.CONFLICT]
    found = AnswerFile.objects.select_for_update(of=("self",)).select_related("file", "change_set")
    wanted = found.filter(pk__in={each.file_id for each in open_ones}, state=State.APPLIED)
    files = {file.pk: file for file in wanted.order_by("pk")}
    if held.file_id not in files:
        raise NotApplied
    about = [each for each in open_ones if each.file_id in files]
    if seen is not None and not {each.pk for each in about} <= set(seen):
        raise NewAnswer
    if any(file.uploaded_by_id == by.pk for file in files.values()):
        raise SamePerson
    if take:
        _take(files[held.file_id], held, by)
    at = timezone.now()
    for each in about:
        if each is not held or not take:
            each.state = Row.KEPT_OUT
        each.decided_by, each.decided_at, each.reason = by, at, reason
        each.save(update_fields=["state", "decided_by", "decided_at", "reason"])
    for file in files.values():
        answer_files.count(file)


def last_word(answer: PoliceAnswer) -> PoliceAnswer | None:
    """The answer about the same person on which somebody said the last word: the one taken, where one was."""
    said = PoliceAnswer.objects.filter(line=answer.line_id, decided_at__isnull=False)
    rows = list(said.select_related("decided_by").order_by("-decided_at", "pk"))
    together = [each for each in rows if each.decided_at == rows[0].decided_at]
    return next((each for each in together if each.state != Row.KEPT_OUT), rows[0] if rows else None)


def _take(file: AnswerFile, answer: PoliceAnswer, by: User) -> None:
    ground = weighing.Ground.of([answer])
    answer_portions.write(file, [answer], ground, by=by)
    if answer.word in (W.NO_SUCH, W.SEVERAL):
        _let_go(file, answer, ground, by)


def _let_go(file: AnswerFile, answer: PoliceAnswer, ground: weighing.Ground, by: User) -> None:
    """Nobody is the land user any more: accepted candidates are turned down, and all is judged again."""
    ids = [person.pk for person in ground.people.get(answer.line_id, [])]
    accepted = Match.objects.select_for_update().filter(land_user__in=ids, state=Match.State.ACCEPTED)
    wanted: list[FieldChange] = []
    for match in accepted:
        wanted += matches.changes_of(match, Decision.Kind.DIFFERENT, by=by, reason=_("Công an xác minh"))
    if wanted and file.change_set is not None:
        before = bearing.reach(ids, [])
        changes.put_in(file.change_set, wanted)
        effects.again(ids, [], GroupMove.Cause.POLICE, file.change_set, before=before, at_once=None)
