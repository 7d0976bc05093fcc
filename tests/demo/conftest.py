"""A made-up province that is ready for a campaign."""

from __future__ import annotations

import datetime as dt
from io import StringIO
from pathlib import Path

import pytest
from django.conf import LazySettings
from django.core.management import call_command

from landdb.models import AdminUnit, ReceivedFile
from reconciliation import classification
from tests.matching.cast import whole_run

from .province import NOW, PLOTS


@pytest.fixture
def province(settings: LazySettings, tmp_path: Path) -> list[int]:
    """Matched and classified today; the communes."""
    settings.VAR, settings.FILES_DIR = tmp_path, tmp_path / "files"
    call_command("seed_demo", "--plots", str(PLOTS), "--json", stdout=StringIO())
    ReceivedFile.objects.update(received_at=NOW - dt.timedelta(hours=2))
    whole_run()
    communes = list(AdminUnit.objects.in_force().values_list("pk", flat=True))
    classification.classify_communes(communes, at=NOW - dt.timedelta(hours=1))
    return communes
