from __future__ import annotations

import csv
import io
import tempfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from landdb.intake.outcome import Refused
from parcels.importers.land_users import import_land_users
from parcels.models import LandUser

CELLS = st.one_of(
    st.sampled_from(
        ["", " ", "L1", "L2", "L3", "Nguyễn Văn A", "1960", "\x00", '"', "a\nb", "x" * 2500, "Xã Đồng Tiến"]
    ),
    st.text(st.characters(exclude_categories=["Cs"]), max_size=8),
)
ROWS = st.lists(st.lists(CELLS, max_size=5), max_size=8)


@pytest.mark.usefixtures("communes")
@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rows=ROWS)
def test_no_row_of_a_messy_list_vanishes(rows: list[list[str]]) -> None:
    buffer = io.StringIO()
    csv.writer(buffer).writerows([["owner_id", "full_name", "birth"], *rows])
    content = buffer.getvalue()
    there = list(csv.reader(io.StringIO(content, newline="")))[1:]
    known = set(LandUser.objects.values_list("source_key", flat=True))
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "messy.csv"
        path.write_text(content, encoding="utf-8", newline="")
        try:
            file = import_land_users(path).file
        except Refused:
            assert set(LandUser.objects.values_list("source_key", flat=True)) == known
            return
    assert file.rows == len(there)
    assert file.rows == file.applied + file.unchanged + file.proposed + file.rejected + file.ignored
    assert LandUser.objects.count() == len(known) + file.applied
