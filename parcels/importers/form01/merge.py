"""From entries to records: what is new goes in, what differs becomes a proposal, the rest stands."""

from __future__ import annotations

from collections.abc import Callable, Container, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar

from django.db import models

from landdb.intake.outcome import Difference
from landdb.models import AdminUnit, ReceivedFile
from parcels.importers.land_user_rows import commune_of
from parcels.models import Certificate, Holding, LandUser, Plot

from . import facets, lookups, problems
from .entries import CertificatePart, Entry, HoldingPart, PersonPart, PlotPart, Reading, UsePart
from .facets import Facet
from .identities import Identities, resolve
from .keys import MapKey
from .settle import Settled, differences, lay_together
from .tables import insert, new_ids

Part = TypeVar("Part", PlotPart, PersonPart, CertificatePart, HoldingPart, UsePart)

_PERSON_COLUMNS = (
    "name_raw", "name_key", "birth_raw", "birth_on", "birth_year", "sex_raw", "sex", "id_number_raw",
    "id_number", "address_raw", "village", "phone",
)  # fmt: skip
_CERTIFICATE_COLUMNS = (
    "serial_raw", "serial", "issued_raw", "issued_on", "book_number_raw", "book_number", "kind",
)  # fmt: skip


@dataclass(slots=True)
class Merge:
    """An import under way: the rows by place, whom they speak of, what they created and propose.

    `added`: model → ids of lines, assets and scans put onto records that were there before.
    """

    reading: Reading
    file: ReceivedFile
    ids: Identities = field(default_factory=Identities)
    holdings: list[int | None] = field(default_factory=list)
    new_holdings: set[int] = field(default_factory=set)
    proposals: list[tuple[int, Difference]] = field(default_factory=list)
    created_by: set[int] = field(default_factory=set)
    added: dict[str, list[int]] = field(default_factory=dict)

    @property
    def entries(self) -> list[Entry]:
        return self.reading.entries


def merge(reading: Reading, file: ReceivedFile) -> Merge:
    """Plots, certificates, land users and holdings of a reading; runs inside the caller's transaction."""
    state = Merge(reading, file)
    state.ids = resolve(reading.entries)
    _merge_plots(state)
    _merge_certificates(state)
    _merge_land_users(state)
    _merge_holdings(state)
    return state


def _merge_records(
    state: Merge,
    model: type[models.Model],
    ids: Sequence[int | None],
    part_of: Callable[[Entry], Part | None],
    told: Sequence[Facet[Part]],
    columns: Sequence[str],
) -> dict[int, Settled[Part]]:
    """Lay rows together and propose what differs; the records that are new."""
    settled = lay_together(state.reading, ids, part_of, told)
    new = {pk: said for pk, said in settled.items() if state.ids.is_new(model, pk)}
    there = lookups.records(model, "pk", _in_question(settled, new), columns)
    state.proposals += differences(model, settled, told, there, state.entries)
    state.created_by.update(said.first for said in new.values())
    return new


def _in_question(settled: Mapping[int, Settled[Part]], new: Container[int]) -> list[int]:
    """Records that were there before and of which the rows say something."""
    return [pk for pk, said in settled.items() if pk not in new and said.says_anything]


def _merge_plots(state: Merge) -> None:
    new = _merge_records(
        state, Plot, state.ids.plots, lambda entry: entry.plot, facets.PLOT,
        ("sheet", "number", "code", "legal_area", "address"),
    )  # fmt: skip
    _drop_taken_numbers(state)
    insert(
        Plot,
        [
            {
                "id": pk,
                "commune_id": state.entries[said.first].commune,
                "sheet": said.part.sheet,
                "number": said.part.number,
                "source_key": state.ids.new[Plot][pk],
                "code": said.part.code,
                "legal_area": said.part.legal_area,
                "address": said.part.address,
                "file_id": state.file.pk,
            }
            for pk, said in new.items()
        ],
    )


def _drop_taken_numbers(state: Merge) -> None:
    """A plot is not proposed numbers that another plot has: that is for a person to sort out."""
    taken = set()
    for place, entry in enumerate(state.entries):
        plot = entry.plot
        if plot.sheet is None or plot.number is None or plot.is_inferred:
            continue
        owner = state.ids.on_map.get(MapKey(entry.commune, plot.sheet, plot.number))
        if owner is not None and owner != state.ids.plots[place]:
            taken.add(state.ids.plots[place])
            state.reading.warn(entry, problems.PLOT_TAKEN, "number", plot.number)
    state.proposals = [
        (place, each)
        for place, each in state.proposals
        if not (each.record_id in taken and each.field in ("sheet", "number"))
    ]


def _merge_certificates(state: Merge) -> None:
    new = _merge_records(
        state, Certificate, state.ids.certificates, lambda entry: entry.certificate, facets.CERTIFICATE,
        _CERTIFICATE_COLUMNS,
    )  # fmt: skip
    insert(
        Certificate,
        [
            {
                "id": pk,
                "commune_id": state.entries[said.first].commune,
                "source_key": state.ids.new[Certificate][pk],
                **{column: getattr(said.part, column) for column in _CERTIFICATE_COLUMNS},
                "file_id": state.file.pk,
            }
            for pk, said in new.items()
        ],
    )


def _merge_land_users(state: Merge) -> None:
    new = _merge_records(
        state, LandUser, state.ids.land_users, lambda entry: entry.person, facets.PERSON, _PERSON_COLUMNS
    )
    _drop_known_spellings(state)
    communes = dict(AdminUnit.objects.in_force().values_list("code", "pk"))
    insert(
        LandUser,
        [_land_user(pk, said.part, state.entries[said.first], state, communes) for pk, said in new.items()],
    )


