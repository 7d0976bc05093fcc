"""The histories of a land user and of a plot, and a workbook that changed one of them."""

from __future__ import annotations

from landdb.models import ReceivedFile
from reconciliation.actions import changes
from reconciliation.actions.changes import FieldChange
from reconciliation.models import (
    ChangeSet,
    CorrectionBatch,
)
from tests import factories


def of_person(case, query="") -> str:
    return f"/land-users/{case.land_user.pk}/timeline/{query}"


def of_plot(case, query="") -> str:
    return f"/plots/{case.plots[0].pk}/timeline/{query}"


def upload(case, by, row=48, value="5/6/1975") -> ChangeSet:
    """A workbook of the commune that gave the land user another birth in a row."""
    file = factories.make_file(kind=ReceivedFile.Kind.REGISTER, name="bieu-xa.xlsx", received_by=by)
    wanted = [FieldChange(case.land_user, "birth_raw", value, row=row)]
    change_set = changes.plan(
        ChangeSet.Kind.IMPORT, wanted, by=by, commune=case.commune, file=file, reason="biểu tháng 11"
    )
    CorrectionBatch.objects.create(
        commune=case.commune, file=file, uploaded_by=by, decided_by=by, change_set=change_set
    )
    changes.apply(change_set, by=by)
    case.land_user.refresh_from_db()
    return change_set
