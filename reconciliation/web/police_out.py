"""What leaves the house of a list: its files, the delivery note; and its people, line by line."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from landdb.models import AccessLog, AdminUnit
from landdb.normalise import id_numbers
from landdb.web.gate import allow
from landdb.web.posted import posted_from
from landdb.web.signed_in import user_of

from ..actions import police_parts, police_sheets
from ..models import VerificationLine
from . import police_told
from .police_forms import TakeOutForm
from .police_lists import READERS, visible

Line = VerificationLine.State
PAGE = 100


@allow(*police_told.TAKERS)
@posted_from("police-list")
def take_out(request: HttpRequest, pk: int) -> HttpResponse:
    """A ZIP of the chosen parts, encrypted where a password is given; logged with the receiver."""
    user = user_of(request)
    batch = visible(user, pk)
    context = police_told.page(batch, user)
    parts = {part.pk: part for part in context["parts"]}
    form = TakeOutForm(request.POST, parts=list(parts))
    if not form.is_valid():
        return render(
            request,
            "police/list.html",
            context | {"take_out_form": form, "chosen_parts": form.cleaned_data.get("part", [])},
            status=422,
        )
    packed = police_parts.packed(
        batch,
        list(parts.values())
        if form.cleaned_data["every"]
        else [parts[pk] for pk in form.cleaned_data["part"]],
        by=user,
        reason=f"{batch.number} → {form.cleaned_data['receiver']}",
        password=form.cleaned_data["password"],
    )
    answer = HttpResponse(packed, content_type="application/zip")
    answer["Content-Disposition"] = f'attachment; filename="{batch.number}.zip"'
    return answer


@allow(*police_told.TAKERS)
@require_GET
def note(request: HttpRequest, pk: int) -> HttpResponse:
    """The delivery note to print and to sign: counts, checksums, no person's name."""
    user = user_of(request)
    batch = visible(user, pk)
    parts = police_parts.parts_for(batch, user)
    if not parts:
        raise Http404
    total = sum(part.lines for part in parts)
    # Each part has its checksum in the table.
    facts = [(name, value) for name, value in police_sheets.note_of(batch, "", total, "") if value]
    context = {"batch": batch, "parts": parts, "facts": facts, "total": total}
    return render(request, "police/note.html", context)


@allow(*READERS)
@require_GET
def people(request: HttpRequest, pk: int) -> HttpResponse:
    """The people of a list under two facets, in its order."""
    user = user_of(request)
    batch = visible(user, pk)
    found = VerificationLine.objects.visible_to(user).filter(batch=batch)
    state, code, after = (request.GET.get(name, "") for name in ("state", "commune", "after"))
    if state in Line.values:
        found = found.filter(state=state)
    units = user.communes().order_by("sort_key")
    commune = units.filter(code=code).first() if code.isdigit() else None
    if commune:
        found = found.filter(commune=commune)
    if after.isdecimal() and len(after) < 10:
        found = found.filter(number__gt=int(after))
    lines = list(found.select_related("commune", "answer").order_by("number")[: PAGE + 1])
    AccessLog.objects.create(
        user=user, action=AccessLog.Action.VIEW, subject="police_list", subject_id=batch.pk, commune=commune
    )
    return render(request, "police/people.html", _context(request, batch, lines, state, commune))


def _context(
    request: HttpRequest, batch: Any, lines: list[VerificationLine], state: str, commune: AdminUnit | None
) -> dict[str, Any]:
    query = request.GET.copy()
    query.pop("after", None)
    more = query.copy()
    if len(lines) > PAGE:
        more["after"] = str(lines[PAGE - 1].number)
    communes = AdminUnit.objects.filter(
        pk__in=VerificationLine.objects.visible_to(user_of(request))
        .filter(batch=batch)
        .order_by()
        .values("commune")
    )
    return {
        "batch": batch,
        "lines": [(line, id_numbers.mask(line.id_number)) for line in lines[:PAGE]],
        "older": f"?{more.urlencode()}" if len(lines) > PAGE else "",
        "newest": f"?{query.urlencode()}" if "after" in request.GET else "",
        "states": [(each.value, each.label) for each in Line],
        "state": state,
        "communes": communes.order_by("sort_key"),
        "commune": commune,
        "nothing": _("Không có ai như vậy trong danh sách này."),
    }
