"""The button that reconciles and classifies the whole province again."""

from __future__ import annotations

from django.contrib import messages
from django.db import IntegrityError, transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from landdb import jobs
from landdb.models import Role
from landdb.web.gate import allow
from landdb.web.signed_in import user_of


@allow(Role.ADMINISTRATOR)
@require_POST
def whole_run(request: HttpRequest) -> HttpResponse:
    """Queue reconcile, and classify after it; one such run at a time."""
    try:
        with transaction.atomic():
            job = jobs.start("reconcile", by=user_of(request), then=["classify"])
    except IntegrityError:
        messages.warning(request, _("Một lần đối chiếu toàn tỉnh đang chạy; hãy chờ nó xong."))
        return redirect("jobs")
    messages.success(request, _("Đã xếp việc: đối chiếu, rồi phân loại. Có thể đóng trang, việc vẫn chạy."))
    return redirect("job", job.pk)
