"""A bulk decision in words: how many, what it leaves out, a sample before and after, what stayed."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Q
from django.http import QueryDict
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from landdb.models import Role, User
from landdb.templatetags.landdb import num

from ..actions import bulk as actions
from ..actions import consents
from ..matching import evidence as told
from ..models import BulkDecision, BulkItem, Change, Consent, Match, Why, WorkItem
from ..models.handover_codes import fields_told
from ..worklists import WorkFilter
from . import evidence
from .walk import Walk

Act, State, Skip = BulkDecision.Act, BulkDecision.State, BulkItem.Skip

#: Items shown with what they were and will be.
SAMPLE = 10
#: Records told that were changed since, and so were not taken back.
TOLD = 200


@dataclass(frozen=True, slots=True)
class Line:
    """An item of the sample: where it is now, and where it will be."""

    item: WorkItem
    before: str
    after: str

    @property
    def chance(self) -> float | None:
        verification = getattr(self.item.land_user, "verification", None)
        return verification.probability if verification else None


def page(bulk: BulkDecision, user: User) -> dict[str, Any]:
    """What the page of a bulk decision shows."""
    found = bulk.items.values("skip").annotate(n=Count("pk"), done=Count("pk", filter=Q(is_done=True)))
    counts = {row["skip"]: row for row in found.order_by()}
    to_do = counts.get(Skip.NO.value, {"n": 0, "done": 0})
    left_out = [(Skip(code).label, row["n"]) for code, row in counts.items() if code]
    is_senior = user.has_role(Role.SENIOR_REVIEWER)
    asked_by = bulk.undo_asked_by_id if bulk.state == State.UNDO_ASKED else bulk.by_id
    is_waiting = bulk.state in (State.ASKED, State.UNDO_ASKED)
    return {
        "bulk": bulk,
        "title": title(bulk),
        "facts": _facts(bulk),
        "count": to_do["n"],
        "done": to_do["done"],
        "left_out": sorted(left_out, key=lambda pair: -pair[1]),
        "left_out_of": _left_out(bulk),
        "told": TOLD,
        "left_out_total": sum(n for _label, n in left_out),
        "sample": _sample(bulk),
        "is_ahead": bulk.state in (State.SHOWN, State.ASKED),
        "is_live": bulk.job is not None and bulk.job.is_open,
        "is_stopped": bulk.state == State.UNDOING and bulk.job is not None and not bulk.job.is_open,
        "needs_consent": bulk.act == Act.SAME and to_do["n"] > consents.ALONE,
        "undo_needs_consent": to_do["done"] > consents.ALONE,
        "alone": consents.ALONE,
        "may_go": bulk.state == State.SHOWN and bulk.by_id == user.pk and to_do["n"] > 0,
        "may_answer": is_waiting and is_senior and asked_by != user.pk,
        "is_waiting": is_waiting,
        "may_withdraw": is_waiting and asked_by == user.pk,
        "refusal": _refusal(bulk),
        "may_undo": bulk.state == State.DONE and to_do["done"] > 0 and actions.may_undo(bulk, user),
        **(_kept(bulk, to_do["done"]) if bulk.state == State.UNDONE else {}),
    }


def lines(found: Iterable[BulkDecision]) -> list[dict[str, Any]]:
    """Decisions with how many items each did."""
    decisions = list(found)
    rows = BulkItem.objects.filter(bulk__in=decisions, skip=Skip.NO).values("bulk").annotate(n=Count("pk"))
    counts = {row["bulk"]: row["n"] for row in rows.order_by()}
    return [{"bulk": each, "title": title(each), "count": counts.get(each.pk, 0)} for each in decisions]


def title(bulk: BulkDecision) -> str:
    return str(Act(bulk.act).label)


def _facts(bulk: BulkDecision) -> list[tuple[str, str]]:
    """Reason, day, threshold, officers: what holds for all items alike."""
    facts = []
    if bulk.query:
        wanted = WorkFilter.read(bulk.by, QueryDict(bulk.query))
        facts.append((_("Bộ lọc"), Walk(bulk.by, bulk.query, wanted).told))
    if bulk.why:
        facts.append((_("Lý do"), str(Why(bulk.why).label)))
    if bulk.fields:
        facts.append((_("Ô cần xem lại"), fields_told(bulk.fields)))
    if bulk.until:
        facts.append((_("Đến ngày"), date_format(bulk.until, "d/m/Y")))
    if bulk.least is not None:
        facts.append((_("Khả năng từ"), f"{bulk.least * 100:.0f} %"))
    if bulk.officers:
        facts.append((_("Giao cho"), _shares(bulk)))
    if bulk.note:
        facts.append((_("Ghi chú"), bulk.note))
    return facts


def _shares(bulk: BulkDecision) -> str:
    """How many items each officer gets: in turn, but each only what lies in their territory."""
    given = bulk.items.filter(skip=Skip.NO).values_list("officer").annotate(n=Count("pk")).order_by()
    shares = dict(given)
    told = []
    for officer in User.objects.filter(pk__in=bulk.officers).order_by("full_name", "pk"):
        n = shares.get(officer.pk, 0)
        part = ngettext("%(n)s việc", "%(n)s việc", n) % {"n": num(n)} if n else _("không việc nào")
        told.append(f"{officer.full_name}: {part}")
    return "; ".join(told)


def _left_out(bulk: BulkDecision) -> list[BulkItem]:
    """The first items that it leaves out, for who looks after them."""
    rows = bulk.items.exclude(skip=Skip.NO).order_by("skip", "pk")
    return list(rows.select_related("item__land_user", "item__commune")[:TOLD])


def _refusal(bulk: BulkDecision) -> Consent | None:
    """The second person's no, with who said it and why."""
    if bulk.state != State.REFUSED:
        return None
    return Consent.objects.filter(change_set=bulk.change_set_id).select_related("given_by").first()


