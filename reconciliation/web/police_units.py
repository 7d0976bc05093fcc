"""Police units and the communes they answer for, for lists that are split by unit."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from landdb.models import Role
from landdb.web.gate import allow
from landdb.web.signed_in import user_of

from ..models import PoliceUnit
from .police_forms import UnitForm


@allow(Role.SENIOR_REVIEWER, Role.ADMINISTRATOR)
@require_http_methods(["GET", "POST"])
def units(request: HttpRequest) -> HttpResponse:
    """All units; one is added, or changed with `?unit=`."""
    if request.method == "POST" and user_of(request).commune_ids() is not None:
        raise PermissionDenied  # units reach over the whole province
    raw = request.GET.get("unit", "")
    unit = get_object_or_404(PoliceUnit, pk=int(raw)) if raw.isdecimal() and len(raw) < 10 else None
    form = UnitForm(request.POST or None, instance=unit)
    if request.method == "POST" and form.is_valid():
        form.save()
        messages.success(request, _("Đã ghi đơn vị công an."))
        return redirect("police-units")
    context = {"units": PoliceUnit.objects.prefetch_related("communes"), "form": form, "unit": unit}
    return render(request, "police/units.html", context, status=422 if form.errors else 200)
