"""What people said that unknown headers mean, asked once and remembered."""

from __future__ import annotations

from collections.abc import Mapping

from django.db.models import F, Q

from landdb.models import AdminUnit, User
from parcels.models import HeaderMapping

from .fields import FIELDS


def remembered(commune: AdminUnit | None) -> dict[str, str]:
    """Header path → field name ("" = leave out): the commune's own answers before those for everybody."""
    wanted = Q(commune__isnull=True) | Q(commune=commune) if commune else Q(commune__isnull=True)
    answers = HeaderMapping.objects.filter(wanted).order_by(F("commune").asc(nulls_first=True))
    return {answer.header: answer.field for answer in answers if not answer.field or answer.field in FIELDS}


def remember(answers: Mapping[str, str], commune: AdminUnit | None, by: User | None) -> None:
    """Keep answers for a commune, or for everybody. ValueError where a field has no such name."""
    for header, name in answers.items():
        if name and name not in FIELDS:
            raise ValueError(name)
        HeaderMapping.objects.update_or_create(
            commune=commune, header=header[:300], defaults={"field": name, "decided_by": by}
        )
