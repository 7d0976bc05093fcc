"""What a correction is about, where that is no land user: a plot, its use, a holding, a certificate."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from django.http import Http404
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _

from landdb.models import User
from parcels.models import Certificate, Holding, LandUse, LandUser, Plot

from ..actions import restorations
from ..models import Change

#: Records of a plot, read with it.
_OF_PLOT = (LandUse, Holding)


def timeline_of(user: User, change: Change) -> str:
    """The history in which a changed value stands; 404 outside the user's territory."""
    model: Any = restorations.RECORDS.get(change.model)
    if model is None:
        raise Http404
    return _address(get_object_or_404(model._default_manager.visible_to(user), pk=change.record_id))


def named(changes: Iterable[Change]) -> dict[tuple[str, int], tuple[str, str]]:
    """(model, record) → its name and the address of its history; land users have pages of their own."""
    wanted: dict[str, set[int]] = defaultdict(set)
    for change in changes:
        wanted[change.model].add(change.record_id)
    found: dict[tuple[str, int], tuple[str, str]] = {}
    for label, ids in wanted.items():
        model: Any = restorations.RECORDS.get(label)
        if model is None or model is LandUser:
            continue
        records = model._default_manager.filter(pk__in=ids)
        if model in _OF_PLOT:
            records = records.select_related("plot").defer("plot__geometry")
        elif model is Plot:
            records = records.defer("geometry")
        for record in records:
            found[label, record.pk] = (_name(record), _address(record))
    return found


def _name(record: Any) -> str:
    if isinstance(record, Certificate):
        return _("Giấy chứng nhận %(serial)s") % {"serial": record}
    if isinstance(record, Plot):
        return record.long_number
    what = _("Mục đích sử dụng") if isinstance(record, LandUse) else _("Quyền sử dụng")
    return f"{what}, {record.plot.long_number}"


def _address(record: Any) -> str:
    if isinstance(record, Certificate):
        return reverse("certificate-timeline", args=[record.pk])
    return reverse("plot-timeline", args=[record.pk if isinstance(record, Plot) else record.plot_id])
