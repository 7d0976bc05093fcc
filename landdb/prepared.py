"""Query sets whose SQL is made once in a process and asked again with other values.

Django writes the text of a query set anew each time: half a millisecond and more, often longer than
PostgreSQL takes to answer it. A page that is opened all day asks the same dozen questions each time. Here a
question is built once, with a `Slot` for each value that changes, and what comes back is the same instances:

    _ITEM_OF = Prepared(lambda person: WorkItem.objects.filter(land_user=person))
    item = _ITEM_OF.first(person=7)

A value of None makes a question of its own, as it does in a filter: a builder that is given `within=None` may
leave the territory out.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Generic, TypeVar

from django.core.exceptions import EmptyResultSet
from django.db import connection, connections
from django.db.models import Expression, QuerySet
from django.db.models.query import FlatValuesListIterable, ModelIterable
from django.db.models.sql.compiler import SQLCompiler

Row = TypeVar("Row")
Text = TypeVar("Text")

#: What may be asked for. Others reorder their columns by what the query set knows.
_KINDS = (ModelIterable, FlatValuesListIterable)
#: What a compiler knows of the columns once it has written a statement.
_LEARNT = ("select", "klass_info", "annotation_col_map", "col_count", "has_extra_select")


class Slot(Expression):
    """Where a value will stand, in a filter by equality or comparison; a list of keys behind `__in`."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self.name = name

    def as_sql(self, compiler: SQLCompiler, connection: Any) -> tuple[str, Any]:
        """A place for one value; the value is put there when the question is asked."""
        return "%s", [self]


class Prepared(Generic[Row]):
    """A question about rows of a model: instances, whole or with `only`, with what `select_related` brings.
    Or one value of each (`flat`).

    `build` is called with a Slot for each value, None for one that is None, and gives the query set. Nothing
    in it may depend on anything else that changes: on the day, the language, the user.
    """

    def __init__(self, build: Callable[..., QuerySet[Any, Row]]) -> None:
        self._made = _Texts(lambda slots: _Made(build(**slots)))

    def all(self, **values: Any) -> list[Row]:
        """All rows, in the order of the query set."""
        return self._made.of(values).asked(values)

    def first(self, **values: Any) -> Row | None:
        """The first row, or None; a `build` that may find many ends with `[:1]`."""
        return next(iter(self.all(**values)), None)


class PreparedRow:
    """A question that one row of values answers; `build` puts its text together from parts of query sets."""

    def __init__(self, build: Callable[..., tuple[str, Sequence[Any]]]) -> None:
        self._texts = _Texts(lambda slots: build(**slots))

    def one(self, **values: Any) -> tuple[Any, ...]:
        """The row."""
        sql, params = self._texts.of(values)
        with connection.cursor() as cursor:
            cursor.execute(sql, _filled(params, values))
            row: tuple[Any, ...] = cursor.fetchone()
            return row


class _Texts(Generic[Text]):
    """What was written so far, by which values were None."""

    def __init__(self, write: Callable[[dict[str, Slot | None]], Text]) -> None:
        self._write = write
        self._written: dict[tuple[str, ...], Text] = {}

    def of(self, values: Mapping[str, Any]) -> Text:
        """The text for these values, written where it is not there yet."""
        absent = tuple(sorted(name for name, value in values.items() if value is None))
        if absent not in self._written:
            slots = {name: None if name in absent else Slot(name) for name in values}
            self._written[absent] = self._write(slots)
        return self._written[absent]


class _Made:
    """A query set with its text, and what its compiler learnt while it wrote it."""

    def __init__(self, rows: QuerySet[Any]) -> None:
        self.rows, self.query = rows, rows.query
        self.iterable: Any = rows._iterable_class
        if self.iterable not in _KINDS or rows._prefetch_related_lookups:  # type: ignore[attr-defined]
            raise ValueError("neither instances nor single values, or more than one question")
        compiler = self.query.get_compiler(using=rows.db)
        try:
            self.sql, self.params = compiler.as_sql()
        except EmptyResultSet as none:
            raise ValueError("a question that never finds anything") from none
        self.learnt = {name: getattr(compiler, name) for name in _LEARNT}

    def asked(self, values: Mapping[str, Any]) -> list[Any]:
        """The rows, with these values in the places of the slots."""
        asked: Any = _Asked(self, _filled(self.params, values))
        return list(self.iterable(asked))


class _Asked:
    """Stands for a query set, and for its query, where rows are made of what the database answers."""

    _known_related_objects: Mapping[Any, Any] = {}

    def __init__(self, made: _Made, params: tuple[Any, ...]) -> None:
        self.db, self.query = made.rows.db, self
        self._made, self._params = made, params

    def get_compiler(self, using: str) -> SQLCompiler:
        return _Written(self._made, using, self._params)


class _Written(SQLCompiler):
    """A compiler that has nothing left to write."""

    def __init__(self, made: _Made, using: str, params: tuple[Any, ...]) -> None:
        super().__init__(made.query, connections[using], using)
        self.__dict__.update(made.learnt)
        self._statement = made.sql, params

    def as_sql(self, with_limits: bool = True, with_col_aliases: bool = False) -> tuple[str, tuple[Any, ...]]:
        """The statement as it was written."""
        return self._statement


def _filled(params: Sequence[Any], values: Mapping[str, Any]) -> tuple[Any, ...]:
    """The parameters of a text, with the values in the places of the slots."""
    return tuple(_told(values[each.name]) if isinstance(each, Slot) else each for each in params)


def _told(value: Any) -> Any:
    """A value as the driver takes it: a tuple of keys would be a row of a table to it."""
    return list(value) if isinstance(value, tuple | set | frozenset) else value
