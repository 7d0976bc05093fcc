"""The lines of a timeline in words: what happened, and by whom."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.utils import timezone
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from landdb.models import ReceivedFile
from landdb.templatetags.landdb import group_mark, num

from ..models import BulkDecision, Change, ChangeSet, Decision, GroupMove, Verification
from . import timeline_audit
from .timeline_sources import Head, changes_of
from .timeline_statements import Source
from .timeline_subject import MATCH, Subject
from .timeline_words import is_shown, rule_name


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
    """A line of the timeline; `by` are the officials, `notes` what they wrote, `undo` the decision to take
    back."""

    at: dt.datetime
    kind: str
    title: str
    by: str = ""
    notes: list[str] = field(default_factory=list)
    fields: list[Field] = field(default_factory=list)
    groups: tuple[int | None, int | None] | None = None
    state: str = ""
    undo: int | None = None
    is_big: bool = False

    @property
    def drawn(self) -> str:
        """The line in short, as an item of a list: the day, what happened, by whom."""
        at = timezone.localtime(self.at)
        if self.groups is None:
            what = f"<b>{escape(self.title)}</b>"
        else:
            old, new = (group_mark(group) if group else "" for group in self.groups)
            what = f'<span class="row tight">{old}{"→" if old else ""}{new} {escape(self.title)}</span>'
        what += f' <span class="tag warn">{escape(self.state)}</span>' if self.state else ""
        by = f"<small>{escape(self.by)}</small>" if self.by else ""
        big = ' class="big"' if self.is_big else ""
        return f'<li{big}><time datetime="{at.isoformat()}">{at:%d/%m/%Y}</time><div>{what}{by}</div></li>'


def drawn(lines: Iterable[Line]) -> SafeString:
    """Lines in short as HTML, put together here: every look at the desk has five."""
    return mark_safe("".join(line.drawn for line in lines))  # noqa: S308  escaped there


def brief(heads: Sequence[Head], subject: Subject) -> list[Line]:
    """What happened and by whom, without the fields and what was noted."""
    from_files = [head.pk for head in heads if head.source == Source.APPLIED and head.told["file"]]
    changes = changes_of(subject, from_files)
    return [line_of(head, changes.get(head.pk, ())) for head in heads]


def line_of(head: Head, changes: Iterable[Change] = ()) -> Line:
    """One line; of a change set that came with a file, its `changes` tell the rows."""
    if head.source == Source.APPLIED:
        return _set(head, changes)
    return _LINES[head.source](head)


def _set(head: Head, changes: Iterable[Change]) -> Line:
    told = head.told
    state = state_told(told["state"])
    if told["file"] is None:
        by = told["planned_by"] or ""
        return Line(head.at, head.kind, _what(told), by=by, state=state, is_big=True)
    rows = {each.row for each in changes if each.row is not None and is_shown(each.model, each.field)}
    title, notes = _from_file(told["file"], sorted(rows))
    by = told["applied_by"] or ""
    return Line(head.at, head.kind, title, by=by, notes=notes, state=state, is_big=True)


def state_told(state: str) -> str:
    """What became of a change set, where it does not simply stand: waits, was refused, was taken back."""
    return "" if state == ChangeSet.State.APPLIED else str(ChangeSet.State(state).label)


def _undone(head: Head) -> Line:
    title = _("Hoàn tác: %(what)s") % {"what": _what(head.told)}
    return Line(head.at, head.kind, title, by=head.told["undone_by"] or "", is_big=True)


def _what(told: dict[str, Any]) -> str:
    """What somebody decided, for one or for many, else what kind of change it was."""
    if told["decided"]:
        return str(Decision.Kind(told["decided"]).label)
    if told["bulk"]:
        return str(BulkDecision.Act(told["bulk"]).label)
    return str(ChangeSet.Kind(told["kind"]).label)


def _moved(head: Head) -> Line:
    told = head.told
    return Line(
        head.at,
        head.kind,
        _of_plots(str(GroupMove.Cause(told["cause"]).label), told["plots"]),
        notes=[told["reason"]] if told["reason"] else [],
        groups=(told["from"], told["to"]),
        is_big=True,
    )


def _finding(head: Head) -> Line:
    is_opened = head.source == Source.OPENED
    words = _("Vướng mắc mở: %(rule)s") if is_opened else _("Vướng mắc đã xong: %(rule)s")
    title = words % {"rule": rule_name(head.told["rule"])}
    return Line(head.at, head.kind, _of_plots(title, head.told["plots"]))


def _file(head: Head) -> Line:
    file = head.told["file"]
    title, notes = _from_file(file, head.told["rows"] or [])
    return Line(head.at, head.kind, title, by=file["received_by"] or "", notes=notes)


def _verified(head: Head) -> Line:
    outcome = Verification.Outcome(head.told["outcome"]).label
    return Line(head.at, head.kind, _("Kết quả đối chiếu: %(outcome)s") % {"outcome": outcome})


def _asked(head: Head) -> Line:
    return Line(head.at, head.kind, _("Vào danh sách chờ người xét"))


def _settled(head: Head) -> Line:
    return Line(head.at, head.kind, _("Đã có kết luận, không còn chờ xét"))


def _audited(head: Head) -> Line:
    if head.told["model"] == MATCH:
        again = timeline_audit.is_reopening(head.told["fields"])
        title = _("Chứng cứ đổi nên kết luận mở lại") if again else _("Máy đối chiếu lại")
    else:
        title = _("Cập nhật khi nhập dữ liệu")
    return Line(head.at, head.kind, title, by=head.told["by"] or "")


def _from_file(file: dict[str, Any], rows: list[int]) -> tuple[str, list[str]]:
    """ "Từ tệp X, dòng 48", and who passed the workbook."""
    is_demo = file["kind"] == ReceivedFile.Kind.DEMO
    told: dict[str, Any] = {
        "file": str(ReceivedFile.Kind.DEMO.label) if is_demo else file["name"],
        "rows": ", ".join(map(str, rows[:5])),
        "pk": file["batch"] or 0,
    }
    if len(rows) > 5:
        told["rows"] += ", …"
    if file["batch"]:
        title = _("Từ biểu %(pk)s (%(file)s), dòng %(rows)s") if rows else _("Từ biểu %(pk)s (%(file)s)")
    else:
        title = _("Từ tệp %(file)s, dòng %(rows)s") if rows else _("Từ tệp %(file)s")
    passed_by = file["passed_by"]
    return title % told, [_("%(by)s duyệt") % {"by": passed_by}] if passed_by is not None else []


def _of_plots(title: str, n: int) -> str:
    if n == 1:
        return title
    return f"{title} · {ngettext('%(shown)s thửa', '%(shown)s thửa', n) % {'shown': num(n)}}"


_LINES: dict[Source, Callable[[Head], Line]] = {
    Source.UNDONE: _undone,
    Source.MOVED: _moved,
    Source.OPENED: _finding,
    Source.CLOSED: _finding,
    Source.FILE: _file,
    Source.VERIFIED: _verified,
    Source.ASKED: _asked,
    Source.SETTLED: _settled,
    Source.AUDITED: _audited,
}
