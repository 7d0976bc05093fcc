"""What closed weeks told, kept in the cache: it never changes, and a new revision has a key of its own."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from typing import Any, TypeVar

from django.core.cache import cache

Kept = TypeVar("Kept")

#: Seconds for which it is kept; another revision has another key.
_LONGEST = 24 * 3600
#: To be counted up when a class whose objects are kept gets other fields: those of before are then not read.
_FORM = 6


def kept(key: tuple[Any, ...], find: Callable[[], Kept]) -> Kept:
    """What was found under this key, else what `find` finds now; None is found anew each time.

    The key names all that the outcome depends on, by values whose repr is the same in every process.
    """
    digest = hashlib.sha256(repr((_FORM, key)).encode()).hexdigest()
    found: Kept | None = cache.get(f"weekly-{digest}")
    if found is None:
        found = find()
        cache.set(f"weekly-{digest}", found, _LONGEST)
    return found
