"""Records of the register as a row of Form 01 shows them: cell by cell, as a clerk would type them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from decimal import Decimal
from typing import Any, NamedTuple

from django.db.models import QuerySet

from landdb.models import AdminUnit
from landdb.models.people import Sex
from parcels.models import Asset, Certificate, Holding, LandUse, LandUser, Plot, Scan

from .fields import USE_LINES

#: As the forms write it, whatever the language of the page.
SEXES = {Sex.MALE.value: "Nam", Sex.FEMALE.value: "Nữ"}
LEGAL_FORMS = {
    Holding.LegalForm.INDIVIDUAL.value: "Cá nhân",
    Holding.LegalForm.HOUSEHOLD.value: "Hộ gia đình",
    Holding.LegalForm.COUPLE.value: "Vợ chồng",
    Holding.LegalForm.CO_USERS.value: "Đồng sử dụng",
    Holding.LegalForm.COMMUNITY.value: "Cộng đồng dân cư",
    Holding.LegalForm.ORGANISATION.value: "Tổ chức",
}
ROLES = {
    Holding.Role.HOLDER.value: "Cá nhân",
    Holding.Role.HEAD.value: "Chủ hộ",
    Holding.Role.HUSBAND.value: "Chồng",
    Holding.Role.WIFE.value: "Vợ",
    Holding.Role.MEMBER.value: "Thành viên",
    Holding.Role.REPRESENTATIVE.value: "Người đại diện",
}
USE_FORMS = {LandUse.Form.PRIVATE.value: "Sử dụng riêng", LandUse.Form.COMMON.value: "Sử dụng chung"}

#: Records asked for at once.
_AT_ONCE = 5_000
#: The columns that a row shows.
_PLOT = ("commune_id", "code", "sheet", "number", "address", "legal_area")
_HOLDING = (
    "plot_id", "land_user_id", "certificate_id", "legal_form", "role", "current_user_name",
    "current_user_number", "current_user_address", "change_reason", "certificate_sheet", "certificate_plot",
    "plot_class", "guid",
)  # fmt: skip
_CERTIFICATE = ("serial_raw", "serial", "issued_raw", "issued_on", "book_number_raw", "book_number", "kind")
_LAND_USER = (
    "kind", "name_raw", "id_number_raw", "id_number", "former_number", "birth_raw", "birth_on", "birth_year",
    "sex_raw", "sex", "address_raw", "phone",
)  # fmt: skip
_USE = (
    "plot_id", "line", "purpose_raw", "purpose", "area", "origin_raw", "transfer_origin", "origin", "form",
    "term_raw", "term_until",
)  # fmt: skip

#: Some columns of a record, by name.
Record = Any


class Subject(NamedTuple):
    """What a row is about: a holding, or a plot that has none."""

    holding: int | None
    plot: int


class Shown(NamedTuple):
    """A row as the register has it now, and the land user whom it names."""

    cells: dict[str, str]
    land_user: int | None
    certificate: int | None


def shown(subjects: Sequence[Subject]) -> dict[Subject, Shown]:
    """Each subject's cells (field → text; empty ones left out); what is gone or retired is left out."""
    found: dict[Subject, Shown] = {}
    for start in range(0, len(subjects), _AT_ONCE):
        found |= _some(subjects[start : start + _AT_ONCE])
    return found


def area(value: Decimal | None) -> str:
    """An area in m² as the forms write it: "120,5"."""
    return "" if value is None else f"{value.normalize():f}".replace(".", ",")


def _some(subjects: Sequence[Subject]) -> dict[Subject, Shown]:
    live = _records(Plot.objects.live().filter(pk__in=[each.plot for each in subjects]), _PLOT)
    holdings = _records(Holding.objects.filter(pk__in=[each.holding for each in subjects]), _HOLDING)
    papers = {each.certificate_id for each in holdings.values() if each.certificate_id}
    people = {each.land_user_id for each in holdings.values() if each.land_user_id}
    beside = _Beside(list(live), list(papers))
    certificates = _records(Certificate.objects.filter(pk__in=papers), _CERTIFICATE)
    land_users = _records(LandUser.objects.filter(pk__in=people), _LAND_USER)
    codes = dict(
        AdminUnit.objects.filter(pk__in={p.commune_id for p in live.values()}).values_list("pk", "code")
    )
    found = {}
    for subject in subjects:
        plot, holding = live.get(subject.plot), holdings.get(subject.holding or 0)
        if plot is None or (subject.holding is not None and (not holding or holding.plot_id != plot.pk)):
            continue
        cells = _of_plot(plot, beside, codes[plot.commune_id])
        if holding is not None:
            cells |= _of_holding(holding)
            if holding.certificate_id:
                cells |= _of_certificate(certificates[holding.certificate_id], beside)
            if holding.land_user_id:
                cells |= _of_person(land_users[holding.land_user_id])
        found[subject] = Shown(
            {name: text for name, text in cells.items() if text},
            holding.land_user_id if holding else None,
            holding.certificate_id if holding else None,
        )
    return found


