"""What a database holds of a demo, and how far it has been worked through."""

from __future__ import annotations

import re
from dataclasses import asdict, dataclass

from landdb.models import Job, ReceivedFile
from parcels.models import Plot

from ..models import ScanArrival

_NAME = re.compile(r"demo plots=(\d+) seed=(\d+) v=(\d+)")
#: Raised whenever the same seed makes another province.
VERSION = 2


@dataclass(frozen=True, slots=True)
class Held:
    """The province that a database holds."""

    plots: int
    seed: int
    version: int


@dataclass(frozen=True, slots=True)
class State:
    """What `seed_demo --status` says."""

    found: bool
    plots: int
    reconciled: bool
    classified: bool
    scanned: bool

    def as_dict(self) -> dict[str, object]:
        return asdict(self)


def file_name(plots: int, seed: int) -> str:
    """The name under which the received file remembers size and seed."""
    return f"demo plots={plots} seed={seed} v={VERSION}"


def held() -> Held | None:
    """What was seeded here, if anything was."""
    name = ReceivedFile.objects.filter(kind=ReceivedFile.Kind.DEMO).values_list("name", flat=True).first()
    found = _NAME.fullmatch(name or "")
    return Held(*map(int, found.groups())) if found else None


def has_plots() -> bool:
    """Somebody has loaded a register."""
    return Plot.objects.exists()


def read() -> State:
    """How far the demo is."""
    province = held()
    done = set(
        Job.objects.filter(state=Job.State.DONE, kind__in=["reconcile", "classify"])
        .exclude(arguments__has_key="communes")
        .values_list("kind", flat=True)
    )
    return State(
        province is not None,
        province.plots if province else 0,
        "reconcile" in done,
        "classify" in done,
        ScanArrival.objects.exists(),
    )
