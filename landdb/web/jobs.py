"""Long work: what runs, how far it is, its log; stop it, take it up again."""

from __future__ import annotations

from collections.abc import Iterable

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from landdb import jobs as work
from landdb.jobs.progress import add_counts, progress_of
from landdb.models import Job, Role, User
from landdb.models.jobs import WATCHERS

from . import job_words
from .gate import EVERYONE, allow
from .paging import newest, older, page_of
from .shell import roles_of
from .signed_in import user_of

PAGE = 25
#: Lines of the log that are shown, the newest last.
LINES = 200


@allow(*EVERYONE)
@require_GET
def jobs(request: HttpRequest) -> HttpResponse:
    """The jobs that concern one, newest first. The panel asks again every two seconds while one is open."""
    user = user_of(request)
    view = request.GET.get("view", "")
    seen = Job.objects.visible_to(user)
    wanted = seen.select_related("started_by")
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
        "failed": seen.filter(state=Job.State.FAILED).count(),
        "is_live": any(row.job.is_open for row in rows),
        "steered": _steered(user, page),
        "sees_all": user.has_role(*WATCHERS),
        "may_see_bands": user.role in roles_of("bands"),
        "may_start": user.has_role(Role.ADMINISTRATOR),
        "now": timezone.now(),
    }
    return render(request, "jobs/panel.html" if request.htmx else "jobs/jobs.html", context)  # type: ignore[attr-defined]


@allow(*EVERYONE)
@require_GET
def job(request: HttpRequest, pk: int) -> HttpResponse:
    """One job: its phases, what they counted, and its log."""
    user = user_of(request)
    found = get_object_or_404(Job.objects.visible_to(user).select_related("started_by"), pk=pk)
    row = add_counts(progress_of([found])[0])
    titles = job_words.titles(row.phases)
    context = {
        "row": row,
        "phases": [(phase, job_words.counted(phase.counts)) for phase in row.phases],
        "lines": [
            (line.at, job_words.line(line.text, titles))
            for line in reversed(found.lines.order_by("-id")[:LINES])
        ],
        "steered": _steered(user, [found]),
    }
    return render(request, "jobs/job_panel.html" if request.htmx else "jobs/job.html", context)  # type: ignore[attr-defined]


@allow(*EVERYONE)
@require_POST
def cancel(request: HttpRequest, pk: int) -> HttpResponse:
    """Stop a job after the chunks now running."""
    if work.cancel(_to_steer(request, pk)):
        messages.success(request, _("Đã dừng. Phần đã xong được giữ; có thể chạy tiếp."))
    else:
        messages.warning(request, _("Việc này đã kết thúc trước khi dừng."))
    return redirect("job", pk)


@allow(*EVERYONE)
@require_POST
def retry(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a failed or stopped job up again where it stopped."""
    try:
        work.retry(_to_steer(request, pk), by=user_of(request))
    except IntegrityError:
        messages.warning(request, _("Một lần chạy khác cùng loại chưa xong. Hãy chờ rồi chạy tiếp việc này."))
    else:
        messages.success(request, _("Chạy tiếp từ chỗ đã dừng."))
    return redirect("job", pk)


def _steered(user: User, page: Iterable[Job]) -> set[int]:
    """Which of these jobs the user may stop and take up again."""
    return set(
        Job.objects.steered_by(user).filter(pk__in=[each.pk for each in page]).values_list("pk", flat=True)
    )


def _to_steer(request: HttpRequest, pk: int) -> Job:
    """A job that the user may steer: one that is seen but somebody else's is refused."""
    user = user_of(request)
    found = get_object_or_404(Job.objects.visible_to(user), pk=pk)
    if not _steered(user, [found]):
        raise PermissionDenied
    return found