def _records(found: QuerySet[Any], columns: Sequence[str]) -> dict[int, Record]:
    """Records by their key, as tuples of these columns: objects of thousands take far longer."""
    return {each.pk: each for each in found.values_list("pk", *columns, named=True)}


class _Beside:
    """What hangs on plots and certificates: lines of use, the first asset, the names of scans."""

    def __init__(self, plots: list[int], certificates: list[int]) -> None:
        self.uses: dict[int, list[Record]] = defaultdict(list)
        lines = LandUse.objects.filter(plot__in=plots, line__lte=USE_LINES).order_by("plot", "line")
        for use in lines.values_list(*_USE, named=True):
            self.uses[use.plot_id].append(use)
        self.assets: dict[int, Asset] = {}
        for asset in Asset.objects.filter(plot__in=plots).order_by("pk"):
            self.assets.setdefault(asset.plot_id, asset)
        self.scans: dict[int, list[str]] = defaultdict(list)
        named = Scan.objects.filter(certificate__in=certificates).order_by("pk")
        for paper, name in named.values_list("certificate_id", "file_name"):
            self.scans[paper or 0].append(name)


def _of_plot(plot: Record, beside: _Beside, code: str) -> dict[str, str]:
    cells = {
        "commune_code": code,
        "plot_code": plot.code,
        "sheet": _whole(plot.sheet),
        "number": _whole(plot.number),
        "plot_address": plot.address,
        "legal_area": area(plot.legal_area),
    }
    for use in beside.uses[plot.pk]:
        cells |= _use(use)
    if plot.pk in beside.assets:
        cells |= _asset(beside.assets[plot.pk])
    return cells


def _of_certificate(paper: Record, beside: _Beside) -> dict[str, str]:
    return {
        "serial": paper.serial_raw or paper.serial,
        "issued": paper.issued_raw or _day(paper.issued_on),
        "book_number": paper.book_number_raw or paper.book_number,
        "certificate_kind": paper.kind,
        "scans": ", ".join(beside.scans[paper.pk]),
    }


def _of_holding(holding: Record) -> dict[str, str]:
    return {
        "legal_form": LEGAL_FORMS.get(holding.legal_form, ""),
        "role": ROLES.get(holding.role, ""),
        "current_user_name": holding.current_user_name,
        "current_user_number": holding.current_user_number,
        "current_user_address": holding.current_user_address,
        "change_reason": holding.change_reason,
        "certificate_sheet": holding.certificate_sheet,
        "certificate_plot": holding.certificate_plot,
        "plot_class": holding.plot_class,
        "guid": holding.guid,
    }


def _of_person(person: Record) -> dict[str, str]:
    where = {"address": person.address_raw, "phone": person.phone}
    if person.kind == LandUser.Kind.ORGANISATION:
        number = person.id_number_raw or person.id_number
        return {"organisation_name": person.name_raw, "organisation_number": number} | where
    former = {"paper1_number": person.former_number, "paper1_kind": "CMND"} if person.former_number else {}
    birth = person.birth_raw or _day(person.birth_on) or str(person.birth_year or "")
    return (
        where
        | former
        | {
            "name": person.name_raw,
            "id_number": person.id_number_raw or person.id_number,
            "birth": birth,
            "sex": person.sex_raw or SEXES.get(person.sex, ""),
        }
    )


def _use(use: Record) -> dict[str, str]:
    return {
        f"use{use.line}_purpose": use.purpose_raw or use.purpose,
        f"use{use.line}_area": area(use.area),
        f"use{use.line}_origin": use.origin_raw or "/".join(filter(None, (use.transfer_origin, use.origin))),
        f"use{use.line}_form": USE_FORMS.get(use.form, ""),
        f"use{use.line}_term": use.term_raw or _day(use.term_until),
    }


def _asset(asset: Asset) -> dict[str, str]:
    return {
        "asset_kind": asset.kind,
        "estate": asset.estate,
        "building": asset.building,
        "flat_number": asset.flat_number,
        "built_area": area(asset.built_area),
        "floor_area": area(asset.floor_area),
        "ownership_form": asset.ownership_form,
        "ownership_term": asset.ownership_term,
        "grade": asset.grade,
    }


def _whole(value: int | None) -> str:
    return "" if value is None else str(value)


def _day(value: Any) -> str:
    return f"{value:%d/%m/%Y}" if value else ""
