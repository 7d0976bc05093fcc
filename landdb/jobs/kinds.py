"""The kinds of long work, found by name."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable
from typing import Any, ClassVar

from django.utils.module_loading import autodiscover_modules

from landdb.models import Job

_kinds: dict[str, JobKind] = {}


class JobKind(ABC):
    """A kind of long work: its phases in order, their chunks, and how one chunk is done."""

    name: ClassVar[str]
    title: ClassVar[Any]
    #: (key, title) of each phase in order
    phases: ClassVar[tuple[tuple[str, Any], ...]]

    @abstractmethod
    def chunks(self, job: Job, phase: str) -> Iterable[str]:
        """Keys of the phase's chunks, settled when the phase begins; none skips the phase."""

    @abstractmethod
    def work(self, job: Job, phase: str, key: str) -> dict[str, int]:
        """Do one chunk inside the caller's transaction and return counts. May run again after a crash."""

    def finish(self, job: Job) -> dict[str, Any]:
        """The job's result, once all phases are done; in the closing transaction."""
        return {}

    def fail(self, job: Job) -> None:  # noqa: B027  most kinds have nothing to tidy
        """Tidy up after the job failed or was cancelled."""

    def phase_title(self, phase: str) -> Any:
        return dict(self.phases).get(phase, phase)


def register(kind: type[JobKind]) -> type[JobKind]:
    """Class decorator: makes a kind known under its name."""
    _kinds[kind.name] = kind()
    return kind


def kind_of(job: Job) -> JobKind:
    """The kind of a job; KeyError where no room has announced it."""
    if job.kind not in _kinds:
        # Rooms announce theirs in `tasks`, which is heavy to load: only those who work on jobs pay for it.
        autodiscover_modules("tasks")
    return _kinds[job.kind]
