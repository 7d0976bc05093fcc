"""What is typed is kept by the browser (drafts.js): the page says for whom, and which of it was accepted."""

from __future__ import annotations

import re
from collections.abc import Callable
from http import HTTPStatus
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.utils.crypto import salted_hmac

from landdb.models import User

#: The field in which a form names its drafts, and the cookie that tells the next page which to forget.
FIELD, COOKIE = "kept", "accepted"
_PLACE = re.compile(r"[\w%.~-]{1,300}", re.ASCII)


def key_of(user: User) -> str:
    """The same for a user at every sign-in, and tells nothing about who that is."""
    return salted_hmac("landdb.drafts", str(user.pk)).hexdigest()[:20]


class Accepted:
    """Middleware: a form that kept drafts and was accepted is named to the page that follows.

    Only the server knows: whoever is led to the sign-in page, or back with an error, keeps what was typed.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if request.method != "POST" or response.status_code >= HTTPStatus.BAD_REQUEST:
            return response
        place = request.POST.get(FIELD, "")
        if _PLACE.fullmatch(place) and _is_in(request) and not _is_refused(request):
            response.set_cookie(
                COOKIE, place, max_age=60, secure=settings.SESSION_COOKIE_SECURE, samesite="Lax"
            )
        return response


def _is_in(request: HttpRequest) -> bool:
    """The Gate has let the form through."""
    return isinstance(request.user, User) and not request.user.must_change_password


def _is_refused(request: HttpRequest) -> bool:
    """The next page will say that something went wrong; it still says so after this look."""
    told: Any = messages.get_messages(request)
    was_told = told.used
    is_refused = any(message.level >= messages.ERROR for message in told)
    told.used = was_told
    return is_refused
