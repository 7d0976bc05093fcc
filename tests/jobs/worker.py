"""The Celery application with the made-up kinds, for a real worker process: `celery -A tests.jobs.worker`."""

from celery.signals import worker_process_init

from landdb.celery import app

__all__ = ["app"]


@worker_process_init.connect
def _announce(**_kwargs: object) -> None:
    from tests.jobs import kinds  # noqa: F401
