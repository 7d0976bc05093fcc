"""PostgreSQL's core `box` type: a bounding box that a GiST index can search without an extension."""

from __future__ import annotations

from typing import Any

from django.db import models


class Box(tuple[float, float, float, float]):
    """min x, min y, max x, max y in the units of the record's own coordinate system (metres)."""

    __slots__ = ()


class BoxField(models.Field):  # type: ignore[type-arg]  # a generic only for the type checker
    """A bounding box, written and read as (min x, min y, max x, max y)."""

    def db_type(self, connection: Any) -> str:
        return "box"

    def from_db_value(self, value: str | None, expression: Any, connection: Any) -> Box | None:
        if value is None:
            return None
        x2, y2, x1, y1 = (float(part) for part in value.replace("(", "").replace(")", "").split(","))
        return Box((x1, y1, x2, y2))

    def get_prep_value(self, value: Any) -> str | None:
        if value is None:
            return None
        x1, y1, x2, y2 = value
        return f"(({x2},{y2}),({x1},{y1}))"

    def get_db_prep_value(self, value: Any, connection: Any, prepared: bool = False) -> Any:
        return value if prepared else self.get_prep_value(value)


@BoxField.register_lookup
class Touches(models.Lookup):
    """`box__touches=(x1, y1, x2, y2)`: bounding boxes that share a point."""

    lookup_name = "touches"

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, Any]:
        left, left_params = self.process_lhs(compiler, connection)
        right, right_params = self.process_rhs(compiler, connection)
        return f"{left} && {right}::box", [*left_params, *right_params]
