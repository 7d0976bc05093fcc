"""Who is signed in, with the territory that stands on every page: one question instead of two or three."""

from __future__ import annotations

from django.contrib.auth.backends import ModelBackend

from landdb.models import User
from landdb.prepared import Prepared

_ACCOUNT = Prepared(lambda pk: User.objects.select_related("office", "commune").filter(pk=pk))


class Accounts(ModelBackend):
    """Django's own, except that office and commune come with the account."""

    def get_user(self, user_id: int) -> User | None:
        """The account of a session; None where it is gone or no longer in use."""
        user = _ACCOUNT.first(pk=user_id)
        return user if user is not None and self.user_can_authenticate(user) else None
