"""Audit of changes, written by the database itself (django-pghistory).

Only changed and deleted rows leave an event, with the values they had before; where people ask who set
something first, new rows do too. A first load is audited as one received file (hash, counts); triggers fire
once per statement, since one per row costs three times as much.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeVar

import pghistory
import pgtrigger
from django.db import models

Model = TypeVar("Model", bound=type[models.Model])


def audited(*, exclude: Sequence[str] = (), first: bool = False) -> Callable[[Model], Model]:
    """Class decorator: keep what an update or a delete replaced, `first` also what is new, and who did it."""
    begun = [pghistory.InsertEvent("first")] if first else []
    track: Callable[[Model], Model] = pghistory.track(
        pghistory.UpdateEvent("before_update", row=pghistory.Old),
        pghistory.DeleteEvent("before_delete"),
        *begun,
        level=pgtrigger.Statement,
        exclude=list(exclude) or None,
    )
    return track
