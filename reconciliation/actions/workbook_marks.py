"""Which cells of Form 01 mend what a rule finds."""

from __future__ import annotations

from collections.abc import Iterable

from django.utils.translation import gettext as _

from ..models import AskedField, Why
from ..rules.catalogue import Who, by_id, knows

#: Rule → the cells to look at, the first one being that to fill in.
CELLS: dict[str, tuple[str, ...]] = {
    "certificate_missing": ("serial", "issued", "book_number"),
    "serial_missing": ("serial",),
    "serial_malformed": ("serial",),
    "book_number_missing": ("book_number",),
    "book_number_placeholder": ("book_number",),
    "book_number_long": ("book_number",),
    "issue_date_missing": ("issued",),
    "certificate_date_impossible": ("issued",),
    "unidentifiable": ("name", "serial"),
    "holder_missing": ("name", "id_number"),
    "current_user_differs": ("current_user_name", "change_reason"),
    "legal_form_missing": ("legal_form",),
    "spouse_missing": ("role",),
    "members_missing": ("role",),
    "id_number_missing": ("id_number",),
    "id_number_malformed": ("id_number",),
    "id_number_contradicts": ("id_number", "birth", "sex"),
    "id_number_shared": ("id_number",),
    "birth_missing": ("birth",),
    "sex_missing": ("sex",),
    "holder_address_missing": ("address",),
    "phone_missing": ("phone",),
    "placeholder_value": ("name",),
    "tax_code_invalid": ("id_number",),
    "land_use_missing": ("use1_purpose", "use1_area"),
    "land_use_area_differs": ("use1_area", "legal_area"),
    "land_use_code_unknown": ("use1_purpose",),
    "origin_missing": ("use1_origin",),
    "term_missing": ("use1_term",),
    "term_placeholder": ("use1_term",),
    "term_ended": ("use1_term",),
    "map_only": ("name", "legal_area", "use1_purpose"),
    "plot_address_missing": ("plot_address",),
    "area_missing": ("legal_area",),
    "scan_missing": ("scans",),
    "holder_unverified": ("id_number",),
    "holder_deceased": ("current_user_name", "change_reason"),
}
#: Of an organisation, the name and the number stand elsewhere.
_OF_ORGANISATION = {"name": "organisation_name", "id_number": "organisation_number"}
#: What the desk asks about → the cells to look at.
_ASKED = {
    AskedField.NAME: ("name",),
    AskedField.BIRTH: ("birth",),
    AskedField.SEX: ("sex",),
    AskedField.ID_NUMBER: ("id_number",),
    AskedField.ADDRESS: ("address",),
    AskedField.CERTIFICATE: ("serial", "issued", "book_number"),
}
#: Reasons of the desk that say themselves which cells they are about.
_BY_REASON = {
    Why.COMMUNE_PAPERS: ("scans",),
    Why.COMMUNE_USER: ("current_user_name", "change_reason"),
}
#: Before the code of a hand-over of the desk.
DESK = "desk:"


def for_communes(who: str = "") -> list[str]:
    """The rules whose findings a commune can mend, in catalogue order; `who`: only what these can supply."""
    wanted = {Who(who)} if who in (Who.COMMUNE, Who.CITIZEN) else {Who.COMMUNE, Who.CITIZEN}
    return [rule for rule in CELLS if by_id(rule).who in wanted]


def cells(rule: str, line: int = 1, *, is_organisation: bool = False) -> tuple[str, ...]:
    """The fields to mark; `line` is the line of land use that the finding is about."""
    found = (name.replace("use1_", f"use{line}_") for name in CELLS.get(rule, ()))
    return _as_there(found, is_organisation=is_organisation)


def handed_on(why: str, fields: Iterable[str], *, is_organisation: bool = False) -> tuple[str, ...]:
    """The cells to mark of whom the desk sent back: those that it asks about and those that the reason is
    about; the name, where it says neither."""
    asked = [name for field in fields for name in _ASKED[AskedField(field)]]
    found = [*asked, *(_BY_REASON.get(Why(why), ()) if why in Why.values else ())]
    return _as_there(found or ["name"], is_organisation=is_organisation)


def _as_there(names: Iterable[str], *, is_organisation: bool) -> tuple[str, ...]:
    return tuple(_OF_ORGANISATION.get(name, name) if is_organisation else name for name in names)


def words(ask: str, note: str = "") -> tuple[str, str]:
    """Why a cell is marked and how it is mended, for the person who fills it in."""
    if ask.startswith(DESK):
        code = ask.removeprefix(DESK)
        why = str(Why(code).label) if code in Why.values else _("Văn phòng cần xã, phường xem lại")
        return why, note or _("Xem giấy tờ của người này rồi sửa các ô sai")
    if not knows(ask):
        return ask, ""
    rule = by_id(ask)
    return str(rule.name), str(rule.mend)


def comment(why: str, how: str) -> str:
    """What stands at a marked cell."""
    return f"{why}. {how}".strip(" .") + "."


def summary(asks: Iterable[tuple[str, str]]) -> str:
    """What a row needs, in one cell: each reason once, with its mend."""
    return "; ".join(dict.fromkeys(f"{why} → {how}" if how else why for why, how in asks))
