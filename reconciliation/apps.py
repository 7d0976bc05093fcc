import logging
from typing import Any

from celery.signals import worker_process_init
from django.apps import AppConfig
from django.db import Error, connection

from landdb.signals import site_opens

log = logging.getLogger(__name__)


class ReconciliationConfig(AppConfig):
    name = "reconciliation"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        for opens in (worker_process_init, site_opens):
            opens.connect(_warm_up, dispatch_uid="open matching sessions")


def _warm_up(**_told: Any) -> None:
    """A process of a worker or of the site opens what matching needs before anybody waits for it."""
    from . import matching

    try:
        matching.warm_up()
    except Error as error:
        # The database may be away just then; whoever matches first opens it.
        log.warning("matching is not opened beforehand: %s", " ".join(str(error).split()))
    finally:
        connection.close()
