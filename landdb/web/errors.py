"""Pages for when something is wrong: one sentence each, never a word of the record behind it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.db import DataError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string


def bad_request(request: HttpRequest, exception: Any = None) -> HttpResponse:
    return render(request, "errors/400.html", status=400)


def forbidden(request: HttpRequest, exception: Any = None) -> HttpResponse:
    return render(request, "errors/403.html", status=403)


def not_found(request: HttpRequest, exception: Any = None) -> HttpResponse:
    return render(request, "errors/404.html", status=404)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    return render(request, "errors/csrf.html", status=403)


class Unreadable:
    """Text with a NUL byte can be asked for in no database: the person is told, instead of a broken page."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        is_nul = isinstance(exception, DataError | ValueError) and "NUL" in str(exception)
        return bad_request(request) if is_nul else None


def broken(request: HttpRequest) -> HttpResponse:
    """Reads nothing from the database, which may be what is broken."""
    return HttpResponse(render_to_string("errors/500.html"), status=500)
