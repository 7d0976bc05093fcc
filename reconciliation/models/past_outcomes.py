"""What the registry said of a land user before it said something else, kept by the database."""

from __future__ import annotations

import pgtrigger
from django.db import models

from .by_difference import statement_trigger

_CHANGED = """
    INSERT INTO reconciliation_pastoutcome (land_user_id, outcome, since)
    SELECT o.land_user_id, o.outcome, o.since
    FROM old_values o JOIN new_values n ON n.land_user_id = o.land_user_id
    WHERE o.outcome <> n.outcome;
"""
_GONE = """
    INSERT INTO reconciliation_pastoutcome (land_user_id, outcome, since)
    SELECT land_user_id, outcome, since FROM old_values;
"""


class PastOutcome(models.Model):
    """An outcome of a verification that no longer stands, and since when it stood.

    Written by triggers of the verifications (`keeping`), whatever changes them; never corrected. The key of
    the land user stays when the entry itself is gone.
    """

    land_user_id = models.BigIntegerField(db_index=True)
    outcome = models.CharField(max_length=14)
    since = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.land_user_id}: {self.outcome}"


def keeping() -> list[pgtrigger.Trigger]:
    """The triggers of the verifications that keep what no longer stands."""
    both = pgtrigger.Referencing(old="old_values", new="new_values")
    return [
        statement_trigger("past_changed", pgtrigger.Update, both, _CHANGED),
        statement_trigger("past_gone", pgtrigger.Delete, pgtrigger.Referencing(old="old_values"), _GONE),
    ]
