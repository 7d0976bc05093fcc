"""What somebody typed stays on the server; the address bar carries only a token."""

from __future__ import annotations

import secrets

from django.db import models

from .accounts import User


def new_token() -> str:
    return secrets.token_urlsafe(12)


class TypedSearch(models.Model):
    """Typed text (a name, a number) under an opaque token of the user who typed it."""

    token = models.CharField(max_length=20, primary_key=True, default=new_token)
    user = models.ForeignKey(User, on_delete=models.CASCADE)
    text = models.CharField(max_length=200)
    created_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return self.token
