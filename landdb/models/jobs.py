"""Long work: what runs, how far it is, who asked for it, what it said."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from landdb.prepared import Prepared

from .accounts import Role, User

#: Who watches all jobs; the others see those that they started.
WATCHERS = (Role.REVIEWER, Role.SENIOR_REVIEWER, Role.MANAGER, Role.AUDITOR, Role.ADMINISTRATOR)
#: Who stops and takes up jobs that others started.
STEERERS = (Role.SENIOR_REVIEWER, Role.ADMINISTRATOR)


class JobQuerySet(models.QuerySet["Job"]):
    def visible_to(self, user: User) -> JobQuerySet:
        return self.started_by(_starter(user))

    def started_by(self, starter: Any) -> JobQuerySet:
        """Those that one person started; all where it is None."""
        return self if starter is None else self.filter(started_by=starter)

    def count_open(self, user: User) -> int:
        """How many there are of `visible_to(user).open()`: on every page, so the question is written once."""
        return len(_OPEN.all(starter=_starter(user)))

    def steered_by(self, user: User) -> JobQuerySet:
        """Those that a user may stop and take up again: the own ones, and for some roles all."""
        return self if user.has_role(*STEERERS) else self.filter(started_by=user)

    def open(self) -> JobQuerySet:
        return self.filter(state__in=[Job.State.QUEUED, Job.State.RUNNING])


class Job(models.Model):
    """One piece of long work, cut into phases and chunks that any worker may do, twice or after a crash."""

    class State(models.TextChoices):
        QUEUED = "queued", _("Chờ chạy")
        RUNNING = "running", _("Đang chạy")
        DONE = "done", _("Xong")
        FAILED = "failed", _("Hỏng")
        CANCELLED = "cancelled", _("Đã dừng")

    kind = models.CharField(max_length=40)
    arguments = models.JSONField(default=dict)
    state = models.CharField(max_length=10, choices=State, default=State.QUEUED)
    phase = models.CharField(max_length=40, blank=True)
    started_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="jobs")
    created_at = models.DateTimeField(auto_now_add=True)
    started_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)
    result = models.JSONField(default=dict, blank=True)
    error = models.TextField(blank=True)

    objects = JobQuerySet.as_manager()

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["kind"],
                condition=Q(state__in=["queued", "running"], kind__in=["reconcile", "classify"])
                & ~Q(arguments__has_key="communes"),
                name="job_one_whole_run_at_a_time",
            )
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.pk}"

    @property
    def is_open(self) -> bool:
        return self.state in (self.State.QUEUED, self.State.RUNNING)

    @property
    def seconds(self) -> float:
        """Seconds between start and end (or now)."""
        if not self.started_at:
            return 0.0
        return ((self.finished_at or timezone.now()) - self.started_at).total_seconds()

    def say(self, text: str) -> None:
        """Add a line to the job's log. No personal data: the log is shown to all who see the job."""
        JobLine.objects.create(job=self, text=text[:500])


class JobChunk(models.Model):
    """One part of a phase. It is claimed, worked and marked done in one transaction, so it happens once."""

    job = models.ForeignKey(Job, on_delete=models.CASCADE, related_name="chunks")
    phase = models.CharField(max_length=40)
    key = models.CharField(max_length=80)
    done_at = models.DateTimeField(null=True, blank=True)
    seconds = models.FloatField(default=0)
    attempts = models.SmallIntegerField(default=0)
    counts = models.JSONField(default=dict, blank=True)
    error = models.TextField(blank=True)

    class Meta:
        ordering = ["id"]
        constraints = [models.UniqueConstraint(fields=["job", "phase", "key"], name="jobchunk_once")]
        indexes = [
            models.Index(
                fields=["job", "phase", "id"], condition=Q(done_at__isnull=True), name="jobchunk_waiting"
            )
        ]

    def __str__(self) -> str:
        return f"{self.phase} {self.key}"


class JobLine(models.Model):
    """A line of a job's log."""

    job = models.ForeignKey(Job, on_delete=models.CASCADE, related_name="lines")
    at = models.DateTimeField(auto_now_add=True)
    text = models.CharField(max_length=500)

    class Meta:
        ordering = ["id"]

    def __str__(self) -> str:
        return self.text


def remaining(done: int, total: int, since: dt.datetime | None) -> dt.timedelta | None:
    """Time left at the pace so far; None while nothing is done yet."""
    if not since or not done or done >= total:
        return None
    return (timezone.now() - since) * ((total - done) / done)


def _starter(user: User) -> int | None:
    """Whose jobs alone a user sees; None: everybody's."""
    return None if user.has_role(*WATCHERS) else user.pk


_OPEN = Prepared(lambda starter: Job.objects.started_by(starter).open().values_list("pk", flat=True))
