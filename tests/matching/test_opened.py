"""What a process opens before anybody waits for it."""

from __future__ import annotations

import pytest

from landdb.signals import site_opens
from reconciliation.matching import warm


@pytest.mark.django_db(transaction=True)
def test_a_process_of_the_site_can_match_before_the_first_request() -> None:
    for idle in warm._idle.values():
        idle.clear()
    site_opens.send(sender=None)
    assert warm._idle[True]
    assert warm._idle[False]
