"""What a page showed of a land user, signed and sent along: a refused decision tells what changed since."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django.core import signing
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _

from landdb.normalise import id_numbers
from landdb.templatetags.landdb import chance
from parcels.models import LandUser

from ..matching import evidence as told
from ..matching import ladders
from ..models import Decision, Match
from .evidence import NUMBERS
from .odds import share_of

_SALT = "reconciliation.desk"
_TITLES = {ladder.field: ladder.title for ladder in ladders.LADDERS}


@dataclass(frozen=True, slots=True)
class Changed:
    """One thing that is otherwise than when the page was shown; `registry` is what stands there by now."""

    title: Any
    then: str
    now: str
    registry: str = ""
    sign: str = ""
    word: Any = ""


@dataclass(frozen=True, slots=True)
class Since:
    """What changed since a page was shown, and when that was (HH:MM)."""

    opened: str
    now: str
    changes: list[Changed]


def keep(person: LandUser, chosen: Match | None, candidates: Sequence[Match]) -> str:
    """What the page shows, compact and signed; numbers as a mask and a mark of the rest."""
    kept = {
        "person": person.pk,
        "at": timezone.now().isoformat(timespec="seconds"),
        "fields": _fields(person, chosen),
        "match": chosen.pk if chosen else None,
        "all": [[each.pk, each.resident.name, each.state, round(share_of(each), 4)] for each in candidates],
    }
    return signing.dumps(kept, salt=_SALT, compress=True)


def since(
    signed: str, person: LandUser, candidates: Sequence[Match], *, last: int | None = None
) -> Since | None:
    """What changed since; None where the page sent nothing that can be trusted.

    `last` is the newest decision that the page knew of; None: not asked.
    """
    try:
        kept = signing.loads(signed, salt=_SALT)
    except signing.BadSignature:
        return None
    opened = parse_datetime(str(kept.get("at", "")))
    if kept.get("person") != person.pk or opened is None:
        return None
    chosen = next((match for match in candidates if match.pk == kept["match"]), None)
    changes: list[Changed] = []
    if chosen is not None or kept["match"] is None:
        changes += _otherwise(kept["fields"], person, chosen)
    changes += _candidates(kept["all"], candidates)
    changes += _decided(person, last)
    clock = "%H:%M"
    return Since(f"{timezone.localtime(opened):{clock}}", f"{timezone.localtime():{clock}}", changes)


def _rows(person: LandUser, match: Match | None) -> list[told.Row]:
    return told.explain(match, person, match.resident) if match else []


def _fields(person: LandUser, match: Match | None) -> dict[str, list[str]]:
    """field → what the register and the registry have, and how they compare."""
    if match is None:
        return {field: [_hidden(field, read), "", ""] for field, _title, _raw, read in told.own(person)}
    return {
        row.field: [_hidden(row.field, row.ours), _hidden(row.field, row.theirs), row.level]
        for row in _rows(person, match)
        if row.field != told.COINCIDENCE
    }


def _otherwise(then: dict[str, list[str]], person: LandUser, match: Match | None) -> Iterator[Changed]:
    rows = {row.field: row for row in _rows(person, match)}
    for field, now in _fields(person, match).items():
        before = then.get(field, ["", "", ""])
        if before == now:
            continue
        row = rows.get(field)
        ours = before[0] != now[0]
        yield Changed(
            _TITLES[field],
            _seen(before[0] if ours else before[1]),
            _seen(now[0] if ours else now[1]),
            _seen(now[1]),
            row.sign if row else "",
            row.word if row else "",
        )


def _candidates(then: list[list[Any]], candidates: Sequence[Match]) -> Iterator[Changed]:
    """Who came, who went, and on whom somebody has said something else."""
    now = {match.pk: match for match in candidates}
    known = set()
    for pk, name, state, share in then:
        known.add(pk)
        match = now.get(pk)
        if match is None:
            yield Changed(name, _("là ứng viên"), _("không còn là ứng viên"))
            continue
        if match.state != state:
            by = f" ({match.decided_by.full_name})" if match.decided_by else ""
            said = Match.State(state).label
            yield Changed(match.resident.name, str(said), f"{match.get_state_display()}{by}")
        elif abs(share_of(match) - share) >= 0.001:
            yield Changed(match.resident.name, chance(share), chance(share_of(match)))
    for pk, match in now.items():
        if pk not in known:
            yield Changed(match.resident.name, _("chưa là ứng viên"), _("là ứng viên"))


def _decided(person: LandUser, last: int | None) -> Iterator[Changed]:
    """The newest decision, where the page did not know of it."""
    if last is None:
        return
    newer = Decision.objects.filter(land_user=person, pk__gt=last).select_related("by").first()
    if newer is not None:
        said = {"what": newer.get_kind_display(), "who": newer.by.full_name}
        at = f"{timezone.localtime(newer.at):%H:%M %d/%m/%Y}"
        yield Changed(_("Quyết định sau cùng"), "–", _("%(what)s (%(who)s), %(at)s") % (said | {"at": at}))


def _hidden(field: str, value: str) -> str:
    """A number as its mask with a mark of the whole, so that a change in hidden digits is a change, too."""
    if field not in NUMBERS or not value:
        return str(value)
    return f"{id_numbers.mask(value)}#{salted_hmac(_SALT, value).hexdigest()[:8]}"


def _seen(value: str) -> str:
    return value.partition("#")[0] if "•" in value else value
