"""Statements that a connection plans once and runs again and again."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import Any
from weakref import WeakKeyDictionary

from django.db import connection

#: How many statements a connection keeps planned; beyond them the oldest goes.
PLANNED = 50
_planned: WeakKeyDictionary[Any, dict[tuple[str, tuple[Any, ...]], str]] = WeakKeyDictionary()


def run_planned(sql: str, params: Sequence[Any] = ()) -> int:
    """Run a statement that is planned once per connection; the number of rows that it wrote.

    For large statements over few rows, which take longer to plan than to carry out, and that are told nothing
    that differs from one time to the next: the plan is made for these values. The database plans again by
    itself when a table is analysed or changed, also one that was made anew under its name.
    """
    connection.ensure_connection()
    known = _planned.setdefault(connection.connection, {})
    key = (sql, tuple(params))
    with connection.cursor() as cursor:
        if key not in known:
            if len(known) >= PLANNED:
                oldest = next(iter(known))
                cursor.execute(f"DEALLOCATE {known[oldest]}")
                del known[oldest]
            text = cursor.cursor.mogrify(sql, params) if params else sql
            name = f"planned_{hashlib.blake2b(text.encode(), digest_size=12).hexdigest()}"
            # Past Django's wrappers: the values stand in the text, whose per cent signs are nobody's to fill.
            with connection.wrap_database_errors:
                connection.connection.execute(f"PREPARE {name} AS {text}")
            known[key] = name
        cursor.execute(f"EXECUTE {known[key]}")
        return int(cursor.rowcount)
