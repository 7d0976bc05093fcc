"""Django's sessions in the database; each page's is asked for by a question that is written once."""

from __future__ import annotations

from django.contrib.sessions.backends import db
from django.contrib.sessions.models import Session
from django.utils import timezone

from landdb.prepared import Prepared

_SESSION = Prepared(lambda key, now: Session.objects.filter(session_key=key, expire_date__gt=now))


class SessionStore(db.SessionStore):
    """Where `SESSION_ENGINE` looks."""

    def _get_session_from_db(self) -> Session | None:
        """The session while it lasts; one that is not there loses its key, as Django's does."""
        session = _SESSION.first(key=self.session_key, now=timezone.now())
        if session is None:
            self._session_key = None
        return session
