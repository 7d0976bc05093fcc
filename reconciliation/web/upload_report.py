"""What a workbook's report shows: the equation of its rows, its steps, conflicts, kinds of change, moves."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Q
from django.utils.translation import gettext_lazy as _

from landdb.jobs import within
from landdb.models import ReceivedFile

from ..actions import upload_policy
from ..actions.upload_policy import KINDS, POLICY_WORDS, Kind, Policy
from ..models import CorrectionBatch, CorrectionRow
from ..models.uploads import CorrectionRows
from .upload_words import Change, sample

State = CorrectionBatch.State
WIDTH = 1000.0

_STEPS = (_("Tải lên"), _("Chạy thử"), _("Xử lý xung đột"), _("Văn phòng duyệt"), _("Áp dụng"))
#: How many steps are done in each state; the one after them is at work or waits.
_DONE = {
    State.READING: 1,
    State.UNREADABLE: 1,
    State.ASKING: 1,
    State.CHECKED: 2,
    State.WAITING: 3,
    State.SENT_BACK: 3,
    State.DROPPED: 2,
    State.CLOSED: 2,
    State.APPLYING: 4,
    State.APPLIED: 5,
    State.UNDOING: 5,
    State.UNDONE: 5,
}
_STEP_WORDS = {
    "read": _("Đọc tệp, nhận cột"),
    "compare": _("So ba bên"),
    "write": _("Ghi thay đổi"),
    "judge": _("Xếp nhóm"),
    "undo": _("Trả về giá trị trước"),
}


@dataclass(frozen=True, slots=True)
class Part:
    """A part of the equation "rows in = …", and its stretch of the bar below; `state` opens its rows."""

    label: Any
    count: int
    colour: str
    state: str
    x: str = "0"
    width: str = "0"


def parts(batch: CorrectionBatch) -> list[Part]:
    """What became of the rows; the parts always add up to the rows."""
    told = dict(batch.lines.order_by().values_list("state").annotate(n=Count("pk")))
    if not told and batch.file.rows:
        file = batch.file  # read before rows were kept one by one
        told = {
            "applied": file.applied + file.proposed,
            "unchanged": file.unchanged,
            "rejected": file.rejected,
            "ignored": file.ignored,
        }
    rows = sum(told.values())
    each = CorrectionRow.State
    wanted = (
        (
            _applied_word(batch) if told.get(each.APPLIED) else _("đề nghị"),
            each.APPLIED if told.get(each.APPLIED) else each.PROPOSED,
            "f-g1",
        ),
        (_("không đổi"), each.UNCHANGED, "f-line"),
        (_("xung đột"), each.CONFLICT, "f-g2"),
        (_("bị trả"), each.REJECTED, "f-bad"),
        (_("bỏ qua"), each.IGNORED, "f-sunk"),
    )
    return _drawn(
        [
            (label, told.get(state, 0), colour, state.value)
            for label, state, colour in wanted
            if state != each.CONFLICT or told.get(state)
        ],
        rows,
    )


def _applied_word(batch: CorrectionBatch) -> Any:
    return _("đã hoàn tác") if batch.state == State.UNDONE else _("áp dụng")


def parts_of(
    file: ReceivedFile, *, is_in: bool, proposed: Any, applied: Any = "", unchanged: Any = ""
) -> list[Part]:
    """The same for any received file; `proposed`, `applied` and `unchanged` are what its rows are called."""
    told = [
        (applied or (_("đã ghi mới") if is_in else _("ghi mới")), file.applied, "f-g1", ""),
        (unchanged or _("không đổi"), file.unchanged, "f-line", ""),
        (proposed, file.proposed, "f-act", ""),
        (_("bị trả"), file.rejected, "f-bad", ""),
        (_("bỏ qua"), file.ignored, "f-sunk", ""),
    ]
    return _drawn(told, file.rows)


def _drawn(told: list[tuple[Any, int, str, str]], rows: int) -> list[Part]:
    """Label, count, colour and state of each part, with its place in a bar of all rows."""
    drawn, x = [], 0.0
    for label, count, colour, state in told:
        width = WIDTH * count / rows if rows else 0.0
        drawn.append(Part(label, count, colour, state, f"{x:.1f}", f"{max(width - 1.5, 0):.1f}"))
        x += width
    return drawn


def steps(batch: CorrectionBatch) -> list[tuple[Any, str]]:
    """Each step with "done", "now" or nothing."""
    done = _DONE[State(batch.state)]
    if batch.state == State.CHECKED and not batch.lines.filter(state=CorrectionRow.State.CONFLICT).exists():
        done = 3
    is_over = batch.state in (State.DROPPED, State.CLOSED)
    return [
        (step, "done" if place < done else "now" if place == done and not is_over else "")
        for place, step in enumerate(_STEPS)
    ]


def progress(batch: CorrectionBatch) -> tuple[Any, int, int] | None:
    """The step at work, and how far it is."""
    told = within.told(batch.job_id) if batch.job_id else None
    return (_STEP_WORDS.get(told.step, told.step), told.done, told.total) if told else None


def shares(batch: CorrectionBatch) -> tuple[float, float] | None:
    """Share of group 1 in the commune before, and after all rows that may go."""
    before, after = (batch.report.get(name) for name in ("groups_before", "groups_after"))
    if not before or not after:
        return None
    first, second = (told.get("1", 0) / (sum(told.values()) or 1) for told in (before, after))
    return first, second


@dataclass(frozen=True, slots=True)
class KindLine:
    """A kind of change in the workbook: how many rows, how many are backed, ticked, or come to group 1."""

    kind: Kind
    policy: Any
    rows: int
    backed: int
    ticked: int
    refused: int
    to_first: int
    sample: Change | None

    @property
    def may_tick(self) -> bool:
        return self.kind.policy == Policy.KIND

    @property
    def is_ticked(self) -> bool:
        """Offered ticked: goes by itself, or bears on papers and land alone."""
        return self.is_free or self.kind.is_plain

    @property
    def is_free(self) -> bool:
        return self.kind.policy == Policy.FREE

    @property
    def by_row(self) -> bool:
        return self.kind.policy == Policy.ROW


def kinds(batch: CorrectionBatch) -> list[KindLine]:
    """The kinds of change that wait, least strict first. A row stands under each that needs a yes."""
    rows = _going(batch)
    told = (
        rows.order_by()
        .values("kinds", "kind")
        .annotate(
            n=Count("pk"),
            backed=Count("pk", filter=Q(is_backed=True)),
            ticked=Count("pk", filter=Q(is_approved=True)),
            refused=Count("pk", filter=Q(state=CorrectionRow.State.PROPOSED) & ~Q(why="")),
            up=Count("plot", filter=Q(group_after=1) & ~Q(group_before=1), distinct=True),
        )
    )
    found: dict[str, Counter[str]] = defaultdict(Counter)
    for same in told:
        for key in same["kinds"]:
            if KINDS[key].policy == KINDS[same["kind"]].policy:
                found[key].update({name: same[name] for name in ("n", "backed", "ticked", "refused", "up")})
    lines = []
    for key in sorted(found, key=lambda key: (KINDS[key].policy, list(KINDS).index(key))):
        row, kind = found[key], KINDS[key]
        of_kind = upload_policy.under(rows, key).order_by("pk")
        first = of_kind.filter(kinds=[key]).first() or of_kind.first()
        lines.append(
            KindLine(
                kind,
                POLICY_WORDS[kind.policy],
                row["n"],
                row["backed"],
                row["ticked"],
                row["refused"],
                row["up"],
                sample(first, key) if first else None,
            )
        )
    return lines


def by_desk(batch: CorrectionBatch) -> int:
    """Rows that wait and that no yes to the workbook applies."""
    never = [key for key, kind in KINDS.items() if kind.policy == Policy.DESK]
    return batch.lines.filter(state=CorrectionRow.State.PROPOSED, kind__in=never).count()


@dataclass(frozen=True, slots=True)
class Choice:
    """What a yes to some kinds lets in: rows, those left behind, and plots that come to group 1.

    Of a plot with several rows all have to go; that it comes there is then what the rehearsal saw.
    """

    rows: int
    left: int
    to_first: int


def choice(batch: CorrectionBatch, kinds: Collection[str] | None) -> Choice:
    """`kinds` as upload_policy.going takes them."""
    waiting = batch.lines.filter(state=CorrectionRow.State.PROPOSED).order_by()
    chosen = upload_policy.going(waiting, kinds)
    rows, staying = chosen.count(), waiting.exclude(pk__in=chosen.values("pk"))
    rising = chosen.filter(group_after=1, plot__isnull=False).exclude(group_before=1)
    rising = rising.exclude(plot__in=staying.filter(plot__isnull=False).values("plot"))
    return Choice(rows, waiting.count() - rows, rising.values("plot").distinct().count())


@dataclass(frozen=True, slots=True)
class Total:
    """All kinds together; a row that stands under several counts once."""

    rows: int
    to_first: int


def total(batch: CorrectionBatch) -> Total:
    """Rows that wait or went, and plots that come to group 1 with all of them."""
    up = Count("plot", filter=Q(group_after=1) & ~Q(group_before=1), distinct=True)
    return Total(**_going(batch).aggregate(rows=Count("pk"), to_first=up))


def _going(batch: CorrectionBatch) -> CorrectionRows:
    return batch.lines.filter(state__in=[CorrectionRow.State.PROPOSED, CorrectionRow.State.APPLIED])
