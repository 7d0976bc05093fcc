"""Pages of lists in the order of their keys, newest first: no counting, no offset."""

from __future__ import annotations

from typing import TypeVar

from django.db import models
from django.http import HttpRequest

Record = TypeVar("Record", bound=models.Model)


def page_of(records: models.QuerySet[Record], before: str | None, size: int) -> list[Record]:
    """Up to size + 1 records older than the id `before`; the one too many tells that there are more."""
    if before and before.isdecimal() and len(before) < 19:
        records = records.filter(pk__lt=int(before))
    return list(records.order_by("-pk")[: size + 1])


def older(request: HttpRequest, page: list[Record], size: int) -> str:
    """The address of the next page, or nothing where this is the last."""
    if len(page) <= size:
        return ""
    query = request.GET.copy()
    query["before"] = str(page[size - 1].pk)
    return f"{request.path}?{query.urlencode()}"


def newest(request: HttpRequest) -> str:
    """The address of the first page, or nothing where this is it."""
    if "before" not in request.GET:
        return ""
    query = request.GET.copy()
    del query["before"]
    return f"{request.path}?{query.urlencode()}" if query else request.path
