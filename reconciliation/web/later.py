"""Tell who waits for a page what is judged after it."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest
from django.utils.translation import ngettext

from ..classification import due
from ..models import ChangeSet


def tell(request: HttpRequest, change_set: ChangeSet) -> None:
    """Say in one sentence how many plots a job judges again; nothing where none was put off."""
    waiting = due.waiting(change_set)
    if waiting:
        messages.info(
            request,
            ngettext(
                "Còn %(n)d thửa liên quan đang được xếp lại ở việc chạy nền, thường xong trong vài giây.",
                "Còn %(n)d thửa liên quan đang được xếp lại ở việc chạy nền, thường xong trong vài giây.",
                waiting,
            )
            % {"n": waiting},
        )
