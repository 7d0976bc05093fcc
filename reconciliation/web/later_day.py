"""A day until which something waits: after today, and near enough to come back in somebody's working life."""

from __future__ import annotations

import datetime as dt

from django.utils import timezone
from django.utils.translation import gettext as _

#: Longer than any of the procedures that are waited for; who needs more asks again.
YEARS = 3


def last_day() -> dt.date:
    """The same day YEARS from now; 28 February for the 29th."""
    today = timezone.localdate()
    if (today.month, today.day) == (2, 29):
        today -= dt.timedelta(days=1)
    return today.replace(year=today.year + YEARS)


def fault(until: dt.date) -> str:
    """What is wrong with the day, as a sentence; empty where nothing is."""
    if until <= timezone.localdate():
        return _("Ngày phải sau hôm nay.")
    if until > (last := last_day()):
        told = {"last": f"{last:%d/%m/%Y}", "years": YEARS}
        return _("Ngày quá xa: muộn nhất %(last)s (%(years)d năm).") % told
    return ""
