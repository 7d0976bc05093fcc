"""`field__in=[…]` with many whole numbers: one array, not a placeholder for each.

Django writes a parameter per number, and psycopg looks for each in the text: of a list of five thousand that
takes longer than the question itself. PostgreSQL makes an array of `IN (…)` anyway.
"""

from __future__ import annotations

from typing import Any

from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import ForeignKey, IntegerField
from django.db.models.fields.related_lookups import RelatedIn
from django.db.models.lookups import In
from django.db.models.sql.compiler import SQLCompiler

#: Up to so many Django's own way is as fast.
FEW = 20


class _AnyOf:
    """Mixed into a lookup "in"; whatever is not a long list of whole numbers goes Django's way."""

    def as_sql(self: Any, compiler: SQLCompiler, connection: BaseDatabaseWrapper) -> tuple[str, Any]:
        if not self.rhs_is_direct_value() or len(self.rhs) <= FEW:
            return super().as_sql(compiler, connection)  # type: ignore[misc, no-any-return]
        numbers = {each for each in self.rhs if each is not None}
        if not all(type(each) is int for each in numbers):
            return super().as_sql(compiler, connection)  # type: ignore[misc, no-any-return]
        column, params = self.process_lhs(compiler, connection)
        return f"{column} = ANY (%s)", [*params, sorted(numbers)]


class IntegerAnyOf(_AnyOf, In):
    """For numbers and keys."""


class RelatedAnyOf(_AnyOf, RelatedIn):
    """For references by key."""


def register() -> None:
    """From now on every "in" of a whole number or a reference goes this way."""
    IntegerField.register_lookup(IntegerAnyOf)
    ForeignKey.register_lookup(RelatedAnyOf)
