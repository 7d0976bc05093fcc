"""The weekly e-mail: where the territory stands and what alarms; numbers and communes, no names of people."""

from __future__ import annotations

import datetime as dt
import logging
from smtplib import SMTPException

from django.conf import settings
from django.core.mail import send_mail
from django.db import transaction
from django.db.models import Q
from django.template.loader import render_to_string
from django.utils import timezone, translation

from landdb.models import AdminUnit, Role, User

from ..classification.weeks import WEEK, week_of
from ..models import Difficulty, Digest
from ..models.groups import Group
from . import alert_gathering, alert_words, history, meeting
from .alerts import Kind, top

log = logging.getLogger(__name__)

READERS = (Role.MANAGER, Role.COMMUNE_OFFICIAL)
#: It is sent from this hour of Monday on, in the province's time.
HOUR = 7
MOST = 10
#: Hosts that mean another machine to whoever reads the mail.
_LOCAL = {"localhost", "127.0.0.1", "[::1]", "testserver"}


def send_due(now: dt.datetime | None = None) -> int:
    """Send this week's digest to whoever has not got it yet; how many were sent."""
    now = now or timezone.now()
    local = timezone.localtime(now)
    week = week_of(local.date())
    if local < timezone.make_aware(dt.datetime.combine(week, dt.time(HOUR))):
        return 0
    readers = User.objects.filter(is_active=True, role__in=READERS).exclude(email="")
    return sum(_send(user, week, now) for user in readers.exclude(digests__week=week))


def _send(user: User, week: dt.date, now: dt.datetime) -> bool:
    """One person's. Who takes the place first sends; where the mail is refused, the place is free again."""
    subject, body = compose(user, week, now)
    try:
        with transaction.atomic():
            _digest, is_new = Digest.objects.get_or_create(week=week, user=user)
            if is_new:
                send_mail(subject, body, settings.DEFAULT_FROM_EMAIL, [user.email])
            return is_new
    except (SMTPException, OSError) as error:
        log.warning("the weekly digest of account %s was not sent: %s", user.pk, type(error).__name__)
        return False


def compose(user: User, week: dt.date, now: dt.datetime) -> tuple[str, str]:
    """Subject and plain text, in Vietnamese."""
    with translation.override("vi"):
        alerts = alert_gathering.current(user.commune_ids(), now)
        units = {unit.pk: unit.tight_name for unit in AdminUnit.objects.filter(_named(user))}
        counted = [(kind.label, sum(one.kind == kind for one in alerts)) for kind in Kind]
        difficulties = Difficulty.objects.visible_to(user)
        context = {
            "territory": user.territory_name,
            "week": week,
            "groups": _groups(user, week - WEEK),
            "kinds": [(label, n) for label, n in counted if n],
            "alerts": [
                (units.get(alert.commune or 0, ""), alert_words.sentence(alert))
                for alert in top(alerts, MOST)
            ],
            "rest": max(0, len(alerts) - MOST),
            "waiting": difficulties.filter(state=Difficulty.State.OPEN).count(),
            "overdue": meeting.overdue(user, timezone.localtime(now).date()),
            "site": site(),
        }
        subject = render_to_string("meeting/digest_subject.txt", context).strip()
        return subject, render_to_string("meeting/digest.txt", context)


def site() -> str:
    """The address of the site as it is configured: its first origin, else the first host for others."""
    for origin in settings.CSRF_TRUSTED_ORIGINS:
        if "*" not in origin:
            return str(origin).rstrip("/")
    scheme = "https" if settings.IS_PUBLIC else "http"
    for host in settings.ALLOWED_HOSTS:
        if host not in _LOCAL and not host.startswith((".", "*")):
            return f"{scheme}://{host}"
    return ""


def _groups(user: User, week: dt.date) -> list[tuple[int, int, int | None]]:
    """(group, plots at the close of last week, change since the close before)."""
    now, before = (
        history.total(history.closed(each, user.commune_ids()).values()) for each in (week, week - WEEK)
    )
    if not now.plots:
        return []
    return [
        (group.value, now.groups[group], now.groups[group] - before.groups[group] if before.plots else None)
        for group in Group
    ]


def _named(user: User) -> Q:
    ids = user.commune_ids()
    return Q() if ids is None else Q(pk__in=ids)
