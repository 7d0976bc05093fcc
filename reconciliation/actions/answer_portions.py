"""The portions in which answers are applied to people, their plots with them, and taken back.

All that is written stands in the change set of the file. A portion is one transaction: a second run finds it
done.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from citizens.models import Resident
from landdb.models import User
from parcels.models import LandUser

from .. import matching
from ..models import (
    AnswerFile,
    Change,
    Decision,
    GroupMove,
    Match,
    PoliceAnswer,
    VerificationEntry,
    VerificationLine,
    WorkItem,
)
from . import answer_weighing as weighing
from . import bearing, changes, effects, handovers, matches, police_words
from .answer_files import Row, State
from .answer_plan import judge
from .changes import FieldChange
from .handovers import Handover, With
from .police_batches import Line

#: Answers applied in one transaction.
PORTION = 250
W = weighing.W
Pair = tuple[LandUser, Resident]


def portions(answers: AnswerFile, state: PoliceAnswer.State) -> list[tuple[int, int]]:
    """First and last answer of each portion of those in a state."""
    ids = list(answers.rows.filter(state=state).order_by("pk").values_list("pk", flat=True))
    return [(ids[n], ids[min(n + PORTION, len(ids)) - 1]) for n in range(0, len(ids), PORTION)]


@transaction.atomic
def carry_out(answers: AnswerFile, first: int, last: int) -> dict[str, int]:
    """Apply a portion, but for answers that by now say nothing new or contradict."""
    if answers.state != State.APPLYING or answers.change_set is None or answers.decided_by is None:
        return {}
    rows = answers.rows.filter(pk__range=(first, last), state=Row.PLANNED)
    found = list(rows.select_related("line__answer").order_by("pk"))
    lock(found)
    ground = weighing.Ground.of(found)
    for answer in found:
        standing = answer.line.answer
        judge(answer, [standing] if standing else [], ground)
    planned = [answer for answer in found if answer.state == Row.PLANNED]
    people = write(answers, planned, ground, by=answers.decided_by)
    PoliceAnswer.objects.bulk_update(found, ["state", "conflict"], batch_size=PORTION)
    return {"answers": len(planned), "set_apart": len(found) - len(planned), "people": people}


def write(answers: AnswerFile, planned: Sequence[PoliceAnswer], ground: weighing.Ground, *, by: User) -> int:
    """Write answers whose people are locked; they are then APPLIED. How many people they bear on."""
    change_set = answers.change_set
    if change_set is None or not planned:
        return 0
    wanted: list[FieldChange] = []
    pairs: list[Pair] = []
    people: set[int] = set()
    items = _items(ground, planned)
    for answer in planned:
        resident = ground.resident(answer) if answer.word in weighing.KNOWN else None
        for person in ground.people.get(answer.line_id, []):
            people.add(person.pk)
            wanted += _changes(answer, person, items.get(person.pk))
            pairs += [(person, resident)] if resident else []
    before = bearing.reach(people, [])
    changes.put_in(change_set, wanted)
    new = _candidates(pairs)
    changes.put_in(change_set, [FieldChange(match, "picked_by_id", by.pk) for match in new])
    # The engine weighs a new candidate first: the word is kept with the evidence that stood behind it.
    matching.refresh([match.land_user_id for match in new])
    changes.put_in(change_set, _accepted(pairs, by))
    effects.again(people, [], GroupMove.Cause.POLICE, change_set, before=before, at_once=None)
    _stand(planned)
    return len(people)


def _changes(answer: PoliceAnswer, person: LandUser, item: WorkItem | None) -> Iterable[FieldChange]:
    for name, value in weighing.corrections(person, answer).items():
        yield FieldChange(person, name, value)
    if item is None:
        return
    yield FieldChange(item, "police_word", answer.word)
    if item.waits_with == With.POLICE:
        yield from handovers.changes_of(item, Handover(With.DESK))


def _items(ground: weighing.Ground, planned: Sequence[PoliceAnswer]) -> dict[int, WorkItem]:
    """The work items of the people, locked; whoever was merged meanwhile may have none yet."""
    ids = [person.pk for answer in planned for person in ground.people.get(answer.line_id, [])]
    held = WorkItem.objects.select_for_update().filter(land_user__in=ids).order_by("pk")
    there = {item.land_user_id: item for item in held}
    missing = set(ids) - set(there)
    return there | handovers.open_items(missing) if missing else there


def _candidates(pairs: Sequence[Pair]) -> list[Match]:
    """New candidates for people whose resident the engine had not found."""
    ids = [person.pk for person, _resident in pairs]
    there = set(Match.objects.filter(land_user__in=ids).values_list("land_user", "resident"))
    wanted = {(p.pk, r.pk): (p, r) for p, r in pairs if (p.pk, r.pk) not in there and _is_comparable(p)}
    return Match.objects.bulk_create(
        Match(
            land_user=person,
            resident=resident,
            commune_id=person.commune_id,
            stage=Match.Stage.SCORED,
            score=0.0,
            probability=0.0,
            outcome=Match.Outcome.NONE,
        )
        for person, resident in wanted.values()
    )


def _is_comparable(person: LandUser) -> bool:
    return person.kind == LandUser.Kind.INDIVIDUAL and bool(person.name_fold)


def _accepted(pairs: Sequence[Pair], by: User) -> list[FieldChange]:
    """The police's word on who somebody is; an earlier accept of another resident gives way."""
    reason = _("Công an xác minh")
    residents = {person.pk: resident.pk for person, resident in pairs}
    found = Match.objects.select_for_update().filter(land_user__in=residents).order_by("pk")
    wanted: list[FieldChange] = []
    for match in found:
        if match.resident_id == residents[match.land_user_id]:
            if match.state != Match.State.ACCEPTED:
                wanted += matches.changes_of(match, Decision.Kind.SAME, by=by, reason=reason)
        elif match.state == Match.State.ACCEPTED:
            wanted += matches.changes_of(match, Decision.Kind.DIFFERENT, by=by, reason=reason)
    return wanted