def _drop_known_spellings(state: Merge) -> None:
    """What an entry says that was merged into another was weighed then: it is not proposed again."""
    label = LandUser._meta.label_lower
    about = [each for _place, each in state.proposals if each.model == label]
    fields = sorted({each.field for each in about})
    merged = lookups.records(
        LandUser, "merged_into", {each.record_id for each in about}, [*fields, "merged_into_id"]
    )
    known = {(row["merged_into_id"], name, row[name]) for row in merged for name in fields}
    state.proposals = [
        (place, each)
        for place, each in state.proposals
        if each.model != label or (each.record_id, each.field, each.new) not in known
    ]


def _land_user(
    pk: int, part: PersonPart, entry: Entry, state: Merge, communes: Mapping[str, int]
) -> dict[str, Any]:
    """A row of the register; its commune is that of the permanent address, where it names one."""
    read = part.keys
    home = commune_of(part.address, part.commune, part.district)
    return {
        "id": pk,
        "commune_id": communes.get(home.code, entry.commune),
        "source_key": state.ids.new[LandUser][pk],
        "kind": part.kind,
        "name_raw": part.name,
        "birth_raw": part.birth,
        "sex_raw": part.sex,
        "id_number_raw": part.id_number,
        "address_raw": part.address,
        "commune_raw": part.commune,
        "district_raw": part.district,
        "phone": part.phone,
        "name": read.name[:200],
        "name_key": read.name_key[:200],
        "name_fold": read.name_fold[:200],
        "second_name": read.second_name[:200],
        "birth_on": read.birth_on,
        "birth_year": read.birth_year,
        "sex": read.sex,
        "id_number": read.id_number[:20],
        "id_kind": read.id_kind,
        "former_number": read.former_number[:12],
        "village": read.village[:160],
        "village_fold": read.village_fold[:160],
        "former_commune": home.former_code,
        "warnings": [warning[:40] for warning in read.warnings],
        "file_id": state.file.pk,
    }


def _merge_holdings(state: Merge) -> None:
    """One row, one holding; a row that says a holding again changes nothing."""
    _find_holdings(state)
    names = [facet.field for facet in facets.HOLDING]
    settled = lay_together(state.reading, state.holdings, lambda entry: entry.holding, facets.HOLDING)
    there = lookups.records(Holding, "pk", _in_question(settled, state.new_holdings), names)
    state.proposals += differences(Holding, settled, facets.HOLDING, there, state.entries)
    _propose_other_ends(state)
    new = {pk: said for pk, said in settled.items() if pk in state.new_holdings}
    state.created_by.update(said.first for said in new.values())
    insert(
        Holding,
        [
            {
                "id": pk,
                "commune_id": state.entries[said.first].commune,
                "plot_id": state.ids.plots[said.first],
                "certificate_id": state.ids.certificates[said.first],
                "land_user_id": state.ids.land_users[said.first],
                "guid": said.part.guid,
                **{name: getattr(said.part, name) for name in names},
                "file_id": state.file.pk,
                "row": state.entries[said.first].row,
            }
            for pk, said in new.items()
        ],
    )


def _find_holdings(state: Merge) -> None:
    """The holding of every entry: by Guid, else by plot, certificate and land user, else a new one."""
    ends = list(zip(state.ids.plots, state.ids.certificates, state.ids.land_users, strict=True))
    asked = [triple for triple, held in zip(ends, state.ids.held, strict=True) if held is None]
    known = lookups.holdings(asked)
    fresh = iter(new_ids(Holding, len(asked)))
    met: dict[tuple[int, int | None, int | None, str], int] = {}
    for entry, triple, held in zip(state.entries, ends, state.ids.held, strict=True):
        guid = entry.holding.guid
        fitting = [pk for pk, other in known.get(triple, []) if not guid or other in ("", guid)]
        if entry.known and entry.known.subject.holding is None and triple[1:] == (None, None):
            # A plot that nobody holds, and of which the row says nothing else: no right comes of that.
            state.holdings.append(None)
            continue
        if held:
            pk = held.holding
        elif fitting:
            pk = fitting[0]
        else:
            pk = met.get((*triple, guid)) or next(fresh)
            met[(*triple, guid)] = pk
            state.new_holdings.add(pk)
            if entry.is_settled:
                # It was there when the row was compared: somebody took it away meanwhile.
                state.reading.warn(entry, problems.RECORD_GONE, "row_key")
        state.holdings.append(pk)
    _warn_repeated(state)


def _warn_repeated(state: Merge) -> None:
    seen: set[int] = set()
    for entry, pk in zip(state.entries, state.holdings, strict=True):
        if pk in seen:
            state.reading.warn(entry, problems.ROW_REPEATED, "no")
        if pk is not None:
            seen.add(pk)


def _propose_other_ends(state: Merge) -> None:
    """A Guid whose row names another certificate or land user than the register does."""
    for place, (entry, held) in enumerate(zip(state.entries, state.ids.held, strict=True)):
        if held is None:
            continue
        ends = (
            ("certificate_id", held.certificate, state.ids.certificates[place]),
            ("land_user_id", held.land_user, state.ids.land_users[place]),
        )
        for column, old, new in ends:
            if new is not None and new != old:
                difference = Difference(
                    "parcels.holding", held.holding, column, old, new, entry.row, entry.sheet
                )
                state.proposals.append((place, difference))
