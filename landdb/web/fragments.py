"""Parts of a page that are written once for equal data, and kept until something of it is otherwise."""

from __future__ import annotations

import hashlib
import io
import pickle
from typing import Any

from django.db import models
from django.utils.translation import get_language


def fingerprint(*told: object) -> str:
    """The key of a part of a page, for `{% cache %}`: the same only where all that it tells is equal.

    Whatever the part shows must be among `told`, or follow from it; what is costly to put into words may then
    be given to the template as a function, which a part that is there already does not call.
    """
    shown = io.BytesIO()
    pickler = _Told(shown, protocol=5)
    # Each value in full, also one that came before: equal data are the same bytes whoever read them.
    pickler.fast = True
    pickler.dump((get_language(), told))
    return hashlib.sha256(shown.getbuffer()).hexdigest()


class _Told(pickle.Pickler):
    """Values as bytes that are only made into a digest: nothing is ever read back.

    Of a record its own columns count, not those of others that it points to.
    """

    def reducer_override(self, value: Any) -> Any:
        if isinstance(value, models.Model):
            columns = [pair for pair in value.__dict__.items() if pair[0] != "_state"]
            return type(value), (), columns
        return NotImplemented
