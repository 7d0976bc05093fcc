"""Long work: what runs, how far it is, its log; stop it, take it up again."""

from __future__ import annotations

from django.contrib import messages
from django.db import IntegrityError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from landdb import jobs as work
from landdb.jobs.progress import add_counts, progress_of
from landdb.models import Job, Role

from .gate import allow
from .paging import newest, older, page_of
from .shell import roles_of
from .signed_in import user_of

WATCHERS = (Role.REVIEWER, Role.SENIOR_REVIEWER, Role.MANAGER, Role.AUDITOR, Role.ADMINISTRATOR)
STEERERS = (Role.SENIOR_REVIEWER, Role.ADMINISTRATOR)
PAGE = 25
#: Lines of the log that are shown, the newest last.
LINES = 200


@allow(*WATCHERS)
@require_GET
def jobs(request: HttpRequest) -> HttpResponse:
    """All jobs, newest first. The panel asks for itself again every two seconds while one is open."""
    user = user_of(request)
    view = request.GET.get("view", "")
    wanted = Job.objects.select_related("started_by")
    if view == "mine":
        wanted = wanted.filter(started_by=user)
    elif view == "failed":
        wanted = wanted.filter(state=Job.State.FAILED)
    page = page_of(wanted, request.GET.get("before"), PAGE)
    rows = progress_of(page)
    context = {
        "rows": rows[:PAGE],
        "view": view,
        "older": older(request, page, PAGE),
        "newest": newest(request),
        "failed": Job.objects.filter(state=Job.State.FAILED).count(),
        "is_live": any(row.job.is_open for row in rows),
        "may_steer": user.has_role(*STEERERS),
        "may_see_bands": user.role in roles_of("bands"),
        "may_start": user.has_role(Role.ADMINISTRATOR),
        "now": timezone.now(),
    }
    return render(request, "jobs/panel.html" if request.htmx else "jobs/jobs.html", context)  # type: ignore[attr-defined]


@allow(*WATCHERS)
@require_GET
def job(request: HttpRequest, pk: int) -> HttpResponse:
    """One job: its phases, what they counted, and its log."""
    found = get_object_or_404(Job.objects.select_related("started_by"), pk=pk)
    context = {
        "row": add_counts(progress_of([found])[0]),
        "lines": reversed(found.lines.order_by("-id")[:LINES]),
        "may_steer": user_of(request).has_role(*STEERERS),
    }
    return render(request, "jobs/job_panel.html" if request.htmx else "jobs/job.html", context)  # type: ignore[attr-defined]


@allow(*STEERERS)
@require_POST
def cancel(request: HttpRequest, pk: int) -> HttpResponse:
    """Stop a job after the chunks now running."""
    if work.cancel(get_object_or_404(Job, pk=pk)):
        messages.success(request, _("Đã dừng. Phần đã xong được giữ; có thể chạy tiếp."))
    else:
        messages.warning(request, _("Việc này đã kết thúc trước khi dừng."))
    return redirect("job", pk)


@allow(*STEERERS)
@require_POST
def retry(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a failed or stopped job up again where it stopped."""
    try:
        work.retry(get_object_or_404(Job, pk=pk), by=user_of(request))
    except IntegrityError:
        messages.warning(request, _("Một lần chạy khác cùng loại chưa xong. Hãy chờ rồi chạy tiếp việc này."))
    else:
        messages.success(request, _("Chạy tiếp từ chỗ đã dừng."))
    return redirect("job", pk)
