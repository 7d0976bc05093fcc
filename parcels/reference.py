"""Land-use and origin codes with the days between which they are used."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Any

from django.db import transaction

from landdb.reference.merge import Merged, merge
from landdb.reference.tables import rows

from .models import LandUseCode, OriginCode

#: TT 08/2024/TT-BTNMT comes into force with the Land Law 2024.
CODES_OF_2024 = dt.date(2024, 8, 1)
#: TT 28/2014/TT-BTNMT comes into force.
CODES_OF_2014 = dt.date(2014, 7, 17)

_DAY = dt.timedelta(days=1)


@transaction.atomic
def load() -> dict[str, Merged]:
    """Bring both code tables to what the data files say."""
    return {
        "land_use_codes": merge(LandUseCode, _land_use_codes(), ["code"]),
        "origin_codes": merge(OriginCode, _origin_codes(), ["code"]),
    }


def _land_use_codes() -> Iterator[dict[str, Any]]:
    for row in rows("land_use_codes"):
        since, until = _period(row)
        yield {
            "code": row["code"],
            "name": row["name_vi"],
            "name_en": row["name_en"],
            "land_group": row["land_group"],
            "is_leaf": row["level"] == "leaf",
            "valid_from": since,
            "valid_to": until,
            "successors": "" if row["code_2024"] == row["code"] else row["code_2024"],
        }


def _period(row: dict[str, str]) -> tuple[dt.date | None, dt.date | None]:
    """First and last day of a code; empty where it began before 2014 or is in use."""
    if row["in_tt08_2024"] == "yes":
        return (None if row["in_tt28_2014"] == "yes" else CODES_OF_2024), None
    if row["only_before_2014"] == "yes":
        return None, CODES_OF_2014 - _DAY
    return None, CODES_OF_2024 - _DAY


def _origin_codes() -> Iterator[dict[str, Any]]:
    for row in rows("land_origin_codes"):
        yield {
            "code": row["code"],
            "name": row["name_vi"],
            "name_en": row["name_en"],
            "is_transfer": row["kind"] == "transfer",
        }
