"""`field__in=[…]` with many whole numbers: one array, not a placeholder for each.

Django writes a parameter per number, and psycopg looks for each in the text: of a list of five thousand that
takes longer than the question itself. PostgreSQL makes an array of `IN (…)` anyway. Nor is each number asked
whether it is one, or each element of an array whether it needs quotes.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import CharField, ForeignKey, IntegerField
from django.db.models.fields.related_lookups import RelatedIn
from django.db.models.lookups import In
from django.db.models.sql.compiler import SQLCompiler
from psycopg import adapters
from psycopg.abc import Buffer
from psycopg.types.array import ListDumper

from .prepared import Slot

#: Up to so many Django's own way is as fast.
FEW = 20


class _Slotted:
    """Mixed into a lookup "in": a place for a list is one array."""

    def as_sql(self: Any, compiler: SQLCompiler, connection: BaseDatabaseWrapper) -> tuple[str, Any]:
        if not isinstance(self.rhs, Slot):
            return super().as_sql(compiler, connection)  # type: ignore[misc, no-any-return]
        column, params = self.process_lhs(compiler, connection)
        return f"{column} = ANY (%s)", [*params, self.rhs]


class _AnyOf:
    """Mixed into a lookup "in"; whatever is not a long list of whole numbers goes Django's way."""

    def get_prep_lookup(self: Any) -> Any:
        if self.rhs_is_direct_value() and _are_whole(each for each in self.rhs if each is not None):
            return self.rhs
        return super().get_prep_lookup()  # type: ignore[misc]

    def as_sql(self: Any, compiler: SQLCompiler, connection: BaseDatabaseWrapper) -> tuple[str, Any]:
        if not self.rhs_is_direct_value() or len(self.rhs) <= FEW:
            return super().as_sql(compiler, connection)  # type: ignore[misc, no-any-return]
        numbers = {each for each in self.rhs if each is not None}
        if not _are_whole(numbers):
            return super().as_sql(compiler, connection)  # type: ignore[misc, no-any-return]
        column, params = self.process_lhs(compiler, connection)
        return f"{column} = ANY (%s)", [*params, sorted(numbers)]


class TextAnyOf(_Slotted, In):
    """For words; only where the list is told later."""


class IntegerAnyOf(_Slotted, _AnyOf, In):
    """For numbers and keys."""


class RelatedAnyOf(_Slotted, _AnyOf, RelatedIn):
    """For references by key."""


class WholeNumbersDumper(ListDumper):
    """Writes a list of whole numbers in one go; every other list as psycopg does."""

    def dump(self, obj: list[Any]) -> Buffer | None:
        if obj and _are_whole(obj):
            return f"{{{','.join(map(str, obj))}}}".encode()
        return super().dump(obj)


def _are_whole(found: Iterable[Any]) -> bool:
    """Nothing but plain whole numbers: no truth values, no members of an enumeration."""
    return set(map(type, found)) <= {int}


def register() -> None:
    """From now on every "in" of a whole number, a word or a reference goes this way, and every list."""
    adapters.register_dumper(list, WholeNumbersDumper)
    IntegerField.register_lookup(IntegerAnyOf)
    CharField.register_lookup(TextAnyOf)
    ForeignKey.register_lookup(RelatedAnyOf)
