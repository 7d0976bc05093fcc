"""Making a commune's workbook in the background, and removing those whose time is over."""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar

from celery import shared_task
from django.db import OperationalError
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from landdb.jobs import JobKind, register
from landdb.jobs.within import teller
from landdb.models import Job

from ..actions import old_uploads, workbooks
from ..models import Workbook


@register
class MakeWorkbook(JobKind):
    """Chooses the rows that a commune has to mend and writes them into a workbook."""

    name: ClassVar[str] = "make_workbook"
    title = _("Lập biểu cần sửa")
    phases = (("write", _("Chọn dòng và ghi biểu")),)

    def chunks(self, job: Job, phase: str) -> Iterable[str]:
        return [str(job.arguments["workbook"])]

    def work(self, job: Job, phase: str, key: str) -> dict[str, int]:
        workbook = Workbook.objects.filter(pk=key, state=Workbook.State.MAKING).first()
        if workbook is None:
            return {}
        tell = teller(job)
        workbooks.make(workbook, lambda done, total: tell("write", done, total))
        return {"rows": workbook.rows}

    def fail(self, job: Job) -> None:
        workbooks.give_up(job.arguments["workbook"], _now("Việc lập biểu bị dừng; hãy lập lại."))


@shared_task(
    name="reconciliation.drop_expired_workbooks",
    autoretry_for=(OperationalError,),
    retry_backoff=60,
    max_retries=5,
)
def drop_expired_workbooks() -> int:
    """How many files were removed."""
    return workbooks.drop_expired()


@shared_task(
    name="reconciliation.close_old_uploads",
    autoretry_for=(OperationalError,),
    retry_backoff=60,
    max_retries=5,
)
def close_old_uploads() -> int:
    """How many workbooks were closed that nobody sent."""
    return old_uploads.close_old()
