"""Which fields of which records a change set may change, and what follows from a change."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.db import models

from landdb.models import AdminUnit
from landdb.normalise import people
from landdb.reference.gazetteer import gazetteer
from parcels.importers.land_user_rows import commune_of
from parcels.models import Certificate, Holding, LandUse, LandUser, Plot, Scan

from ..models import Finding, Match, PairWord, PlotStatus, WorkItem


class Units:
    """Today's communes by their codes, each looked up once."""

    def __init__(self) -> None:
        self._known: dict[str, int | None] = {}

    def of(self, code: str) -> int | None:
        if code not in self._known:
            self._known[code] = (
                AdminUnit.objects.in_force().filter(code=code).values_list("pk", flat=True).first()
            )
        return self._known[code]


def _nothing_follows(record: Any, changed: Collection[str], units: Units) -> dict[str, Any]:
    return {}


#: The values that the others are read out of.
_RAW = ("name_raw", "birth_raw", "sex_raw", "id_number_raw", "address_raw", "commune_raw", "district_raw")


def read_again(land_user: LandUser, changed: Collection[str], units: Units | None = None) -> dict[str, Any]:
    """What a land user's raw values now read as: column → value. The village follows the address alone.

    The commune follows address and cells where they name one; else it stays.
    """
    if not any(name in changed for name in _RAW):
        return {}
    keys = people.person(
        land_user.name_raw,
        land_user.birth_raw,
        land_user.sex_raw,
        land_user.id_number_raw,
        land_user.address_raw,
        gazetteer=gazetteer(),
    )
    own = {column.name for column in LandUser._meta.concrete_fields}
    # These come from other columns of the files, which are not kept raw.
    own -= {"kind", "former_number"}
    if "address_raw" not in changed:
        own -= {"village", "village_fold"}
    read = {name: value for name, value in keys._asdict().items() if name in own}
    if not {"address_raw", "commune_raw", "district_raw"}.isdisjoint(changed):
        where = commune_of(land_user.address_raw, land_user.commune_raw, land_user.district_raw)
        read["former_commune"] = where.former_code
        if where.code and "commune_id" not in changed:
            read["commune_id"] = (units or Units()).of(where.code) or land_user.commune_id
    return read | {"warnings": list(keys.warnings)}


@dataclass(frozen=True, slots=True)
class Editable:
    """A model that change sets may change."""

    model: type[models.Model]
    fields: frozenset[str]
    follow: Callable[[Any, Collection[str], Units], dict[str, Any]] = field(default=_nothing_follows)


def _editable(model: type[models.Model], fields: str, **more: Any) -> tuple[str, Editable]:
    return model._meta.label_lower, Editable(model, frozenset(fields.split()), **more)


EDITABLE: dict[str, Editable] = dict(
    [
        _editable(
            LandUser,
            "name_raw birth_raw sex_raw id_number_raw address_raw commune_raw district_raw phone commune_id "
            "village former_number merged_into_id",
            follow=read_again,
        ),
        _editable(Plot, "sheet number code legal_area address state"),
        _editable(
            LandUse,
            "purpose_raw purpose area origin_raw origin transfer_origin form term_raw term_kind term_until",
        ),
        _editable(Scan, "certificate_id is_linked set_aside"),
        _editable(
            Certificate, "serial_raw serial kind issued_raw issued_on book_number_raw book_number state"
        ),
        _editable(
            Holding,
            "legal_form role certificate_sheet certificate_plot current_user_name current_user_number "
            "current_user_address change_reason plot_class land_user_id certificate_id",
        ),
        _editable(Match, "state decided_by_id decided_at reason decided_evidence picked_by_id"),
        _editable(PairWord, "state decided_by_id decided_at reason evidence"),
        _editable(Finding, "state waived_by_id waived_until reason waived_facts waived_alone"),
        _editable(PlotStatus, "confirmed_by_id confirmed_at"),
        _editable(
            WorkItem,
            "waits_with waits_why waits_fields waits_note waits_since waits_until assigned_to_id police_word",
        ),
    ]
)


def now(record: models.Model, name: str) -> Any:
    """A record's field as a change keeps it."""
    return encode(record, name, getattr(record, name))


def encode(record: models.Model | type[models.Model], name: str, value: Any) -> Any:
    """A field's value as JSON keeps it, as the database would give it back: dates and decimals as text."""
    if isinstance(value, dt.datetime | dt.date):
        return value.isoformat()
    if isinstance(value, Decimal):
        column = record._meta.get_field(name)
        places = column.decimal_places if isinstance(column, models.DecimalField) else None
        return str(value if places is None else value.quantize(Decimal(1).scaleb(-places)))
    return value


def decode(model: type[models.Model], name: str, value: Any) -> Any:
    """The value as the model's field holds it."""
    column = model._meta.get_field(name.removesuffix("_id"))
    return column.to_python(value) if isinstance(column, models.DateField | models.DecimalField) else value


def touched(
    model_label: str, ids: Iterable[int], known: Mapping[tuple[str, int], models.Model]
) -> tuple[set[int], set[int]]:
    """The land users and the plots that records of a model bear on, directly.

    `known`: records at hand as they stand, by the label of their model and their id.
    """
    wanted = set(ids)
    if model_label == LandUser._meta.label_lower:
        return wanted, set()
    if model_label == Match._meta.label_lower:
        return _of_matches(wanted, known), set()
    if model_label == Plot._meta.label_lower:
        return set(), wanted
    if model_label in (PlotStatus._meta.label_lower, WorkItem._meta.label_lower):
        # A confirmation says something of a group and changes none; neither does it matter who has the work.
        return set(), set()
    if model_label == Certificate._meta.label_lower:
        return set(), set(Holding.objects.filter(certificate__in=wanted).values_list("plot_id", flat=True))
    if model_label == Scan._meta.label_lower:
        papers = Scan.objects.filter(pk__in=wanted, certificate__isnull=False).values("certificate")
        return set(), set(Holding.objects.filter(certificate__in=papers).values_list("plot_id", flat=True))
    if model_label == PairWord._meta.label_lower:
        pairs = PairWord.objects.filter(pk__in=wanted).values_list("first_id", "second_id")
        return {pk for pair in pairs for pk in pair}, set()
    model = EDITABLE[model_label].model
    return set(), set(model._default_manager.filter(pk__in=wanted).values_list("plot_id", flat=True))


def _of_matches(wanted: set[int], known: Mapping[tuple[str, int], models.Model]) -> set[int]:
    label = Match._meta.label_lower
    at_hand = {pk: match for pk in wanted if isinstance(match := known.get((label, pk)), Match)}
    people = {match.land_user_id for match in at_hand.values()}
    if unread := wanted - at_hand.keys():
        people.update(Match.objects.filter(pk__in=unread).values_list("land_user_id", flat=True))
    return people
