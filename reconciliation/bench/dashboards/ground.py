"""What the pages are asked about: a province matched and sorted, weeks of a campaign, and who asks."""

from __future__ import annotations

import secrets

from django.contrib.auth.hashers import make_password
from django.db import connection
from django.db.models import Sum

from landdb.jobs import wait
from landdb.models import AdminUnit, RegistrationOffice, Role, User

from ...campaign import history, snapshots
from ...demo import campaign, state
from ...models import PlotStatus, Tally
from ..apart import say, timed
from ..plots import province
from ..plots.province import Size


def ensure(size: Size, weeks: int) -> dict[str, float]:
    """See that the province is there with its weeks; the seconds that making it took."""
    seconds = province.ensure(size)
    if not state.read().classified:
        say("geometry …")
        with timed(seconds, "geometry"):
            wait.run("geometry")
        say("classify …")
        with timed(seconds, "classify"):
            wait.run("classify", at=str(campaign.status(weeks)["begins"]))
        province.keep(size, seconds)
    if not campaign.status(weeks)["played"]:
        say(f"{weeks} weeks of a campaign …")
        # Half a campaign is none: whatever stops it, the province is made anew the next time.
        province.spoil()
        with timed(seconds, "campaign"):
            campaign.play(weeks, size.seed, say=say)
        province.keep(size, seconds)
    # What has closed since the last time; nobody else does it here.
    snapshots.take_due()
    snapshots.take_yesterday()
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")
        cursor.execute("CHECKPOINT")
    return seconds


def held() -> dict[str, int]:
    """How much there is."""
    return {"plots": PlotStatus.objects.count(), "weeks": len(history.closed_weeks())}


def largest() -> AdminUnit:
    """The commune with the most plots: whose pages have most to read."""
    counted = Tally.objects.filter(rule="").values("commune").annotate(n=Sum("plots")).order_by("-n")
    return AdminUnit.objects.get(pk=counted[0]["commune"])


def readers(commune: AdminUnit) -> tuple[list[User], str]:
    """A manager of the province, one of the commune's office, an official of the commune; their password."""
    password = secrets.token_urlsafe(16)
    hashed = make_password(password)  # one slow hash serves all
    office = commune.office or RegistrationOffice.objects.order_by("code").first()
    wanted = {
        "bench-manager": (Role.MANAGER, None, None),
        "bench-office": (Role.MANAGER, office, None),
        "bench-commune": (Role.COMMUNE_OFFICIAL, None, commune),
    }
    users = []
    for name, (role, of_office, of_commune) in wanted.items():
        user, _made = User.objects.update_or_create(
            username=name,
            defaults={
                "full_name": name,
                "role": role,
                "office": of_office,
                "commune": of_commune,
                "password": hashed,
                "must_change_password": False,
                "is_active": True,
            },
        )
        users.append(user)
    return users, password
