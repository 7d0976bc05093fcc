"""Reading whom a row names: land user, legal form and role, the current user."""

from __future__ import annotations

import re
from functools import cache

from django.utils import timezone

from landdb.normalise import addresses, people, phones
from landdb.normalise.id_numbers import Kind
from landdb.normalise.text import fold
from landdb.reference.gazetteer import gazetteer
from parcels.models import Holding, LandUser

from . import problems
from .entries import HoldingPart, PersonPart
from .fields import HOLDING, PAPERS, PERSON
from .read_plots import read_printed
from .row import Row

_FORMS = {
    "ca nhan": Holding.LegalForm.INDIVIDUAL,
    "ho gia dinh": Holding.LegalForm.HOUSEHOLD,
    "ho": Holding.LegalForm.HOUSEHOLD,
    "hgd": Holding.LegalForm.HOUSEHOLD,
    "vo chong": Holding.LegalForm.COUPLE,
    "vo va chong": Holding.LegalForm.COUPLE,
    "hai vo chong": Holding.LegalForm.COUPLE,
    "dong su dung": Holding.LegalForm.CO_USERS,
    "nhom nguoi": Holding.LegalForm.CO_USERS,
    "nhom dong su dung": Holding.LegalForm.CO_USERS,
    "cong dong dan cu": Holding.LegalForm.COMMUNITY,
    "cong dong": Holding.LegalForm.COMMUNITY,
    "to chuc": Holding.LegalForm.ORGANISATION,
}
_ROLES = {
    "ca nhan": Holding.Role.HOLDER,
    "chu su dung": Holding.Role.HOLDER,
    "chu ho": Holding.Role.HEAD,
    "chong": Holding.Role.HUSBAND,
    "vo": Holding.Role.WIFE,
    "thanh vien": Holding.Role.MEMBER,
    "thanh vien ho gia dinh": Holding.Role.MEMBER,
    "thanh vien ho": Holding.Role.MEMBER,
    "vo chong chu ho": Holding.Role.MEMBER,
    "vo chu ho": Holding.Role.MEMBER,
    "chong chu ho": Holding.Role.MEMBER,
    "dong su dung": Holding.Role.MEMBER,
    "nguoi dai dien": Holding.Role.REPRESENTATIVE,
    "dai dien": Holding.Role.REPRESENTATIVE,
    "nguoi dai dien theo phap luat": Holding.Role.REPRESENTATIVE,
    "to chuc": Holding.Role.HOLDER,
}
#: Years; papers may name holders who died long ago.
_OLDEST = 150
_FORMER_PAPER = re.compile(r"cmnd|cmt|chung minh")
_ORGANISATION_PREFIX = re.compile(r"^\s*n/a\s*-\s*", re.IGNORECASE)


def read_person(row: Row) -> PersonPart | None:
    """The organisation where one is named, else the person; None where the row names nobody.

    Of a settled row what somebody changed: its land user is known.
    """
    if row.leaves(PERSON):
        return None
    if row.text("organisation_name", 400):
        return _organisation(row)
    name = row.raw("name", 400)
    if not name and not row.is_settled:
        row.warn(problems.NAME_MISSING, "name")
        return None
    address = row.text("address", 300)
    where = addresses.parse(address, gazetteer()) if address else None
    told = (name, row.value("birth"), row.value("sex"), row.value("id_number"), "", _former_number(row))
    # Of settled rows most tell a telephone number alone.
    keys = people.person(*told) if any(told) else _nothing_told()
    if where:
        keys = keys._replace(village=where.village, village_fold=where.village_fold)
    _warn(row, keys)
    if not keys.name and not row.is_settled:
        row.warn(problems.NAME_PLACEHOLDER, "name")
        return None
    kind = keys.kind if keys.kind in LandUser.Kind.values else LandUser.Kind.INDIVIDUAL
    return PersonPart(
        kind,
        name,
        row.raw("birth", 60),
        row.text("sex", 20),
        row.raw("id_number", 60),
        address,
        where.commune_text[:120] if where else "",
        where.district_text[:120] if where else "",
        _phone(row),
        keys,
    )


@cache
def _nothing_told() -> people.PersonKeys:
    return people.person("", None, None, None, "")


def _organisation(row: Row) -> PersonPart:
    """An organisation; its representative has no place in the register and stays in the file."""
    name = row.text("organisation_name", 400)
    number = _ORGANISATION_PREFIX.sub("", row.text("organisation_number", 60))
    keys = people.person(name, None, None, number, "")
    if not keys.name:
        keys = keys._replace(name=name[:200], name_key=fold(name)[:200], name_fold=fold(name)[:200])
    return PersonPart(
        LandUser.Kind.ORGANISATION, name, "", "", number, row.text("address", 300), "", "",
        _phone(row), keys._replace(name=keys.name[:200], second_name=""),
    )  # fmt: skip


def _phone(row: Row) -> str:
    """The telephone number, as one is dialled; what is none stays in the file, and is told."""
    text = row.text("phone", 200)
    read = phones.parse(text)
    if text and not read.number:
        row.warn(problems.PHONE_UNREADABLE, "phone")
    elif read.is_padded:
        row.warn(problems.PHONE_PADDED, "phone")
    return read.number


def _former_number(row: Row) -> str:
    """A 9-digit number among the identity papers of the row."""
    for paper in range(1, PAPERS + 1):
        if _FORMER_PAPER.search(fold(row.text(f"paper{paper}_kind", 60))):
            return row.text(f"paper{paper}_number", 60)
    return ""


def _warn(row: Row, keys: people.PersonKeys) -> None:
    if keys.second_name:
        row.warn(problems.TWO_PEOPLE, "name")
    if keys.legacy:
        row.warn(problems.LEGACY_FONT, "name")
    if "id_number.padded" in keys.warnings:
        row.warn(problems.NUMBER_PADDED, "id_number")
    if keys.id_kind == Kind.SEVERAL:
        row.warn(problems.NUMBERS_SEVERAL, "id_number")
    elif keys.id_kind == Kind.MALFORMED:
        row.warn(problems.ID_NUMBER_MALFORMED, "id_number")
    if row.value("birth") is not None and keys.birth_year is None:
        row.warn(problems.DATE_UNREADABLE, "birth")
    elif keys.birth_year is not None and not 0 <= timezone.localdate().year - keys.birth_year <= _OLDEST:
        row.warn(problems.DATE_IMPOSSIBLE, "birth")
    elif "birth.swapped" in keys.warnings:
        row.warn(problems.DATE_SWAPPED, "birth")
    if row.value("sex") is not None and not keys.sex:
        row.warn(problems.SEX_UNREADABLE, "sex")


def read_holding(row: Row) -> HoldingPart:
    """Legal form, role, the current user and the rest of what belongs to the right itself."""
    if row.leaves(HOLDING):
        return HoldingPart()
    return HoldingPart(
        row.text("guid", 40),
        read_printed(row, "certificate_sheet"),
        read_printed(row, "certificate_plot"),
        _word(row, "legal_form", _FORMS, problems.FORM_UNKNOWN),
        _word(row, "role", _ROLES, problems.ROLE_UNKNOWN),
        row.text("current_user_name", 200),
        row.text("current_user_number", 40),
        row.text("current_user_address", 300),
        row.text("change_reason", 200),
        row.text("plot_class", 40),
    )


def _word(
    row: Row, name: str, known: dict[str, Holding.LegalForm] | dict[str, Holding.Role], code: str
) -> str:
    text = row.text(name, 120)
    if not text:
        return ""
    meaning = known.get(fold(text))
    if meaning is None:
        row.warn(code, name)
        return ""
    return meaning.value
