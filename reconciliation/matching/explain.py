"""Why a land user matches whom: what a run has stored, spelt out; nothing is computed anew."""

from __future__ import annotations

from typing import Any

from landdb.normalise import id_numbers
from parcels.models import LandUser

from ..models import Match, MatchingFit
from . import evidence

NUMBERS = ("number", "former_number")


def find(owner_id: str) -> LandUser | None:
    """The land user of an id as the export writes it: the source key, or "#" and the number of the row."""
    if owner_id.startswith("#"):
        row = owner_id[1:]
        return LandUser.objects.filter(pk=int(row)).first() if row.isdecimal() and len(row) < 19 else None
    return LandUser.objects.filter(source_key=owner_id).first() if owner_id else None


def tell(person: LandUser) -> dict[str, Any]:
    """The land user, each stored candidate best first with its evidence, and what lies between the first
    two."""
    matches = list(person.matches.select_related("resident__commune").best_first())
    verification = getattr(person, "verification", None)
    best = next((match for match in matches if match.state == Match.State.ACCEPTED), None)
    best = best or next((match for match in matches if match.state != Match.State.REJECTED), None)
    second = evidence.runner_up(best, matches) if best else None
    fit = MatchingFit.objects.first()
    settling = evidence.would_settle(evidence.explain(best, person, best.resident), person) if best else []
    return {
        "owner_id": person.source_key or f"#{person.pk}",
        "name": person.name,
        "birth_year": person.birth_year,
        "commune": str(person.commune or ""),
        "merged_into": person.merged_into_id,
        "outcome": verification.outcome if verification else None,
        "outcome_word": str(verification.get_outcome_display()) if verification else None,
        "absent_probability": verification.absent_probability if verification else None,
        "candidates": [_candidate(match, person) for match in matches],
        "runner_up": second.resident.resident_key if second else None,
        "margin": best.score - second.score if best and second else None,
        "would_settle": [str(asked) for asked in settling],
        "fit": {"version": fit.version, "made_at": fit.made_at.isoformat()} if fit else None,
    }


def _candidate(match: Match, person: LandUser) -> dict[str, Any]:
    resident, told = match.resident, evidence.of(match)
    return {
        "resident_id": resident.resident_key,
        "name": resident.name,
        "birth_year": resident.birth_year,
        "commune": str(resident.commune or resident.commune_raw),
        "number": id_numbers.mask(resident.id_number) if resident.id_number else "",
        "probability": match.probability,
        "score": match.score,
        "stage": match.stage,
        "stage_word": str(match.get_stage_display()),
        "outcome": match.outcome,
        "outcome_word": str(match.get_outcome_display()),
        "state": match.state,
        "state_word": str(match.get_state_display()),
        "fields": [
            _field(row)
            for row in evidence.explain(match, person, resident)
            if row.field != evidence.COINCIDENCE
        ],
        "start": told.get("start", 0.0),
        "coincidence": told.get(evidence.COINCIDENCE, 0.0),
        "sum": round(told.get("start", 0.0) + evidence.total(told), 2),
    }


def _field(row: evidence.Row) -> dict[str, Any]:
    values = {"raw": row.ours_raw, "ours": row.ours, "registry": row.theirs}
    if row.field in NUMBERS:
        values = {side: id_numbers.mask(value) if value else "" for side, value in values.items()}
    words = {"title": str(row.title), "level": row.level, "word": str(row.word), "sign": row.sign}
    return {"field": row.field, **words, **values, "weight": row.weight}
