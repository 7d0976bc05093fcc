"""One session of the campaign: plots are chosen, their records set right, and judged as if it were then.

The judge is the same as everywhere (`classification.refresh`), told the moment; ledger, findings and counters
follow from what it finds in the records. Nothing is written into them here.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import pgtrigger
from django.db import connection, transaction

from landdb.models import User

from .. import classification
from ..classification import scope
from ..models import ChangeSet, Consent, Decision, Finding
from . import campaign_fields as fields
from . import campaign_papers as papers
from . import campaign_people as people
from .campaign_plan import CHANGE, TAKE_BACK, WAIVE, Session

#: The audit keeps what is replaced, under today's date; of a past that is being made up there is nothing.
_AUDITED = (
    "parcels.Plot", "parcels.LandUse", "parcels.Certificate", "parcels.Scan", "parcels.Registration",
    "parcels.Holding", "parcels.LandUser", "reconciliation.Match",
)  # fmt: skip
_WAIVED_FOR = dt.timedelta(days=240)
_WHY_WAIVED = "Đã đối chiếu hồ sơ gốc, không ảnh hưởng quyền của người sử dụng đất"

# By a number drawn from plot and moment: any plot may be next, and the same run chooses the same ones.
_CHOOSE = """
    CREATE TEMP TABLE campaign_plot ON COMMIT DROP AS
    SELECT plot_id, commune_id, rules FROM (
        SELECT s.plot_id, s.commune_id, s.rules::text[] AS rules, w.wanted,
            row_number() OVER (
                PARTITION BY s.commune_id ORDER BY hashint8extended(s.plot_id, %(draw)s), s.plot_id
            ) AS place
        FROM unnest(%(communes)s::smallint[], %(counts)s::int[]) w (commune_id, wanted)
        JOIN reconciliation_plotstatus s ON s.commune_id = w.commune_id AND s."group" = %(group)s
        WHERE NOT %(mends)s::bool
            OR (s.rules::text[] <@ %(allowed)s::text[] AND s.rules::text[] && %(needs)s::text[])
    ) found WHERE place <= wanted
"""

_HANDED_IN = """
    INSERT INTO parcels_registration (plot_id, commune_id, kind, registered_on, state)
    SELECT plot_id, commune_id, 'TK', NULL, 'pending' FROM campaign_plot
"""

_UNSIGNED = """
    UPDATE parcels_scan SET is_signed = FALSE WHERE certificate_id IN (
        SELECT h.certificate_id FROM campaign_plot c JOIN parcels_holding h ON h.plot_id = c.plot_id
    )
"""

#: The one thing that stands against a plot, where it has no source outstanding.
_ALONE = """
    SELECT DISTINCT ON (f.plot_id) f.id FROM campaign_plot c
    JOIN reconciliation_finding f ON f.plot_id = c.plot_id AND f.state = 'open'
    WHERE cardinality(c.rules) = 1 AND f.rule = c.rules[1] ORDER BY f.plot_id, f.id
"""


@dataclass(frozen=True, slots=True)
class Staff:
    """Who signs what: the officer who decides, the one who agrees."""

    officer: User
    second: User


@transaction.atomic
def work(session: Session, staff: Staff) -> Counter[str]:
    """Do a session's work; how many plots were chosen, judged and moved."""
    _unaudited()
    chosen = _choose(session)
    if not chosen:
        return Counter()
    judged = set(chosen).union(scope.plots_sharing(chosen))
    _change(session, staff)
    # Once more: who shares a number only since the change is judged with them.
    judged.update(scope.plots_sharing(chosen))
    done = classification.refresh(sorted(judged), cause=session.work.cause, at=session.at)
    return done + Counter(chosen=len(chosen))


