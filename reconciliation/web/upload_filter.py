"""Which rows of a workbook the address asks for: by state, by kind of change, by what was said of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

from django.http import QueryDict
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from ..actions import upload_policy
from ..actions.upload_policy import KINDS
from ..models import CorrectionBatch, CorrectionRow
from ..models.uploads import CorrectionRows

#: What was said of a row that would do something.
SAID = {
    "open": _("chưa quyết"),
    "yes": _("đã duyệt"),
    "no": _("trả lại xã"),
    "backed": _("dân cư xác nhận"),
}


@dataclass(frozen=True, slots=True)
class RowFilter:
    """The facets of the address; what is unknown there is left out."""

    state: str = ""
    kind: str = ""
    said: str = ""
    after: str = ""

    @classmethod
    def read(cls, told: QueryDict) -> Self:
        state, kind, said, after = (told.get(name, "") for name in ("state", "kind", "said", "after"))
        return cls(
            state if state in CorrectionRow.State.values else "",
            kind if kind in KINDS else "",
            said if said in SAID else "",
            after if after.isdecimal() and len(after) < 19 else "",
        )

    def rows(self, batch: CorrectionBatch) -> CorrectionRows:
        """The rows in the order of the workbook, on all pages."""
        found = batch.lines.order_by("pk")
        if self.state:
            found = found.filter(state=self.state)
        if self.kind:
            found = upload_policy.under(found, self.kind)
        proposed = found.filter(state=CorrectionRow.State.PROPOSED)
        if self.said == "open":
            return found.undecided()
        if self.said == "yes":
            return proposed.filter(is_approved=True)
        if self.said == "no":
            return proposed.exclude(why="")
        if self.said == "backed":
            return found.filter(is_backed=True)
        return found

    @property
    def hidden(self) -> list[tuple[str, str]]:
        """The facets for the hidden fields of a form."""
        told = [(name, getattr(self, name)) for name in ("state", "kind", "said", "after")]
        return [(name, value) for name, value in told if value]

    def query(self, **more: str) -> str:
        """The facets as they stand in an address, with "?" where there are any."""
        told = dict(self.hidden) | more
        query = QueryDict(mutable=True)
        query.update({name: value for name, value in told.items() if value})
        return f"?{query.urlencode()}" if query else ""

    def to(
        self, batch: CorrectionBatch, row: int | None = None, name: str = "upload-row", **more: str
    ) -> str:
        """The address of a row under these facets; without one of the list."""
        if row is None:
            return reverse("upload-rows", args=[batch.pk]) + self.query(**more)
        return reverse(name, args=[batch.pk, row]) + self.query(**more)
