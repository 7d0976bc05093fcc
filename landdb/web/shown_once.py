"""Answers that a browser keeps nowhere: whoever comes back to them asks again, and that is logged."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps

from django.http import HttpRequest, HttpResponse

View = Callable[..., HttpResponse]


def shown_once(view: View) -> View:
    """For pages with numbers in full: the Back key must not bring them up without an entry in the log."""

    @wraps(view)
    def answer(request: HttpRequest, *args: int, **kwargs: int) -> HttpResponse:
        response = view(request, *args, **kwargs)
        response["Cache-Control"] = "no-store"
        return response

    return answer
