"""Vietnamese or English."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.views import i18n
from django.views.decorators.http import require_POST

from .gate import ANONYMOUS, allow


@allow(*ANONYMOUS)
@require_POST
def language(request: HttpRequest) -> HttpResponse:
    """Keep the chosen language in a cookie and go back to the page."""
    return i18n.set_language(request)
