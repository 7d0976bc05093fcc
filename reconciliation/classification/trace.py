"""The trace of a plot's judgement: a document that holds everything from which its group follows.

It keeps names and numbers whole, for a masked fact could not be judged again. Who may have it is decided
where it is handed out.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.utils import timezone

from landdb.models import Delivery
from parcels.models import Plot

from ..models import PlotStatus, RuleSet
from ..rules import book, catalogue
from ..rules.book import RuleBook
from .frozen import MARGINS, Frozen, Judgement, Seen, Spot, Waiver, freeze, judge_frozen

#: Rises when a reader of older traces would misread one.
FORMAT = 1


class Retired(Exception):
    """A plot whose number was retired is in no group."""


def trace(plot: Plot) -> dict[str, Any]:
    """The judgement of a plot as it follows from today's facts and settings, in types that JSON keeps.

    Raises Retired. `books` says what the plot's own books hold: facts may have changed, or a day gone by,
    since it was last classified.
    """
    if plot.state != Plot.State.LIVE:
        raise Retired
    rules = book.current()
    frozen, seen = freeze(plot)
    judgement = judge_frozen(frozen, rules, MARGINS)
    known = RuleSet.objects.filter(fingerprint=rules.fingerprint).first()
    return {
        "trace": FORMAT,
        "plot": {
            "id": plot.pk,
            "number": plot.number,
            "sheet": plot.sheet,
            "commune_id": plot.commune_id,
            "commune": plot.commune.code,
        },
        "judged_at": timezone.localtime().isoformat(timespec="seconds"),
        "day": frozen.day.isoformat(),
        "rule_set": {
            "number": known.pk if known else None,
            "fingerprint": rules.fingerprint,
            "rules": _settings(rules),
            "off": [rule.id for rule in catalogue.RULES if rule.id not in rules.settings],
        },
        "margins": {"share": MARGINS.share, "days": MARGINS.days},
        "sources": _sources(plot),
        "facts": frozen.facts,
        "waivers": [_waiver(one) for one in frozen.waivers],
        "result": _result(judgement, frozen, rules, seen),
        "books": _books(plot),
    }


def agrees(document: dict[str, Any]) -> bool:
    """Do the plot's own books hold what follows from its facts now?"""
    books, result = document["books"], document["result"]
    return bool(books) and all(books[key] == result[key] for key in ("group", "rules", "unjudged"))


def spot(one: Spot) -> dict[str, Any]:
    """A rule on a subject, as traces write it."""
    return {"rule": one.rule, "subject": str(one.subject), "subject_id": one.subject_id}


def _settings(rules: RuleBook) -> dict[str, dict[str, Any]]:
    return {
        rule: {"version": version, "effect": effect, "tolerance": tolerance}
        for rule, (version, effect, tolerance) in rules.settings.items()
    }


def _result(judgement: Judgement, frozen: Frozen, rules: RuleBook, seen: Seen) -> dict[str, Any]:
    waived = {waiver.spot for waiver in frozen.waivers}
    effects = {ruling.rule.id: str(ruling.effect) for ruling in rules.rulings}
    return {
        "group": judgement.group,
        "rules": judgement.rules,
        "unjudged": judgement.unjudged,
        "findings": [
            spot(one) | {"effect": effects[one.rule], "waived": one in waived, "says": _says(one, seen)}
            for one in judgement.findings
        ],
        "close": [
            spot(one) | {"effect": effects[one.rule], "on": _day(day)} for one, day in judgement.close.items()
        ],
    }


def _says(one: Spot, seen: Seen) -> str:
    return catalogue.by_id(one.rule).sentence(None, seen.get((one.subject, one.subject_id)))


def _sources(plot: Plot) -> list[dict[str, str]]:
    delivered = Delivery.objects.filter(commune=plot.commune_id).order_by("source")
    return [
        {"source": one.source, "last_at": timezone.localtime(one.last_at).isoformat(timespec="seconds")}
        for one in delivered
    ]


def _waiver(waiver: Waiver) -> dict[str, Any]:
    return spot(waiver.spot) | {"until": _day(waiver.until), "by": waiver.by, "reason": waiver.reason}


def _books(plot: Plot) -> dict[str, Any] | None:
    status = PlotStatus.objects.filter(pk=plot.pk).first()
    if status is None:
        return None
    return {
        "group": status.group,
        "rules": list(status.rules),
        "unjudged": list(status.unjudged),
        "since": timezone.localtime(status.since).isoformat(timespec="seconds"),
        "rule_set": status.rule_set_id,
        "is_confirmed": status.confirmed_at is not None,
    }


def _day(day: dt.date | None) -> str | None:
    return day.isoformat() if day else None
