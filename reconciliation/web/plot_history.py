"""What happened to a plot: moves between groups, decisions, changed fields; newest first."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from dataclasses import dataclass

from django.utils.translation import gettext as _

from landdb.models import ReceivedFile, User
from parcels.models import Holding, Plot

from ..models import Change, ChangeSet, Decision, GroupMove, RuleDraft
from .timeline_lines import state_told
from .timeline_words import waiver_end

MOST = 40


@dataclass(frozen=True, slots=True)
class Event:
    """A line of the timeline."""

    at: dt.datetime
    text: str
    detail: str
    move: GroupMove | None = None
    decision: Decision | None = None
    undo: Decision | None = None
    draft: RuleDraft | None = None


def history(plot: Plot, user: User) -> list[Event]:
    """The last events of a plot and of those who hold it; `undo` where this user may take one back."""
    moves = plot.moves.select_related("change_set", "job__rule_draft").order_by("-at", "-id")
    events = [_moved(move) for move in moves[:MOST]]
    land_users = Holding.objects.filter(plot=plot, land_user__isnull=False).values("land_user")
    words = Decision.objects.filter(land_user__in=land_users).select_related("by", "land_user", "change_set")
    events += [_decided(decision, user) for decision in words.order_by("-id")[:MOST]]
    on_plot = Change.objects.filter(model=Plot._meta.label_lower, record_id=plot.pk).values("change_set")
    on_findings = Change.objects.filter(
        model="reconciliation.finding", record_id__in=plot.findings.values("pk")
    ).values("change_set")
    on_status = Change.objects.filter(model="reconciliation.plotstatus", record_id=plot.pk).values(
        "change_set"
    )
    sets = ChangeSet.objects.filter(pk__in=on_plot.union(on_findings, on_status))
    told = list(sets.select_related("planned_by", "decision__change_set", "consent__given_by")[:MOST])
    by_set: dict[int, list[Change]] = defaultdict(list)
    waivers = [each.pk for each in told if each.kind == ChangeSet.Kind.WAIVER]
    for change in Change.objects.filter(change_set__in=waivers):
        by_set[change.change_set_id].append(change)
    events += [_changed(each, by_set[each.pk], user) for each in told]
    if plot.file_id and plot.file:
        detail = plot.file.get_kind_display() if plot.file.kind == ReceivedFile.Kind.DEMO else plot.file.name
        events.append(Event(plot.file.received_at, _("Nhập từ tệp"), str(detail)))
    return sorted(events, key=lambda event: event.at, reverse=True)[:MOST]


def _moved(move: GroupMove) -> Event:
    draft = getattr(move.job, "rule_draft", None)
    detail = draft.reason if draft else ""
    return Event(move.at, str(move.get_cause_display()), detail, move=move, draft=draft)


def _decided(decision: Decision, user: User) -> Event:
    who = decision.land_user.name if decision.land_user else ""
    state = state_told(decision.change_set.state)
    return Event(
        decision.at,
        f"{who}: {decision.get_kind_display()}" + (f" ({state})" if state else ""),
        f"{decision.by} · {decision.reason}",
        decision=decision,
        undo=_undoable(decision, user),
    )


def _changed(change_set: ChangeSet, changes: list[Change], user: User) -> Event:
    by = change_set.planned_by.full_name if change_set.planned_by else ""
    consent = getattr(change_set, "consent", None)
    second = note = ""
    if consent is not None and consent.given_by is not None:
        told = _("%(by)s đồng ý") if consent.is_yes else _("%(by)s không đồng ý")
        second, note = told % {"by": consent.given_by.full_name}, consent.reason
    elif consent is not None and consent.given_at is not None:
        second = _("người đề nghị đã rút")
    if change_set.kind == ChangeSet.Kind.CONFIRM:
        together = change_set.changes.filter(field="confirmed_at").count()
        if together > 1:
            note = _("cùng một lần cho %(n)d thửa, hoàn tác là hoàn tác cả lần") % {"n": together}
    # A waiver and its end are change sets of one kind: the decision says which of them it was.
    decision = getattr(change_set, "decision", None)
    what = decision.get_kind_display() if decision else change_set.get_kind_display()
    until = waiver_end(change_set.kind, change_set.state, changes)
    return Event(
        change_set.planned_at,
        f"{what} ({change_set.get_state_display()})",
        " · ".join(part for part in (by, change_set.reason, second, note, until) if part),
        undo=_undoable(decision, user),
    )


def _undoable(decision: Decision | None, user: User) -> Decision | None:
    return decision if decision is not None and decision.is_undoable_by(user) else None