def _sample(bulk: BulkDecision) -> list[Line]:
    """The first items that it does; before it runs, with what they are now."""
    rows = bulk.items.filter(skip=Skip.NO).select_related(
        "item__land_user__verification", "item__commune", "item__assigned_to", "officer"
    )[:SAMPLE]
    candidates: dict[int, Match] = {}
    if bulk.act == Act.SAME:
        people = [row.item.land_user_id for row in rows]
        for match in Match.objects.filter(land_user__in=people).select_related("resident").best_first():
            candidates.setdefault(match.land_user_id, match)
    return [Line(row.item, _before(bulk, row), _after(bulk, row, candidates)) for row in rows]


def _before(bulk: BulkDecision, row: BulkItem) -> str:
    item = row.item
    if bulk.act in (Act.ASSIGN, Act.FREE):
        return item.assigned_to.full_name if item.assigned_to else _("chưa giao ai")
    if bulk.act == Act.SAME:
        verification = getattr(item.land_user, "verification", None)
        return str(verification.get_outcome_display()) if verification else _("Chưa đối chiếu")
    return _where(str(item.get_waits_with_display()), item.waits_until)


def _after(bulk: BulkDecision, row: BulkItem, candidates: dict[int, Match]) -> str:
    if bulk.act == Act.ASSIGN:
        return row.officer.full_name if row.officer else "–"
    if bulk.act == Act.FREE:
        return _("chưa giao ai")
    if bulk.act == Act.SAME:
        match = candidates.get(row.item.land_user_id)
        if match is None:
            return str(Act.SAME.label)
        who = {"name": match.resident.name, "birth": match.resident.birth_text}
        same = _("Cùng người: %(name)s, sinh %(birth)s") % who
        # The register itself stays as it is: plots that wait for its correction go on waiting for it.
        still = [str(each.title).lower() for each in _differing(row.item, match)]
        if not still:
            return same
        return _("%(same)s; sổ vẫn khác ở %(fields)s") % {"same": same, "fields": ", ".join(still)}
    return _where(str(actions.HANDED[Act(bulk.act)].label), bulk.until)


def _differing(item: WorkItem, match: Match) -> list[told.Sign]:
    verification = getattr(item.land_user, "verification", None)
    return evidence.against(told.signs(match), match, verification)


def _where(label: str, until: Any) -> str:
    if until is None:
        return label
    return _("%(where)s đến %(day)s") % {"where": label, "day": date_format(until, "d/m/Y")}


def _kept(bulk: BulkDecision, done: int) -> dict[str, Any]:
    """The land users whose records were changed since, and so stay as they are; how many went `back`."""
    kept = Change.objects.filter(change_set=bulk.change_set_id, state=Change.State.KEPT)
    by_model: dict[str, set[int]] = {}
    for model, pk in kept.values_list("model", "record_id").distinct().order_by():
        by_model.setdefault(model, set()).add(pk)
    of_matches = Match.objects.filter(pk__in=by_model.get(Match._meta.label_lower, set())).values("land_user")
    of_items = Q(pk__in=by_model.get(WorkItem._meta.label_lower, set()))
    items = WorkItem.objects.filter(of_items | Q(land_user__in=of_matches))
    items = items.select_related("land_user__verification", "commune", "assigned_to").order_by("pk")
    total = items.count()
    return {"kept": list(items[:TOLD]), "kept_total": total, "back": done - total}
