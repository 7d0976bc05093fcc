"""One row of a workbook rehearsed for who looks at it: its land user as the row would leave them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db import transaction

from parcels.models import LandUser

from .. import matching
from ..models import CorrectionRow
from . import edits
from .records import EDITABLE

_LABEL = LandUser._meta.label_lower
#: Cells that name somebody who is new, and the column that each fills.
_BROUGHT = {"name": "name_raw", "birth": "birth_raw", "id_number": "id_number_raw"}


@contextmanager
def as_proposed(line: CorrectionRow, person: LandUser | None) -> Iterator[LandUser | None]:
    """The land user with the row's values, matched with the registry by the same way as ever.

    `person`: the land user as the register has them; None for somebody whom the row brings. Nothing of it
    stays; what is read of it has to be read inside.
    """
    with transaction.atomic():
        after = _after(line, person)
        if after is not None:
            after.save()
            matching.refresh([after.pk])
            # With the verification as it would be, not the one that was read before.
            after = LandUser.objects.select_related("commune", "verification").get(pk=after.pk)
        yield after
        transaction.set_rollback(True)


def _after(line: CorrectionRow, person: LandUser | None) -> LandUser | None:
    if person is not None:
        values = _values(line, person)
        return edits.preview(person, values) if values else None
    brought = {
        _BROUGHT[name]: new for model, _pk, name, _old, new in line.changes if not model and name in _BROUGHT
    }
    if "name_raw" not in brought:
        return None
    return edits.preview(LandUser(commune_id=line.batch.commune_id), brought)


def _values(line: CorrectionRow, person: LandUser) -> dict[str, Any]:
    """What the row writes into the land user's own columns."""
    return {
        name: new
        for model, pk, name, _old, new in line.changes
        if model == _LABEL and pk == person.pk and name in EDITABLE[_LABEL].fields
    }
