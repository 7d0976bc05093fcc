"""A new version of the weights, estimated from everything that is loaded; a person puts it in force."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

from django.db import transaction
from django.utils import timezone

from landdb import bulk
from landdb.models import Job
from parcels.models import LandUser

from . import bands, engine, registry, training
from .engine import Facts
from .weights import CURRENT, FOLDER, Levels, Weights, load


class TooLittle(Exception):
    """The data ties too few land users to a resident to learn from."""


def estimate() -> tuple[Weights, Facts, int]:
    """The version in force fitted to all land users, the facts of the registry, and how many land users."""
    # The snapshot is made for a job. This one does nothing and is never seen.
    with transaction.atomic():
        job = Job.objects.create(kind="reconcile", state=Job.State.DONE)
        try:
            with registry.session(registry.ensure(job), threads=2) as session:
                facts = registry.facts_of(session)
                people = bulk.read(f"{engine.LAND_USERS} WHERE {training.LEARNT_FROM}")
                fitted = training.train(
                    session, engine.with_second(people), bands.offices(), facts, load(), most=people.num_rows
                )
        finally:
            registry.remove(job)
            transaction.set_rollback(True)
    if fitted.weights is load():
        raise TooLittle(
            f"Fewer than {training.LEAST} land users are tied to a resident by their number:"
            " too few to estimate weights from."
        )
    return fitted.weights, facts, LandUser.objects.live().count()


def next_version() -> str:
    """The number after the highest that a file bears."""
    numbers = [int(path.stem[1:]) for path in FOLDER.glob("v*.json") if path.stem[1:].isdecimal()]
    return f"v{max(numbers, default=0) + 1}"


def write(path: Path, weights: Weights, about: str) -> None:
    """A version as a file that people can read and compare, a level to a line."""
    parts = {
        "version": json.dumps(weights.version),
        "about": json.dumps(about, ensure_ascii=False),
        "levels": _levels(weights.levels),
        "coincidence": json.dumps(list(weights.coincidence)),
        "caution": json.dumps(weights.caution),
        "absent": json.dumps({kind: float(f"{share:.4g}") for kind, share in weights.absent.items()}),
        "bands": json.dumps(weights.bands),
    }
    lines = ",\n".join(f'  "{name}": {text}' for name, text in parts.items())
    path.write_text(f"{{\n{lines}\n}}\n", encoding="utf-8")


def about(land_users: int, residents: int) -> str:
    """What a new version says of itself, after what the version in force says."""
    before = json.loads((FOLDER / f"{CURRENT}.json").read_text(encoding="utf-8"))["about"]
    return (
        f"{before} {CURRENT} estimated anew on {timezone.localdate():%d/%m/%Y} by `train_weights`, from"
        f" {land_users} land users and {residents} residents: m, u of the levels marked `free`, the absent"
        f" shares, coincidence and caution are fitted to all of them, with {CURRENT} as the opinion to begin"
        " with; all else is as it was."
    )


def _levels(levels: Mapping[str, Levels]) -> str:
    fields = []
    for field, steps in levels.items():
        lines = ",\n".join(f"      {json.dumps(level)}: {json.dumps(told)}" for level, told in steps.items())
        fields.append(f"    {json.dumps(field)}: {{\n{lines}\n    }}")
    return "{\n" + ",\n".join(fields) + "\n  }"
