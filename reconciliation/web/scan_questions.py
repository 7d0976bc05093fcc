"""The certificates that an unknown scan may be of: asked for by serial, or by sheet and plot."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django import forms
from django.db.models import Count, Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from landdb.models import User
from landdb.normalise import serials
from parcels import scan_names
from parcels.models import Certificate, Holding, Scan

from ..actions.scans import spellings

#: Certificates shown at most; whoever finds more types more.
MOST = 20
#: Last digits of a serial from which it can be found.
_FEWEST_DIGITS = 4


class CertificateForm(forms.Form):
    """A serial, whole or its last digits; or a sheet and a plot of it."""

    serial = forms.CharField(label=_lazy("Số phát hành"), required=False, max_length=40, strip=True)
    sheet = forms.IntegerField(label=_lazy("Tờ"), required=False, min_value=0, max_value=99_999)
    number = forms.IntegerField(label=_lazy("Thửa"), required=False, min_value=0, max_value=999_999)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if not self.errors and self.question is None:
            self.add_error(
                "serial", _("Gõ số phát hành (hoặc ít nhất 4 chữ số cuối), hoặc cả số tờ và số thửa.")
            )
        return cleaned

    @property
    def question(self) -> Question | None:
        """What is asked, of fields without errors; None where it is too little."""
        told = self.cleaned_data
        return Question.of(told.get("serial", ""), told.get("sheet"), told.get("number"))


@dataclass(frozen=True, slots=True)
class Question:
    """A serial as typed, or numbers of a plot."""

    serial: str = ""
    sheet: int | None = None
    number: int | None = None

    @classmethod
    def of(cls, serial: str, sheet: int | None, number: int | None) -> Question | None:
        digits = sum(each.isdigit() for each in serial)
        if digits < _FEWEST_DIGITS and (serial or sheet is None or number is None):
            return None
        return cls(serial, sheet, number)

    @classmethod
    def read(cls, text: str) -> Question | None:
        """Out of the text that `text` made; None where another page made it."""
        if text.count("\n") != 2:
            return None
        serial, *numbers = text.split("\n")
        sheet, number = (int(each) if each.isdecimal() and len(each) < 7 else None for each in numbers)
        return cls.of(serial, sheet, number)

    @classmethod
    def of_name(cls, file_name: str) -> Question | None:
        """What the name of the file says, where it says anything."""
        told = scan_names.parse(file_name)
        if told.plot:
            return cls(sheet=told.plot[1], number=told.plot[2])
        return cls(told.serial) if told.serial else None

    @property
    def text(self) -> str:
        """As it is kept on the server under a token."""
        return "\n".join([self.serial, *("" if n is None else str(n) for n in (self.sheet, self.number))])

    @property
    def where(self) -> Q:
        found = Q()
        if self.serial:
            known = serials.parse(self.serial).serials
            whole = {each for serial in known for each in spellings(serial)}
            digits = "".join(each for each in self.serial if each.isdigit())
            found &= Q(serial__in=whole) | Q(serial__endswith=digits)
        if self.sheet is not None and self.number is not None:
            of_plot = Q(plot__sheet=self.sheet, plot__number=self.number)
            printed = Q(certificate_sheet=str(self.sheet), certificate_plot=str(self.number))
            held = Holding.objects.filter(of_plot | printed, certificate__isnull=False)
            found &= Q(pk__in=held.values("certificate"))
        return found


@dataclass(frozen=True, slots=True)
class Found:
    """A certificate with its plots, its holders, and how many scans it has."""

    certificate: Certificate
    plots: list[str]
    holders: list[str]
    scans: int


def certificates(user: User, scan: Scan) -> Any:
    """Those that a scan may be linked to: of its commune, and of the user's territory."""
    return Certificate.objects.visible_to(user).filter(commune=scan.commune_id)


def find(user: User, scan: Scan, question: Question) -> list[Found]:
    """Certificates that the question means, the first MOST."""
    known = certificates(user, scan).filter(question.where)
    papers = known.annotate(n=Count("scans")).order_by("serial", "pk")
    found = list(papers[:MOST])
    held = Holding.objects.visible_to(user).filter(certificate__in=found)
    by_paper: dict[int, list[Holding]] = {}
    for holding in held.select_related("plot", "land_user").order_by("pk"):
        by_paper.setdefault(holding.certificate_id or 0, []).append(holding)
    return [
        Found(
            paper,
            list(dict.fromkeys(each.plot.short_number for each in by_paper.get(paper.pk, []))),
            list(dict.fromkeys(each.land_user.name for each in by_paper.get(paper.pk, []) if each.land_user)),
            paper.n,
        )
        for paper in found
    ]
