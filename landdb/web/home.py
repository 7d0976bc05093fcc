"""The first page of each role."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from landdb.models import Role

from .gate import EVERYONE, allow
from .shell import sections_for
from .signed_in import user_of

FIRST_PAGE = {
    Role.COMMUNE_OFFICIAL: "uploads",
    Role.MANAGER: "overview",
    Role.POLICE_LIAISON: "police-lists",
    Role.AUDITOR: "access-log",
    Role.ADMINISTRATOR: "accounts",
}


@allow(*EVERYONE)
def home(request: HttpRequest) -> HttpResponse:
    """Send everybody to where their work begins."""
    user = user_of(request)
    open_to = [section.name for section in sections_for(user)]
    wanted = FIRST_PAGE.get(Role(user.role), "worklist")
    return redirect(wanted if wanted in open_to else open_to[0])
