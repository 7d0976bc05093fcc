"""What the officers work on: a province matched and sorted, and accounts for them."""

from __future__ import annotations

import secrets

from django.contrib.auth.hashers import make_password
from django.db import connection

from landdb.jobs import wait
from landdb.models import RegistrationOffice, Role, User

from ...classification.plot_facets import catch_up
from ...demo import state
from ...models import PlotStatus, WorkItem, outcome_counts, plot_facets, work_counts
from .. import usage
from ..apart import say, timed
from ..plots import province
from ..plots.province import Size

#: The largest first: what is small is asked for most, and stays where not all of it has room.
_STORED = """
    SELECT c.oid, pg_relation_size(c.oid) FROM pg_class c
    WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'i') AND pg_relation_size(c.oid) > 0
    ORDER BY 2 DESC
"""

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
    # As the site's timetable does every ten seconds, and every five minutes.
    catch_up()
    for kept in (work_counts.KEPT, plot_facets.KEPT, outcome_counts.KEPT):
        kept.gather()
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")
        cursor.execute("CHECKPOINT")
    return seconds


def warm() -> float:
    """Have the database read the province into its memory, where it is at the end of a working day; the
    gigabytes that were read, 0 where its programs have no module for that."""
    read = 0
    with connection.cursor() as cursor:
        cursor.execute("SELECT FROM pg_available_extensions WHERE name = 'pg_prewarm'")
        if cursor.fetchone() is None:
            say("This PostgreSQL has no pg_prewarm: the first clicks will wait for the disk.")
            return 0.0
        cursor.execute("CREATE EXTENSION IF NOT EXISTS pg_prewarm")
        cursor.execute(_STORED)
        for relation, size in cursor.fetchall():
            cursor.execute("SELECT pg_prewarm(%s::regclass)", [relation])
            read += size
    return round(read / usage.GIGABYTE, 1)


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
