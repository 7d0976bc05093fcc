"""Communes by any name they ever bore, and their ids in this database."""

from __future__ import annotations

from functools import cache

from landdb.normalise.addresses import Gazetteer

from .tables import rows


@cache
def gazetteer() -> Gazetteer:
    """Today's communes, their 313 predecessors and older names; built once per process."""
    return Gazetteer.from_rows(rows("admin_units"), rows("admin_crosswalk"), rows("admin_name_history"))


@cache
def commune_ids() -> dict[str, int]:
    """Code → id of today's communes, read once per process; `commune_ids.cache_clear()` forgets."""
    # Import processes use the gazetteer without Django.
    from landdb.models import AdminUnit

    return dict(AdminUnit.objects.in_force().values_list("code", "pk"))
