"""The signed-in user of a request, typed."""

from __future__ import annotations

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest

from landdb.models import User


def user_of(request: HttpRequest) -> User:
    """The user; the Gate has let nobody else through."""
    if not isinstance(request.user, User):
        raise PermissionDenied
    return request.user
