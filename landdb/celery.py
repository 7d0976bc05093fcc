"""The work queue. A chunk is claimed in the database, so a message may come twice or be lost without harm."""

from __future__ import annotations

import os
from typing import Any

from celery import Celery
from celery.signals import task_prerun, worker_ready
from django.db import close_old_connections

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "landdb.settings")

app = Celery("landdb")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks(["landdb.jobs", "reconciliation"])


@task_prerun.connect
def leave_dead_connections(**kwargs: Any) -> None:
    """A task takes over the connection of the one before, unless it is old or broken, as a request does."""
    close_old_connections()


@worker_ready.connect
def take_up_open_jobs(sender: Any, **kwargs: Any) -> None:
    """A worker that comes up takes over what a dead one left."""
    from landdb.jobs.tasks import wake

    wake.delay()
