"""What the officers work on: a province matched and sorted, and accounts for them."""

from __future__ import annotations

import secrets

from django.contrib.auth.hashers import make_password
from django.db import connection

from landdb.jobs import wait
from landdb.models import RegistrationOffice, Role, User

from ...demo import state
from ...models import PlotStatus, WorkItem
from ..apart import say, timed
from ..plots import province
from ..plots.province import Size

#: One officer in so many is a senior reviewer of the whole province; the others belong to an office each.
SENIOR = 5


def ensure(size: Size) -> dict[str, float]:
    """See that the province is there with its groups and work; the seconds that making it took.

    What officers decided in earlier runs stays: the work goes on where it was left.
    """
    seconds = province.ensure(size)
    if not state.read().classified:
        for kind in ("geometry", "classify"):
            say(f"{kind} …")
            with timed(seconds, kind):
                wait.run(kind)
        province.keep(size, seconds)
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")
        cursor.execute("CHECKPOINT")
    return seconds


def held() -> dict[str, int]:
    """How much there is."""
    return {"plots": PlotStatus.objects.count(), "open_items": WorkItem.objects.open().count()}


def officers(count: int) -> tuple[list[str], str]:
    """Names of so many accounts and the password of this run; every SENIOR-th sees the whole province."""
    password = secrets.token_urlsafe(16)
    hashed = make_password(password)  # one slow hash serves all
    offices = list(RegistrationOffice.objects.order_by("code"))
    names = []
    for number in range(count):
        is_senior = number % SENIOR == 0 or not offices
        name = f"bench{number:03}"
        User.objects.update_or_create(
            username=name,
            defaults={
                "full_name": f"Cán bộ thử {number}",
                "role": Role.SENIOR_REVIEWER if is_senior else Role.REVIEWER,
                "office": None if is_senior else offices[number % len(offices)],
                "password": hashed,
                "must_change_password": False,
                "is_active": True,
            },
        )
        names.append(name)
    return names, password
