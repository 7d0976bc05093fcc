"""Whatever clerks make of a workbook: every row is accounted for, and the good ones are in."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from landdb.intake.outcome import Refused
from landdb.models import AdminUnit, RowProblem
from parcels.importers import form01
from parcels.importers.form01.fields import V1
from parcels.importers.form01.layout import Layout, write
from parcels.models import Holding, Plot
from tests.form01.conftest import row

pytestmark = pytest.mark.django_db

#: What finds its way into any cell.
JUNK = st.one_of(
    st.text(st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="\ufffe\uffff"), max_size=40),
    st.integers(-(10**13), 10**13),
    st.floats(allow_nan=False, allow_infinity=False),
    st.dates(),
    st.datetimes(),
    st.booleans(),
    st.sampled_from(
        ["#REF!", "Tổng cộng", "0", "-", "12; 13", "BK 000001; BK 000002", "CHUACOGIAY_1", "=1+1", "…"]
    ),
    st.none(),
)
DIRTY = st.dictionaries(st.sampled_from([field.name for field in V1]), JUNK, max_size=61)
#: Cells that no accident may touch if the row is to stay good.
OTHERS = ("no", "issued", "book_number", "birth", "sex", "address", "legal_form", "role", "plot_code",
          "plot_address", "legal_area", "use1_purpose", "use1_area", "use1_origin", "use1_form", "use1_term",
          "asset_kind", "built_area", "scans", "plot_class", "certificate_kind", "coordinates")  # fmt: skip
HARMLESS = st.dictionaries(st.sampled_from(OTHERS), JUNK, max_size=8)


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    dirty=st.lists(DIRTY, max_size=6),
    harmless=st.lists(HARMLESS, min_size=3, max_size=5),
    shape=st.fixed_dictionaries(
        {"merged": st.booleans(), "items": st.booleans(), "top": st.integers(0, 4), "left": st.integers(0, 3)}
    ),
)
def test_every_row_is_accounted_for_and_the_good_are_in(
    commune: AdminUnit, dirty: list[dict[str, Any]], harmless: list[dict[str, Any]], shape: dict[str, Any]
) -> None:
    good = [row(number, **accident) for number, accident in enumerate(harmless, 9001)]
    with transaction.atomic(), TemporaryDirectory() as folder:
        path = Path(folder) / "biểu.xlsx"
        write(path, [*good, *dirty, row(8001), row(8002)], Layout(**shape))
        try:
            outcome = form01.import_register(path)
        except Refused as refused:
            # Only what contradicts a whole column may stop good rows.
            assert "dường như chứa" in str(refused)  # noqa: PT017
        else:
            file = outcome.file
            total = file.applied + file.unchanged + file.proposed + file.rejected + file.ignored
            assert file.rows == total <= len(good) + len(dirty) + 2
            assert total >= len(good) + 2
            numbers = {8001, 8002, *range(9001, 9001 + len(good))}
            assert numbers <= set(Plot.objects.filter(sheet=12).values_list("number", flat=True))
            assert Holding.objects.filter(file=file).count() <= file.applied + file.proposed
            assert RowProblem.objects.filter(file=file, level="ignored").count() == file.ignored
            again = form01.import_register(path)
            assert (again.file.applied, again.file.proposed) == (0, 0)
        transaction.set_rollback(True)
