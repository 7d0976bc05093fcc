"""Residents for one land user are looked up by what an index holds, and not read to be thrown away."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection

from reconciliation.matching import statements

from .cast import commune, crowd, holders_of

pytestmark = pytest.mark.django_db


def test_namesakes_of_other_years_are_not_read() -> None:
    """Of a common name there are ten thousand in a province, each in another block of the disk."""
    (land_user,) = holders_of(crowd(3000, commune("Tam Đa"))[:1])
    unneeded = [
        node["Filter"]
        for node in _nodes(_plan(land_user.pk))
        if node.get("Relation Name") == "citizens_resident" and "birth_year" in node.get("Filter", "")
    ]
    assert unneeded == []


def _plan(land_user: int) -> dict[str, Any]:
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE citizens_resident")
        for kind in ("seqscan", "bitmapscan", "hashjoin", "mergejoin"):
            cursor.execute(f"SET LOCAL enable_{kind} = off")
        asked = {"ids": [land_user], "seconds": [""], "rare": 50}
        cursor.execute(f"EXPLAIN (FORMAT JSON) {statements.text('neighbours')}", asked)
        plan: dict[str, Any] = cursor.fetchone()[0][0]["Plan"]
    return plan


def _nodes(plan: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield plan
    for inner in plan.get("Plans", []):
        yield from _nodes(inner)
