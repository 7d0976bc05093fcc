"""What people of one commune who are entered twice need."""

from __future__ import annotations

import pytest

from landdb.models import Role
from reconciliation.models import (
    MatchingBand,
)
from tests import factories


@pytest.fixture
def easily_sure() -> None:
    """A registry of a few people tells little by itself: its links are accepted on less."""
    MatchingBand.objects.create(target=0.6)


@pytest.fixture
def commune():
    return factories.make_commune()


@pytest.fixture
def reviewer():
    return factories.make_user(Role.REVIEWER)
