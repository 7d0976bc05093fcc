"""Which kinds of change the office ticks in a workbook, and what a yes to them lets in."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from django.http import HttpRequest, QueryDict

from ..models import CorrectionBatch
from . import upload_report


def ticked(told: QueryDict) -> list[str] | None:
    """The kinds that are ticked; None where the whole workbook is."""
    return None if "whole" in told else told.getlist("kind")


def offered(request: HttpRequest, kinds: Collection[upload_report.KindLine]) -> list[str] | None:
    """What somebody ticked in a form that comes back, else what the page offers ticked."""
    if "word" in request.POST:
        return ticked(request.POST)
    return [each.kind.key for each in kinds if each.is_ticked]


def of(found: CorrectionBatch, kinds: list[str] | None) -> dict[str, Any]:
    """The ticks, and how many rows go and stay with them."""
    return {
        "ticked": kinds or [],
        "is_whole": kinds is None,
        "choice": upload_report.choice(found, kinds),
    }
