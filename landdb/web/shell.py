"""What every page's frame shows."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest

from landdb.models import Job, Role, User


def shell(request: HttpRequest) -> dict[str, Any]:
    """The number of open jobs, for those who see the jobs page."""
    user = getattr(request, "user", None)
    if not isinstance(user, User) or not user.has_role(*Role):
        return {}
    return {"open_jobs": Job.objects.open().count()}
