"""What a register entry would say if it followed the registry, once a person has said that both are one."""

from __future__ import annotations

from collections.abc import Iterator

from citizens.models import Resident
from landdb.models.people import Sex
from landdb.normalise.id_numbers import Kind
from parcels.models import LandUser

from .changes import FieldChange

#: As a clerk of the register would write it, whatever the language of the page.
_SEXES = {Sex.MALE: "Nam", Sex.FEMALE: "Nữ"}


def from_registry(land_user: LandUser, resident: Resident) -> list[FieldChange]:
    """The raw values that differ from the registry or are missing, with the registry's in their place.

    A name is left alone where the cell holds two people, and where it differs by spelling habit only; a year
    that agrees is not made into a day.
    """
    return list(_changes(land_user, resident))


def _changes(land_user: LandUser, resident: Resident) -> Iterator[FieldChange]:
    is_garbled = any(warning.startswith("name.") for warning in land_user.warnings)
    if not land_user.second_name and (is_garbled or land_user.name_key != resident.name_key):
        yield FieldChange(land_user, "name_raw", resident.name)
    is_other_day = land_user.birth_on is not None and land_user.birth_on != resident.birth_on
    if resident.birth_year and (is_other_day or land_user.birth_year != resident.birth_year):
        yield FieldChange(land_user, "birth_raw", resident.birth_text)
    if resident.sex and land_user.sex != resident.sex:
        yield FieldChange(land_user, "sex_raw", _SEXES[Sex(resident.sex)])
    if resident.id_number and land_user.id_number != resident.id_number:
        yield FieldChange(land_user, "id_number_raw", resident.id_number)
        if land_user.id_kind == Kind.CMND and not land_user.former_number:
            yield FieldChange(land_user, "former_number", land_user.id_number)
