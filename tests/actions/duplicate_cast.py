"""Entries of one person, and what is said of two of them."""

from __future__ import annotations

from parcels.models import Holding
from reconciliation import duplicates
from reconciliation.actions import duplicates as actions
from reconciliation.models import (
    Duplicate,
)
from tests import factories

from .cast import judge

NUMBER = "024175123456"


def entry(commune, name="Nguyễn Thị Duyên", birth="12/03/1975", number=NUMBER, *, plots=1, **fields):
    """A land user with plots of their own, each on a certificate."""
    given = {"name_raw": name, "birth_raw": birth, "sex_raw": "Nữ", "id_number_raw": number} | fields
    person = factories.make_land_user(commune, **given)
    held = []
    for _n in range(plots):
        plot = factories.make_plot(commune)
        factories.make_holding(plot, person, factories.make_certificate(commune))
        held.append(plot)
    judge(person, *held)
    duplicates.refresh([person.pk])
    return person


def groups() -> list[tuple[str, str, list[int]]]:
    return [(d.kind, d.why, d.members) for d in Duplicate.objects.open().order_by("kind", "pk")]


def seen(duplicate: Duplicate) -> str:
    return actions.stamp(actions.standing(duplicate))


def merge(duplicate, keep, others, by, carry=None):
    return actions.merge(
        duplicate,
        keep.pk,
        [other.pk for other in others],
        carry,
        by=by,
        reason="cùng một người",
        seen=seen(duplicate),
    )


def apart(duplicate, keep, others, by):
    pks = [other.pk for other in others]
    return actions.set_apart(duplicate, keep.pk, pks, by=by, reason="khác người", seen=seen(duplicate))


def holders(plot) -> list[int]:
    return list(Holding.objects.filter(plot=plot).order_by("pk").values_list("land_user", flat=True))
