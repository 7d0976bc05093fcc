"""Reference rows into their tables: new ones in, changed ones mended, the others left alone."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from django.db import models


@dataclass(slots=True)
class Merged:
    """How many rows of a table were new, changed or already so."""

    new: int = 0
    changed: int = 0
    unchanged: int = 0

    def as_dict(self) -> dict[str, int]:
        return asdict(self)


def merge(model: type[models.Model], rows: Iterable[dict[str, Any]], key: Sequence[str]) -> Merged:
    """Bring a small table to the given rows, found by the fields of `key`; rows that it has besides stay."""
    there = {
        tuple(getattr(record, name) for name in key): record
        for record in model._default_manager.order_by("pk")
    }
    merged, new, changed = Merged(), [], []
    fields: set[str] = set()
    for row in rows:
        record = there.get(tuple(row[name] for name in key))
        if record is None:
            new.append(model(**row))
            continue
        differing = [name for name, value in row.items() if getattr(record, name) != value]
        for name in differing:
            setattr(record, name, row[name])
        fields.update(differing)
        if differing:
            changed.append(record)
        else:
            merged.unchanged += 1
    model._default_manager.bulk_create(new)
    if changed:
        model._default_manager.bulk_update(changed, sorted(fields))
    merged.new, merged.changed = len(new), len(changed)
    return merged