def _choose(session: Session) -> list[int]:
    kind = session.work
    values: dict[str, Any] = {
        "draw": int(session.at.timestamp() * 1000),
        "communes": list(session.wanted),
        "counts": list(session.wanted.values()),
        "group": kind.group,
        "mends": bool(kind.mends),
        "allowed": sorted(kind.mends),
        "needs": sorted(kind.needs),
    }
    with connection.cursor() as cursor:
        for name in ("campaign_plot", "campaign_person", "campaign_paper"):
            cursor.execute(f"DROP TABLE IF EXISTS pg_temp.{name}")
        cursor.execute(_CHOOSE, values)
        cursor.execute("ANALYZE campaign_plot")
        cursor.execute("SELECT plot_id FROM campaign_plot ORDER BY 1")
        return [row[0] for row in cursor.fetchall()]


def _change(session: Session, staff: Staff) -> None:
    kind = session.work
    values = {
        "at": session.at,
        "day": session.at.date(),
        "by": staff.officer.pk,
        "matches": sorted(people.MATCHES),
        "fields": sorted(people.FIELDS),
    }
    if kind is CHANGE:
        _run([_HANDED_IN], values)
    elif kind is TAKE_BACK:
        _run([_UNSIGNED], values)
    elif kind is WAIVE:
        _waive(session.at, staff)
    else:
        _run(papers.STATEMENTS, values)
        _run([people.CHOSEN, "ANALYZE campaign_person", *people.STATEMENTS], values)
        _run(fields.STATEMENTS, values)
        fields.give_codes()


def _run(statements: Iterable[str], values: dict[str, Any]) -> None:
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement, values)


def _waive(at: dt.datetime, staff: Staff) -> None:
    """One officer asks, another agrees; each waiver with its papers, dated as the rest."""
    with connection.cursor() as cursor:
        cursor.execute(_ALONE)
        ids = [row[0] for row in cursor.fetchall()]
    until = (at + _WAIVED_FOR).date()
    for finding in Finding.objects.filter(pk__in=ids).order_by("pk"):
        _sign(finding, at, until, staff)
        Finding.objects.filter(pk=finding.pk).update(
            state=Finding.State.WAIVED, waived_by=staff.officer, waived_until=until, reason=_WHY_WAIVED
        )


def _sign(finding: Finding, at: dt.datetime, until: dt.date, staff: Staff) -> None:
    """The papers of one waiver: the set with its changes, the second person's yes, the decision."""
    change_set = ChangeSet.objects.create(
        kind=ChangeSet.Kind.WAIVER,
        state=ChangeSet.State.APPLIED,
        commune_id=finding.commune_id,
        planned_by=staff.officer,
        applied_by=staff.second,
        applied_at=at,
        reason=_WHY_WAIVED,
    )
    ChangeSet.objects.filter(pk=change_set.pk).update(planned_at=at)
    told = {
        "state": Finding.State.WAIVED.value,
        "waived_by_id": staff.officer.pk,
        "waived_until": until.isoformat(),
        "reason": _WHY_WAIVED,
    }
    change_set.changes.bulk_create(
        change_set.changes.model(
            change_set=change_set,
            model=Finding._meta.label_lower,
            record_id=finding.pk,
            field=field,
            old=Finding.State.OPEN.value if field == "state" else None,
            new=new,
            state="applied",
        )
        for field, new in told.items()
    )
    Consent.objects.create(
        change_set=change_set, asked_by=staff.officer, given_by=staff.second, given_at=at, is_yes=True
    )
    decision = Decision.objects.create(
        kind=Decision.Kind.WAIVE,
        change_set=change_set,
        commune_id=finding.commune_id,
        by=staff.officer,
        reason=_WHY_WAIVED,
    )
    Decision.objects.filter(pk=decision.pk).update(at=at)


def _unaudited() -> None:
    """No event is kept of what this transaction replaces.

    As `pgtrigger.ignore` does it, whose wrapper takes no named parameters.
    """
    ignored = [
        trigger.get_pgid(model)
        for model, trigger in pgtrigger.registered()
        if model._meta.label in _AUDITED and trigger.name.startswith("before_")
    ]
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('pgtrigger.ignore', %s, true)", ["{" + ",".join(ignored) + "}"])
