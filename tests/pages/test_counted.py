"""English counts one thing as one."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client

from landdb.models import Role, User
from reconciliation import classification
from reconciliation.models import GroupMove
from tests import factories

pytestmark = pytest.mark.django_db


def test_one_finding_and_one_plot_are_said_in_the_singular(visit: Callable[[User], Client]) -> None:
    plot = factories.make_ready_plot(code="")
    drawn = factories.make_drawn_plot(plot.commune)
    classification.refresh([plot.pk, drawn.pk], cause=GroupMove.Cause.FIRST)
    client = visit(factories.make_user(Role.REVIEWER, commune=plot.commune))
    client.cookies["django_language"] = "en"
    page = client.get(f"/plots/{plot.pk}/").content.decode()
    assert "1 finding<" in page
    assert "1 findings" not in page
    queue = client.get("/queue/?confirmed=no").content.decode()
    assert "Confirm that 1 plot must be built anew" in queue
    assert "1 plots" not in queue
