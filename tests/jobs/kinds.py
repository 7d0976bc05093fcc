"""Made-up kinds of long work, for tests only."""

from __future__ import annotations

import time
from collections.abc import Iterable
from typing import ClassVar

from django.db import connection

from landdb.jobs import JobKind, register
from landdb.models import Job, JobLine


@register
class Counting(JobKind):
    """Two phases; each chunk writes one line of the log, slowly if asked to, and fails where it is told."""

    name: ClassVar[str] = "test_counting"
    title = "Counting"
    phases = (("first", "First"), ("second", "Second"))

    def chunks(self, job: Job, phase: str) -> Iterable[str]:
        return [f"{phase}-{number}" for number in range(job.arguments.get("chunks", 3))]

    def work(self, job: Job, phase: str, key: str) -> dict[str, int]:
        JobLine.objects.create(job=job, text=f"done {key}")
        if key in job.arguments.get("failing", []):
            raise RuntimeError(f"{key} cannot be done")
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_sleep(%s)", [job.arguments.get("seconds", 0)])
        return {"lines": 1}

    def finish(self, job: Job) -> dict[str, int]:
        return {"lines": JobLine.objects.filter(job=job, text__startswith="done").count()}


def wait_for(condition: object, seconds: float = 30.0) -> bool:
    """Poll a condition; False when the time is up."""
    assert callable(condition)
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if condition():
            return True
        time.sleep(0.05)
    return False
