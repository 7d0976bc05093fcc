"""Views that take a form and may draw the page again at their own address."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, resolve_url
from django.views.decorators.http import require_http_methods

View = Callable[[HttpRequest, int], HttpResponse]


def posted_from(page: str) -> Callable[[View], View]:
    """Take POST; whoever comes by GET (reload, another language, signed in again) is led to `page`.

    What the address asked for beside stays in it.
    """

    def decorate(view: View) -> View:
        @require_http_methods(["GET", "POST"])
        @wraps(view)
        def answer(request: HttpRequest, pk: int) -> HttpResponse:
            if request.method == "POST":
                return view(request, pk)
            query = request.META.get("QUERY_STRING", "")
            return redirect(resolve_url(page, pk) + (f"?{query}" if query else ""))

        return answer

    return decorate
