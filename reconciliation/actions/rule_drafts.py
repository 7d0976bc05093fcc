"""Change the rules: draft, count what would move, ask a second person, make the change or throw it away."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from landdb import jobs
from landdb.models import Job, User

from ..models import Effect, GroupMove, RuleChange, RuleDraft, RuleSetting
from ..rules import book
from ..rules.catalogue import Rule
from ..rules.drafts import Difference, drafted, have_rules_changed, is_settled
from .changes import WrongState
from .consents import SamePerson

#: Work that judges the whole province: while it goes on, the rules stay as they are.
WHOLE_RUNS = ("classify", "reconcile")

State = RuleDraft.State


class NotNow(Exception):
    """Something else has to happen first; the text is a sentence that says what."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """How a rule shall be set. Effect and tolerance that are as the class says are kept empty."""

    is_on: bool
    effect: str
    tolerance: float | None
    active_from: dt.date | None = None
    active_to: dt.date | None = None

    @classmethod
    def now(cls, rule: Rule, draft: RuleDraft | None = None) -> Wanted:
        """How a rule is set in a draft, else in force, else in its class."""
        found = draft.changes.filter(rule=rule.id).first() if draft else None
        setting = found or RuleSetting.objects.filter(rule=rule.id).first()
        if setting is None:
            return cls(True, rule.effect.value, rule.tolerance)
        own = rule.tolerance if setting.tolerance is None else setting.tolerance
        effect = setting.effect or rule.effect.value
        return cls(setting.is_on, effect, own, setting.active_from, setting.active_to)


@transaction.atomic
def draft(rule: Rule, wanted: Wanted, *, by: User, reason: str) -> RuleDraft:
    """Begin a draft with a change of one rule."""
    made = RuleDraft.objects.create(drafted_by=by, reason=reason)
    _keep(made, rule, wanted)
    return made


@transaction.atomic
def change(draft: RuleDraft, rule: Rule, wanted: Wanted | None) -> None:
    """Set a rule in a draft otherwise, or (None) leave it as it is; what was counted is void."""
    held = _reopened(draft)
    if wanted is None:
        held.changes.filter(rule=rule.id).delete()
    else:
        _keep(held, rule, wanted)


@transaction.atomic
def count(draft: RuleDraft, *, by: User) -> RuleDraft:
    """Queue the job that counts what the draft would move; an earlier count is void.

    NotNow where the draft changes nothing, or where the groups do not follow from the rules in force yet.
    """
    held = _reopened(draft)
    now, then = book.current(), drafted(held)
    if not Difference(now, then).changed:
        raise NotNow(_("Bản thảo này không đổi gì so với bộ quy tắc đang dùng."))
    if not is_settled(now):
        raise NotNow(
            _("Các thửa chưa được phân loại hết theo bộ quy tắc đang dùng. Hãy phân loại lại rồi đếm thử.")
        )
    held.base, held.fingerprint = now.fingerprint, then.fingerprint
    held.count_job = jobs.start("what_if", by=by, draft=held.pk)
    held.save(update_fields=["base", "fingerprint", "count_job"])
    return held


@transaction.atomic
def ask(draft: RuleDraft, *, by: User) -> RuleDraft:
    """Put a counted draft before a second person. NotNow where the rules have changed since the count."""
    held = _held(draft, State.COUNTED)
    _as_counted(held)
    held.state, held.asked_by, held.asked_at = State.ASKED, by, timezone.now()
    held.save(update_fields=["state", "asked_by", "asked_at"])
    return held


@transaction.atomic
def answer(draft: RuleDraft, *, by: User, is_yes: bool, seen: str, reason: str = "") -> RuleDraft:
    """The second person's word: yes makes the change and queues the classification, no throws it away.

    `seen` is the `stamp` of what the page showed; NotNow where the draft was changed and asked again since.
    """
    held = _held(draft, State.ASKED)
    if held.asked_by_id == by.pk:
        raise SamePerson
    if stamp(held) != seen:
        raise NotNow(_("Bản thảo đã đổi từ khi bạn mở trang. Hãy xem lại rồi trả lời."))
    if is_yes:
        _activate(held, by)
    return _settle(held, State.ACTIVE if is_yes else State.THROWN_AWAY, by, reason)


@transaction.atomic
def throw_away(draft: RuleDraft, *, by: User, reason: str = "") -> RuleDraft:
    """Give a draft up; nothing of it stays but that it was."""
    _stop_counting(draft)
    return _settle(_held(draft, State.DRAFT, State.COUNTED, State.ASKED), State.THROWN_AWAY, by, reason)


def stamp(draft: RuleDraft) -> str:
    """A mark of what was put before the second person."""
    return draft.asked_at.isoformat() if draft.asked_at else ""


def _activate(draft: RuleDraft, by: User) -> None:
    """Write the settings and have every plot judged by them; the ledger names the rules as the cause."""
    _as_counted(draft)
    for each in draft.changes.all():
        RuleSetting.objects.update_or_create(rule=each.rule, defaults=each.values)
    draft.rule_set = book.current().rule_set()
    try:
        with transaction.atomic():
            draft.run = jobs.start("classify", by=by, cause=GroupMove.Cause.RULES.value)
    except IntegrityError:
        raise NotNow(_busy()) from None


def _as_counted(draft: RuleDraft) -> None:
    """Refuse where the rules are others than those that were counted, or are being applied just now."""
    if have_rules_changed(draft):
        raise NotNow(_("Bộ quy tắc đã đổi từ khi đếm thử. Hãy đếm thử lại."))
    if Job.objects.open().filter(kind__in=WHOLE_RUNS).exists():
        raise NotNow(_busy())


def _busy() -> str:
    return _("Một lần chạy toàn tỉnh chưa xong. Hãy chờ nó xong rồi làm tiếp.")


def _settle(draft: RuleDraft, state: RuleDraft.State, by: User, reason: str) -> RuleDraft:
    """End a draft. The list of plots goes; of a change that was made the counts stay."""
    draft.moves.all().delete()
    if state == State.THROWN_AWAY:
        draft.counts.all().delete()
    draft.state, draft.settled_by, draft.settled_at, draft.settled_reason = state, by, timezone.now(), reason
    draft.save()
    return draft


def _reopened(draft: RuleDraft) -> RuleDraft:
    """A draft that may be changed: what was counted is void, and nobody is asked any more."""
    _stop_counting(draft)
    held = _held(draft, State.DRAFT, State.COUNTED, State.ASKED)
    held.moves.all().delete()
    held.counts.all().delete()
    held.state, held.count_job, held.counted_at, held.judgements = State.DRAFT, None, None, None
    held.asked_by, held.asked_at = None, None
    held.save()
    return held


def _stop_counting(draft: RuleDraft) -> None:
    """The job is stopped before its draft is locked: it locks them in this order itself."""
    job = RuleDraft.objects.get(pk=draft.pk).count_job
    if job is not None:
        jobs.cancel(job)


def _held(draft: RuleDraft, *states: RuleDraft.State) -> RuleDraft:
    held = RuleDraft.objects.select_for_update().get(pk=draft.pk)
    if held.state not in states:
        raise WrongState(held.get_state_display())
    return held


def _keep(draft: RuleDraft, rule: Rule, wanted: Wanted) -> None:
    RuleChange.objects.update_or_create(
        draft=draft,
        rule=rule.id,
        defaults={
            "is_on": wanted.is_on,
            "effect": "" if wanted.effect == rule.effect else Effect(wanted.effect).value,
            "tolerance": None if wanted.tolerance == rule.tolerance else wanted.tolerance,
            "active_from": wanted.active_from,
            "active_to": wanted.active_to,
        },
    )
