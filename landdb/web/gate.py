"""Nobody comes in without a role: each view states who may, and a view that states nothing is closed."""

from __future__ import annotations

from collections.abc import Callable
from http import HTTPStatus
from typing import TypeVar
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.template.loader import render_to_string
from django.urls import reverse

from landdb.models import Role, User

View = TypeVar("View", bound=Callable[..., HttpResponseBase])

EVERYONE = tuple(Role)
ANONYMOUS = ("anonymous",)


def allow(*roles: Role | str) -> Callable[[View], View]:
    """State who may use a view. `allow(*EVERYONE)` any signed-in user, `allow(*ANONYMOUS)` also others."""

    def mark(view: View) -> View:
        view.allowed_roles = roles  # type: ignore[attr-defined]
        return view

    return mark


class Gate:
    """Middleware that holds every view to what it states."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if response.status_code == HTTPStatus.METHOD_NOT_ALLOWED and not response.content:
            response.content = render_to_string("errors/404.html")
        return response

    def process_view(
        self, request: HttpRequest, view: Callable[..., HttpResponse], args: object, kwargs: object
    ) -> HttpResponse | None:
        roles = getattr(view, "allowed_roles", ())
        if roles == ANONYMOUS:
            return None
        user = request.user
        if not isinstance(user, User):
            return redirect_to_login(_page_of(request), settings.LOGIN_URL)
        if user.role not in roles:
            raise PermissionDenied
        if user.must_change_password and request.path not in (reverse("password"), reverse("sign-out")):
            return redirect("password")
        return None


def _page_of(request: HttpRequest) -> str:
    """Where to come back to after signing in: for a form that was sent, the page that it stood on."""
    if request.method in ("GET", "HEAD"):
        return request.get_full_path()
    sender = urlsplit(request.META.get("HTTP_REFERER", ""))
    return sender._replace(scheme="", netloc="").geturl() if sender.netloc == request.get_host() else "/"
