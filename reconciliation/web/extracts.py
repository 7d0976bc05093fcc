"""Registry extracts: received by an administrator, then everybody or the touched are matched again."""

from __future__ import annotations

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Min
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from citizens.models import RegistryExtract, Resident
from landdb import jobs
from landdb.intake import keeping
from landdb.models import AccessLog, Role
from landdb.web.gate import allow
from landdb.web.signed_in import user_of

from . import row_problems
from .extract_changes import READERS
from .forms import ExtractForm


@allow(*READERS)
@require_http_methods(["GET", "POST"])
def extracts(request: HttpRequest) -> HttpResponse:
    """The extracts received so far; a new one, from an administrator, is imported by a job."""
    user = user_of(request)
    may_send = user.has_role(Role.ADMINISTRATOR)
    if request.method == "POST" and not may_send:
        raise PermissionDenied
    form = ExtractForm(request.POST, request.FILES) if request.method == "POST" else ExtractForm()
    if request.method == "POST" and form.is_valid():
        upload = form.cleaned_data["extract"]
        suffix = ".parquet" if upload.name.lower().endswith(".parquet") else ".csv"
        path, _digest, _size = keeping.keep(upload.chunks(), suffix)
        # The first extract touches nobody, since there was nothing to compare it with.
        touched_only = form.cleaned_data["touched_only"] and Resident.objects.exists()
        with transaction.atomic():
            AccessLog.objects.create(
                user=user,
                action=AccessLog.Action.UPLOAD,
                subject="extract",
                reason=form.cleaned_data["purpose"],
            )
            job = jobs.start(
                "import_residents",
                by=user,
                path=path.name,
                name=upload.name[:255],
                extracted_on=form.cleaned_data["extracted_on"].isoformat(),
                purpose=form.cleaned_data["purpose"],
                whole=form.cleaned_data["whole"],
                then=["rematch"] if touched_only else ["reconcile", "classify"],
            )
        return redirect("job", job.pk)
    found = RegistryExtract.objects.select_related("file")[:100]
    first = RegistryExtract.objects.aggregate(first=Min("pk"))["first"]
    in_doubt = row_problems.warnings(extract.file for extract in found)
    lines = [(extract, *in_doubt[extract.file_id]) for extract in found]
    context = {"extracts": lines, "first": first, "form": form if may_send else None}
    return render(request, "extracts/list.html", context, status=422 if form.errors else 200)
