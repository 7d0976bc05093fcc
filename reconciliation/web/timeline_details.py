"""The lines of a timeline with all they tell: field by field, what was noted, and what may be taken back."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Model
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from landdb.models import User

from ..actions import restorations
from ..actions.records import EDITABLE, now
from ..models import Change, ChangeSet, Decision
from .land_users import DECIDERS
from .land_users import READERS as PEOPLE_READERS
from .timeline_lines import Field, Line, line_of
from .timeline_sources import Head, changes_of
from .timeline_statements import Source
from .timeline_subject import Subject
from .timeline_words import NAMES, Words, is_shown, waiver_end, whose


@dataclass(frozen=True, slots=True)
class _Read:
    """What all lines of a page need: changes by set, names for keys, the records as they stand, who reads,
    and the land user whose own history it is."""

    changes: dict[int, list[Change]]
    words: Words
    present: dict[tuple[str, int], Model]
    user: User
    own: int | None


def of(heads: Sequence[Head], subject: Subject, user: User, *, own: int | None) -> list[Line]:
    """Put these heads into words; `own` is the land user whose own history it is."""
    changes = changes_of(subject, list({head.pk for head in heads if head.is_set}))
    words = Words.of(_told(heads, changes), may_see_people=user.has_role(*PEOPLE_READERS))
    present = _present(changes) if user.has_role(*DECIDERS) else {}
    read = _Read(changes, words, present, user, own)
    return [_line(head, read) for head in heads]


def _told(
    heads: Iterable[Head], changes: dict[int, list[Change]]
) -> Iterator[tuple[str, int, str, Any, Any]]:
    for each in changes.values():
        for change in each:
            yield change.model, change.record_id, change.field, change.old, change.new
    for head in heads:
        if head.source == Source.AUDITED:
            for name, (old, new) in head.told["fields"].items():
                yield head.told["model"], head.told["record"], name, old, new


def _present(by_set: dict[int, list[Change]]) -> dict[tuple[str, int], Model]:
    """The records as they stand, of changes that may be put back."""
    wanted: dict[str, set[int]] = defaultdict(set)
    for changes in by_set.values():
        for change in changes:
            if restorations.is_restorable(change):
                wanted[change.model].add(change.record_id)
    return {
        (label, record.pk): record
        for label, ids in wanted.items()
        for record in EDITABLE[label].model._default_manager.filter(pk__in=ids)
    }


def _line(head: Head, read: _Read) -> Line:
    line = line_of(head, read.changes.get(head.pk, ()) if head.is_set else ())
    if head.source == Source.APPLIED:
        changes = read.changes[head.pk]
        line.notes = [note for note in _notes(head, changes, line.notes) if note]
        line.fields = _fields(changes, read)
        if changes and all(change.state == Change.State.KEPT for change in changes):
            # Of many it was taken back, of this record not.
            line.state = str(Change.State.KEPT.label)
        line.undo = _undoable(head, read.user)
    elif head.source == Source.UNDONE:
        line.notes = _kept(_fields(read.changes[head.pk], read))
    elif head.source == Source.AUDITED:
        line.fields = _audited(head, read)
    elif "land_user" in head.told and head.told["land_user"] != read.own:
        line.notes = [head.told["name"]]
    return line


def _notes(head: Head, changes: list[Change], of_file: list[str]) -> Iterator[str]:
    """Why, until when, who passed the file, and what the second person said."""
    told = head.told
    yield told["reason"]
    yield waiver_end(told["kind"], told["state"], changes)
    yield from of_file
    if told["answered_by"] is not None:
        said = _("%(by)s đồng ý") if told["is_yes"] else _("%(by)s không đồng ý")
        yield said % {"by": told["answered_by"]}
        yield told["answer"]
    elif told["is_answered"]:
        yield _("người đề nghị đã rút")
    elif told["is_asked"] and told["state"] == ChangeSet.State.PLANNED:
        yield _("chờ người thứ hai đồng ý")


def _undoable(head: Head, user: User) -> int | None:
    """The decision that made the change set, where this user may take it back."""
    told = head.told
    if told["decision"] is None:
        return None
    decision = Decision(kind=told["decided"], by_id=told["decided_by"])
    decision.change_set = ChangeSet(state=told["state"])
    pk: int = told["decision"]
    return pk if decision.is_undoable_by(user) else None


def _kept(fields: list[Field]) -> list[str]:
    kept = sum(1 for each in fields if each.state)
    if not kept:
        return []
    told = ngettext(
        "%(n)d chỗ đã có người đổi tiếp nên giữ nguyên.",
        "%(n)d chỗ đã có người đổi tiếp nên giữ nguyên.",
        kept,
    )
    return [told % {"n": kept}]


def _fields(changes: Iterable[Change], read: _Read) -> list[Field]:
    words = read.words
    drawn = []
    for change in changes:
        if not is_shown(change.model, change.field):
            continue
        record = read.present.get((change.model, change.record_id))
        current = now(record, change.field) if record is not None else change.old
        may = record is not None and restorations.is_restorable(change) and current != change.old
        was_applied = change.state in (Change.State.APPLIED, Change.State.UNDONE)
        drawn.append(
            Field(
                words.title(change.model, change.record_id, change.field),
                whose(change.model, words, change.record_id, read.own),
                words.value(change.model, change.field, change.old),
                words.value(change.model, change.field, change.new),
                change.row,
                ""
                if was_applied or change.state == Change.State.PLANNED
                else str(change.get_state_display()),
                change if may and was_applied else None,
                restorations.stamp(current) if may else "",
            )
        )
    return drawn


def _audited(head: Head, read: _Read) -> list[Field]:
    label, record_id, words = head.told["model"], head.told["record"], read.words
    changed = head.told["fields"]
    return [
        Field(
            words.title(label, record_id, name),
            whose(label, words, record_id, read.own),
            old=words.value(label, name, changed[name][0]),
            new=words.value(label, name, changed[name][1]),
        )
        for name in NAMES
        if name in changed and is_shown(label, name)
    ]
