"""What can be said of a record, facet by facet: how rows are laid together and compared with the register."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, Generic, TypeVar

from landdb.normalise.text import fold

from .entries import CertificatePart, HoldingPart, PersonPart, PlotPart, UsePart

#: Facets that are said in other cells than the one of their name.
_SAID_IN = {
    "number": frozenset({"sheet", "number"}),
    "name": frozenset({"name", "organisation_name"}),
    "id_number": frozenset({"id_number", "organisation_number"}),
}

Part = TypeVar("Part", PlotPart, PersonPart, CertificatePart, HoldingPart, UsePart)


def _equal(said: Any, known: Any) -> bool:
    return bool(said == known)


@dataclass(frozen=True)
class Facet(Generic[Part]):
    """One thing that is said of a record: the form's field, its meaning, the columns that keep it.

    `says` gives the meaning of a row's part (falsy: the row is silent), `knows` that of a record's columns.
    `keys` are the columns of PersonKeys that belong to it.
    """

    field: str
    attributes: tuple[str, ...]
    says: Callable[[Part], Hashable]
    knows: Callable[[Mapping[str, Any]], Hashable]
    columns: Mapping[str, Callable[[Part], Any]]
    keys: tuple[str, ...] = ()
    agrees: Callable[[Any, Any], bool] = _equal

    @cached_property
    def cells(self) -> frozenset[str]:
        """The cells of the form in which it is said."""
        return _SAID_IN.get(self.field) or frozenset({self.field})

    def take(self, part: Part, other: Part) -> Part:
        """The part, with this facet from another row."""
        taken: dict[str, Any] = {name: getattr(other, name) for name in self.attributes}
        if self.keys and isinstance(part, PersonPart) and isinstance(other, PersonPart):
            taken["keys"] = part.keys._replace(**{name: getattr(other.keys, name) for name in self.keys})
        return replace(part, **taken)


def _plain(name: str, column: str = "") -> Facet[Any]:
    """A text that is kept as it stands and compared by its fold."""
    column = column or name
    return Facet(
        name,
        (name,),
        lambda part: fold(getattr(part, name)),
        lambda record: fold(record[column]),
        {column: lambda part: getattr(part, name)},
    )


def _same_birth(said: tuple[Any, Any], known: tuple[Any, Any]) -> bool:
    """A year alone says nothing against a day in that year."""
    return said == known or (said[0] is None and said[1] == known[1])


PLOT: Sequence[Facet[PlotPart]] = (
    Facet(
        "number",
        ("sheet", "number"),
        lambda part: (part.sheet, part.number) if part.is_located and not part.is_inferred else None,
        lambda record: (record["sheet"], record["number"]),
        {"sheet": lambda part: part.sheet, "number": lambda part: part.number},
    ),
    Facet(
        "plot_code",
        ("code",),
        lambda part: part.code.lower(),
        lambda record: record["code"].lower(),
        {"code": lambda part: part.code},
    ),
    Facet(
        "legal_area",
        ("legal_area",),
        lambda part: part.legal_area,
        lambda record: record["legal_area"],
        {"legal_area": lambda part: part.legal_area},
    ),
    Facet(
        "plot_address",
        ("address",),
        lambda part: fold(part.address),
        lambda record: fold(record["address"]),
        {"address": lambda part: part.address},
    ),
)

PERSON: Sequence[Facet[PersonPart]] = (
    Facet(
        "name",
        ("name",),
        lambda part: part.keys.name_key,
        lambda record: record["name_key"],
        {"name_raw": lambda part: part.name},
        ("name", "name_key", "name_fold", "second_name"),
    ),
    Facet(
        "birth",
        ("birth",),
        lambda part: (part.keys.birth_on, part.keys.birth_year) if part.keys.birth_year else None,
        lambda record: (record["birth_on"], record["birth_year"]),
        {"birth_raw": lambda part: part.birth},
        ("birth_on", "birth_year", "birth_precision"),
        _same_birth,
    ),
    Facet(
        "sex",
        ("sex",),
        lambda part: part.keys.sex,
        lambda record: record["sex"],
        {"sex_raw": lambda part: part.sex},
        ("sex",),
    ),
    Facet(
        "id_number",
        ("id_number",),
        lambda part: part.keys.id_number,
        lambda record: record["id_number"],
        {"id_number_raw": lambda part: part.id_number},
        ("id_number", "id_kind", "former_number"),
    ),
    Facet(
        "address",
        ("address", "commune", "district"),
        lambda part: fold(part.address),
        lambda record: fold(record["address_raw"]),
        {"address_raw": lambda part: part.address, "village": lambda part: part.keys.village},
        ("village", "village_fold"),
    ),
    Facet(
        "phone",
        ("phone",),
        lambda part: part.phone,
        lambda record: record["phone"],
        {"phone": lambda part: part.phone},
    ),
)

CERTIFICATE: Sequence[Facet[CertificatePart]] = (
    Facet(
        "serial",
        ("serial_raw", "serial"),
        lambda part: part.serial,
        lambda record: record["serial"],
        {"serial_raw": lambda part: part.serial_raw, "serial": lambda part: part.serial},
    ),
    Facet(
        "issued",
        ("issued_raw", "issued_on"),
        lambda part: part.issued_on or fold(part.issued_raw),
        lambda record: record["issued_on"] or fold(record["issued_raw"]),
        {"issued_raw": lambda part: part.issued_raw, "issued_on": lambda part: part.issued_on},
    ),
    Facet(
        "book_number",
        ("book_number_raw", "book_number"),
        lambda part: part.book_number or part.book_number_raw,
        lambda record: record["book_number"] or record["book_number_raw"],
        {"book_number_raw": lambda part: part.book_number_raw, "book_number": lambda part: part.book_number},
    ),
    Facet(
        "certificate_kind",
        ("kind",),
        lambda part: fold(part.kind),
        lambda record: fold(record["kind"]),
        {"kind": lambda part: part.kind},
    ),
)

HOLDING: Sequence[Facet[HoldingPart]] = tuple(
    _plain(name)
    for name in (
        "legal_form",
        "role",
        "certificate_sheet",
        "certificate_plot",
        "current_user_name",
        "current_user_number",
        "current_user_address",
        "change_reason",
        "plot_class",
    )
)

USE: Sequence[Facet[UsePart]] = (
    Facet(
        "purpose",
        ("purpose_raw", "purpose"),
        lambda part: part.purpose or fold(part.purpose_raw),
        lambda record: record["purpose"] or fold(record["purpose_raw"]),
        {"purpose_raw": lambda part: part.purpose_raw, "purpose": lambda part: part.purpose},
    ),
    Facet(
        "area",
        ("area",),
        lambda part: part.area,
        lambda record: record["area"],
        {"area": lambda part: part.area},
    ),
    Facet(
        "origin",
        ("origin_raw", "origin", "transfer_origin"),
        lambda part: (part.origin, part.transfer_origin) if part.origin else fold(part.origin_raw),
        lambda record: (
            (record["origin"], record["transfer_origin"]) if record["origin"] else fold(record["origin_raw"])
        ),
        {
            "origin_raw": lambda part: part.origin_raw,
            "origin": lambda part: part.origin,
            "transfer_origin": lambda part: part.transfer_origin,
        },
    ),
    Facet(
        "form",
        ("form",),
        lambda part: part.form,
        lambda record: record["form"],
        {"form": lambda part: part.form},
    ),
    Facet(
        "term",
        ("term_raw", "term_kind", "term_until"),
        lambda part: (
            (part.term_kind, part.term_until, _years(part.term_kind, part.term_raw))
            if part.term_raw
            else None
        ),
        lambda record: (
            record["term_kind"],
            record["term_until"],
            _years(record["term_kind"], record["term_raw"]),
        ),
        {
            "term_raw": lambda part: part.term_raw,
            "term_kind": lambda part: part.term_kind,
            "term_until": lambda part: part.term_until,
        },
    ),
)


def _years(kind: str, raw: str) -> str:
    """Where kind and day do not say all, the words do."""
    return "" if kind in ("long", "until") else fold(raw)
