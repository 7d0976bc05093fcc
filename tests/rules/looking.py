"""What the rules say of a plot, asked the way the product asks."""

from __future__ import annotations

from typing import Any

from django.db.models import Model

from citizens.models import Resident
from parcels.models import Certificate, LandUse, LandUser, Plot
from reconciliation import classification
from reconciliation.models import Finding, GroupMove


def findings(plot: Plot) -> set[str]:
    """The rules with a finding on the plot, judged just now."""
    classification.refresh([plot.pk], cause=GroupMove.Cause.CORRECTION)
    return set(Finding.objects.open().filter(plot=plot).values_list("rule", flat=True))


def assert_silent(rule: str, plot: Plot) -> None:
    assert rule not in findings(plot), f"{rule} raises a false alarm"


def assert_finds(rule: str, plot: Plot) -> None:
    assert rule in findings(plot), f"{rule} finds nothing"


def change(record: Model, **fields: Any) -> None:
    """Write fields as a correction would."""
    type(record)._default_manager.filter(pk=record.pk).update(**fields)


def holder(plot: Plot) -> LandUser:
    found = plot.holdings.order_by("id").first()
    assert found is not None
    assert found.land_user is not None
    return found.land_user


def known_as(plot: Plot) -> Resident:
    """Whom the registry has for the holder."""
    found = holder(plot).verification.resident
    assert found is not None
    return found


def certificate(plot: Plot) -> Certificate:
    found = plot.holdings.order_by("id").first()
    assert found is not None
    assert found.certificate is not None
    return found.certificate


def use(plot: Plot) -> LandUse:
    found = plot.land_uses.order_by("line").first()
    assert found is not None
    return found