def _stand(planned: Sequence[PoliceAnswer]) -> None:
    """From now on these are what the police say; what stood before is kept as replaced."""
    before = [answer.line.answer_id for answer in planned if answer.line.answer_id]
    PoliceAnswer.objects.filter(pk__in=before).update(state=Row.REPLACED)
    lines = []
    for answer in planned:
        answer.state, answer.conflict = Row.APPLIED, PoliceAnswer.Conflict.NO
        answer.line.answer, answer.line.state = answer, Line.ANSWERED
        lines.append(answer.line)
    VerificationLine.objects.bulk_update(lines, ["answer", "state"], batch_size=PORTION)


@transaction.atomic
def take_back(answers: AnswerFile, first: int, last: int) -> dict[str, int]:
    """Undo a portion; records that were changed since stay as they are."""
    if answers.state != State.UNDOING or answers.change_set is None:
        return {}
    rows = answers.rows.filter(pk__range=(first, last), state__in=[Row.APPLIED, Row.REPLACED])
    found = list(rows.select_related("line").order_by("-pk"))
    people = lock(found)
    items = list(WorkItem.objects.filter(land_user__in=people).values_list("pk", flat=True))
    pairs = list(Match.objects.filter(land_user__in=people).values_list("pk", flat=True))
    before = bearing.reach(people, [])
    taken = changes.take_out(
        answers.change_set,
        Q(model=WorkItem._meta.label_lower, record_id__in=items)
        | Q(model=Match._meta.label_lower, record_id__in=pairs)
        | Q(model=LandUser._meta.label_lower, record_id__in=people),
    )
    _stand_as_before(found)
    # A word that a merge carried on stands in the change set of the merge.
    if answers.undo_asked_by is not None:
        words = police_words.heard_with_merged(people)
        police_words.set_right(_carried(people, words), words, by=answers.undo_asked_by, reason=_("Hoàn tác"))
    effects.again(people, [], GroupMove.Cause.UNDO, answers.change_set, before=before, at_once=None)
    kept = {(c.model, c.record_id) for c in taken if c.state == Change.State.KEPT}
    return {"answers": len(found), "kept": len(kept)}


def _carried(people: Collection[int], words: dict[int, str]) -> list[int]:
    """Those of these land users of whom no answer stands any more, and into whom others were merged."""
    merged = LandUser.objects.filter(merged_into__in=people).values_list("merged_into", flat=True)
    return [pk for pk in set(merged) if pk is not None and pk not in words]


def _stand_as_before(undone: Sequence[PoliceAnswer]) -> None:
    """The lines say again what they said before, or wait."""
    ids = [answer.pk for answer in undone]
    PoliceAnswer.objects.filter(pk__in=ids).update(state=Row.UNDONE)
    for line in {answer.line_id: answer.line for answer in undone}.values():
        earlier = line.answers.filter(state__in=[Row.REPLACED, Row.APPLIED]).order_by("-pk").first()
        if earlier is not None and earlier.state == Row.REPLACED:
            earlier.state = Row.APPLIED
            earlier.save(update_fields=["state"])
        line.answer, line.state = earlier, Line.ANSWERED if earlier else Line.WAITING
        line.save(update_fields=["answer", "state"])


def lock(found: Sequence[PoliceAnswer]) -> list[int]:
    """The land users whom answers are about, locked in the order in which everybody locks them."""
    lines = [answer.line_id for answer in found]
    entries = VerificationEntry.objects.filter(line__in=lines).select_related("land_user")
    ids = {entry.land_user.merged_into_id or entry.land_user_id for entry in entries}
    rows = LandUser.objects.filter(pk__in=ids).order_by("pk").select_for_update(of=("self",))
    return list(rows.values_list("pk", flat=True))
