"""The lines of a timeline in words: what happened, field by field, by whom, and what may be taken back."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Model
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from landdb.models import ReceivedFile, User
from landdb.templatetags.landdb import num

from ..actions import restorations
from ..actions.records import EDITABLE, now
from ..models import Change, ChangeSet, Decision, GroupMove, Verification, WorkItem
from . import timeline_audit
from .land_users import DECIDERS
from .land_users import READERS as PEOPLE_READERS
from .timeline_audit import Audited
from .timeline_sources import Head, changed_records
from .timeline_subject import Subject
from .timeline_words import Words, rule_name, waiver_end, whose


@dataclass(frozen=True, slots=True)
class Field:
    """One field that changed: old, new, from which row of a file, and what became of the change.

    `restore` is the change whose former value may be put back, with the mark of the present value.
    """

    title: str
    whose: str
    old: str
    new: str
    row: int | None = None
    state: str = ""
    restore: Change | None = None
    seen: str = ""


@dataclass
class Line:
    """A line of the timeline; `by` are the officials, `notes` what they wrote."""

    at: dt.datetime
    kind: str
    title: str
    by: str = ""
    notes: list[str] = field(default_factory=list)
    fields: list[Field] = field(default_factory=list)
    groups: tuple[int | None, int | None] | None = None
    state: str = ""
    undo: Decision | None = None
    is_big: bool = False


def of(heads: Sequence[Head], subject: Subject, user: User, *, own: int | None) -> list[Line]:
    """Put these heads into words; `own` is the land user whose own history it is."""
    ids = [head.pk for head in heads if head.source in (1, 2)]
    by_set: dict[int, list[Change]] = defaultdict(list)
    for change in Change.objects.filter(changed_records(subject), change_set__in=ids):
        by_set[change.change_set_id].append(change)
    told = [
        (change.model, change.record_id, change.field, change.old, change.new)
        for changes in by_set.values()
        for change in changes
    ]
    for head in heads:
        if isinstance(head.told, Audited):
            told += [
                (head.told.model, head.told.record_id, name, *pair) for name, pair in head.told.fields.items()
            ]
    words = Words.of(told, may_see_people=user.has_role(*PEOPLE_READERS))
    present = _present(by_set) if user.has_role(*DECIDERS) else {}
    return [_line(head, by_set, words, present, user, own) for head in heads]


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


def _line(
    head: Head,
    by_set: dict[int, list[Change]],
    words: Words,
    present: dict[tuple[str, int], Model],
    user: User,
    own: int | None,
) -> Line:
    if isinstance(head.told, ChangeSet):
        fields = _fields(by_set[head.pk], words, present, own)
        return _undone(head, fields) if head.source == 2 else _set(head, fields, by_set[head.pk], user)
    if isinstance(head.told, Audited):
        return _audited(head, head.told, words, own)
    if isinstance(head.told, Verification):
        title = _("Kết quả đối chiếu: %(outcome)s") % {"outcome": head.told.get_outcome_display()}
        return Line(head.at, head.kind, title, notes=[_of_whom(head.told.land_user_id, head.told, own)])
    if isinstance(head.told, WorkItem):
        title = (
            _("Đã có kết luận, không còn chờ xét") if head.source == 9 else _("Vào danh sách chờ người xét")
        )
        return Line(head.at, head.kind, title, notes=[_of_whom(head.told.land_user_id, head.told, own)])
    if head.kind == "group":
        return _moved(head)
    if head.kind == "finding":
        return _finding(head)
    return _file(head)


def _set(head: Head, fields: list[Field], changes: list[Change], user: User) -> Line:
    change_set: ChangeSet = head.told
    decision: Decision | None = getattr(change_set, "decision", None)
    title = str(decision.get_kind_display() if decision else change_set.get_kind_display())
    notes = [change_set.reason, waiver_end(change_set, changes)]
    people = [change_set.planned_by]
    if change_set.file is not None:
        title, more = _from_file(
            change_set.file, sorted({each.row for each in fields if each.row is not None})
        )
        notes += more
        people = [change_set.applied_by]
    consent = getattr(change_set, "consent", None)
    if consent is not None and consent.given_by is not None:
        said = _("%(by)s đồng ý") if consent.is_yes else _("%(by)s không đồng ý")
        notes += [said % {"by": consent.given_by.full_name}, consent.reason]
    elif consent is not None and consent.given_at is not None:
        notes.append(_("người đề nghị đã rút"))
    elif consent is not None and change_set.state == ChangeSet.State.PLANNED:
        notes.append(_("chờ người thứ hai đồng ý"))
    is_undoable = decision is not None and decision.is_undoable_by(user)
    return Line(
        head.at,
        head.kind,
        title,
        by=", ".join(person.full_name for person in people if person is not None),
        notes=[note for note in notes if note],
        fields=fields,
        state="" if change_set.state == ChangeSet.State.APPLIED else str(change_set.get_state_display()),
        undo=decision if is_undoable else None,
        is_big=True,
    )


def _undone(head: Head, fields: list[Field]) -> Line:
    change_set: ChangeSet = head.told
    decision = getattr(change_set, "decision", None)
    what = decision.get_kind_display() if decision else change_set.get_kind_display()
    kept = sum(1 for each in fields if each.state)
    notes = (
        [
            ngettext(
                "%(n)d chỗ đã có người đổi tiếp nên giữ nguyên.",
                "%(n)d chỗ đã có người đổi tiếp nên giữ nguyên.",
                kept,
            )
            % {"n": kept}
        ]
        if kept
        else []
    )
    by = change_set.undone_by.full_name if change_set.undone_by else ""
    return Line(head.at, head.kind, _("Hoàn tác: %(what)s") % {"what": what}, by=by, notes=notes, is_big=True)


def _fields(
    changes: Iterable[Change], words: Words, present: dict[tuple[str, int], Model], own: int | None
) -> list[Field]:
    drawn = []
    for change in changes:
        if not words.is_shown(change.model, change.field):
            continue
        record = present.get((change.model, change.record_id))
        current = now(record, change.field) if record is not None else change.old
        may = record is not None and restorations.is_restorable(change) and current != change.old
        was_applied = change.state in (Change.State.APPLIED, Change.State.UNDONE)
        drawn.append(
            Field(
                words.title(change.model, change.record_id, change.field),
                whose(change.model, words, change.record_id, own),
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


def _audited(head: Head, told: Audited, words: Words, own: int | None) -> Line:
    fields = [
        Field(
            words.title(told.model, told.record_id, name),
            whose(told.model, words, told.record_id, own),
            words.value(told.model, name, old),
            words.value(told.model, name, new),
        )
        for name, (old, new) in told.fields.items()
        if words.is_shown(told.model, name)
    ]
    if told.is_match:
        again = timeline_audit.is_reopening(told)
        title = _("Chứng cứ đổi nên kết luận mở lại") if again else _("Máy đối chiếu lại")
    else:
        title = _("Cập nhật khi nhập dữ liệu")
    return Line(head.at, head.kind, title, by=told.by.full_name if told.by else "", fields=fields)


def _moved(head: Head) -> Line:
    row = head.told
    title = str(GroupMove.Cause(row["cause"]).label)
    notes = [row["job__rule_draft__reason"]] if row["job__rule_draft__reason"] else []
    return Line(
        head.at,
        head.kind,
        title if row["n"] == 1 else f"{title} · {_plots(row['n'])}",
        notes=notes,
        groups=(row["from_group"], row["to_group"]),
        is_big=True,
    )


def _finding(head: Head) -> Line:
    row = head.told
    told = _("Vướng mắc mở: %(rule)s") if row["is_opened"] else _("Vướng mắc đã xong: %(rule)s")
    title = told % {"rule": rule_name(row["rule"])}
    return Line(head.at, head.kind, title if row["n"] == 1 else f"{title} · {_plots(row['n'])}")


def _file(head: Head) -> Line:
    file, rows = head.told
    title, notes = _from_file(file, rows)
    by = file.received_by.full_name if file.received_by else ""
    return Line(head.at, head.kind, title, by=by, notes=notes)


def _from_file(file: ReceivedFile, rows: list[int]) -> tuple[str, list[str]]:
    """ "Từ tệp X, dòng 48", and who passed the workbook."""
    name = str(file.get_kind_display() if file.kind == ReceivedFile.Kind.DEMO else file.name)
    batch: Any = getattr(file, "batch", None)
    told: dict[str, Any] = {
        "file": name,
        "rows": ", ".join(map(str, rows[:5])),
        "pk": batch.pk if batch else 0,
    }
    if len(rows) > 5:
        told["rows"] += ", …"
    if batch:
        title = _("Từ biểu %(pk)s (%(file)s), dòng %(rows)s") if rows else _("Từ biểu %(pk)s (%(file)s)")
    else:
        title = _("Từ tệp %(file)s, dòng %(rows)s") if rows else _("Từ tệp %(file)s")
    passed = batch is not None and batch.decided_by is not None
    return title % told, [_("%(by)s duyệt") % {"by": batch.decided_by.full_name}] if passed else []


def _plots(n: int) -> str:
    return ngettext("%(shown)s thửa", "%(shown)s thửa", n) % {"shown": num(n)}


def _of_whom(land_user_id: int, record: Verification | WorkItem, own: int | None) -> str:
    return "" if land_user_id == own else record.land_user.name
