"""Put a former value back: a correction, proposed from what the ledger of changes kept."""

from __future__ import annotations

import hashlib
from typing import Any

from django.db import models, transaction
from django.utils.crypto import salted_hmac

from landdb.models import User
from parcels.models import Certificate, Holding, LandUse, LandUser, Plot

from ..models import Change, Decision
from . import edits
from .changes import FieldChange
from .records import EDITABLE, decode, now

#: Records whose values may be put back. A word on a match or a waiver is taken back as a decision instead.
RECORDS = {model._meta.label_lower: model for model in (LandUser, Plot, LandUse, Certificate, Holding)}
#: A merge is taken back as a whole.
_NEVER = ("merged_into_id",)


class Moved(Exception):
    """The field has another value than the page showed, or its record is gone."""


class NotRestorable(Exception):
    """A value of this kind is not put back field by field."""


def is_restorable(change: Change) -> bool:
    """May the former value of this change be put back by itself?"""
    editable = change.model in RECORDS and change.field in EDITABLE[change.model].fields
    return editable and change.field not in _NEVER


def stamp(value: Any) -> str:
    """A short keyed mark of a value, from which nobody can guess it."""
    told = hashlib.blake2b(repr(value).encode(), digest_size=16).hexdigest()
    return salted_hmac("landdb.restore", told).hexdigest()[:24]


@transaction.atomic
def restore(change: Change, *, by: User, reason: str, seen: str) -> Decision:
    """Give the field the value that it had before `change`. `seen` is the `stamp` of the value shown as the
    present one.

    A proposal, whatever the field: it is applied when a second person agrees. Moved, NotRestorable,
    edits.NothingNew and edits.AlreadyAsked leave everything as it is.
    """
    if not is_restorable(change):
        raise NotRestorable
    model: type[models.Model] = RECORDS[change.model]
    record: Any = model._default_manager.select_for_update().filter(pk=change.record_id).first()
    if record is None or stamp(now(record, change.field)) != seen:
        raise Moved
    if isinstance(record, LandUser) and record.merged_into_id is not None:
        raise Moved
    if now(record, change.field) == change.old:
        raise edits.NothingNew
    value = decode(model, change.field, change.old)
    if isinstance(record, LandUser):
        return edits.write(record, {change.field: value}, by=by, reason=reason, must_ask=True)
    wanted = [FieldChange(record, change.field, value)]
    return edits.carry_out(wanted, None, record.commune_id, True, by=by, reason=reason)
