"""An answer beside what stands: whether it says something new, the same, or the contrary."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from enum import Enum
from typing import TypeVar

from django.db.models import Q

from citizens.models import Resident
from landdb.normalise import dates, names
from landdb.normalise.id_numbers import Kind
from parcels.models import LandUser

from ..models import Match, PoliceAnswer, PoliceWord, VerificationEntry
from . import edits

W, Conflict = PoliceWord, PoliceAnswer.Conflict
Person = TypeVar("Person", Resident, LandUser)
#: Words by which the person exists and is known.
KNOWN = (W.CONFIRMED, W.CORRECTED, W.DECEASED)


class Adds(Enum):
    """What a later answer is beside an earlier one."""

    NOTHING = "nothing"
    MORE = "more"
    CONTRARY = "contrary"


def beside(old: PoliceAnswer, new: PoliceAnswer) -> Adds:
    """What `new` adds to `old`. "Not determined" is nothing beside any word, and any word is more than it."""
    if new.word == W.UNDETERMINED:
        return Adds.NOTHING
    if old.word == W.UNDETERMINED:
        return Adds.MORE
    if old.word != new.word:
        return Adds.CONTRARY
    found = {
        _field(names.parse(old.name).key, names.parse(new.name).key),
        _field(old.sex, new.sex),
        _field(old.id_number, new.id_number),
        _field(str(old.died_on or ""), str(new.died_on or "")),
        _birth(old.birth, new.birth),
    }
    if Adds.CONTRARY in found:
        return Adds.CONTRARY
    return Adds.MORE if Adds.MORE in found else Adds.NOTHING


def _field(old: str, new: str) -> Adds:
    if not new or old == new:
        return Adds.NOTHING
    return Adds.CONTRARY if old else Adds.MORE


def _birth(old: str, new: str) -> Adds:
    """A day is more than its year; two days, or two years, contradict."""
    if old and new and old != new and (old.endswith(new) or new.endswith(old)):
        return Adds.MORE if len(new) > len(old) else Adds.NOTHING
    return _field(old, new)


def fill(old: PoliceAnswer, new: PoliceAnswer) -> None:
    """Take into `old` what `new`, which does not contradict it, says more."""
    if old.word == W.UNDETERMINED:
        old.word = new.word
    if len(new.birth) > len(old.birth):
        old.birth = new.birth
    for field in ("name", "sex", "id_number", "died_on", "address", "note", "said_by"):
        if not getattr(old, field):
            setattr(old, field, getattr(new, field))


@dataclass(slots=True)
class Ground:
    """What stands of the people whom answers are about, read once for a portion of them."""

    people: Mapping[int, list[LandUser]]
    spoken: Mapping[int, list[Match]]
    residents: Mapping[str, list[Resident]]
    bearers: Mapping[str, list[LandUser]]
    asked: frozenset[int]

    @classmethod
    def of(cls, answers: Collection[PoliceAnswer]) -> Ground:
        """`people`: line → its land users as they live now; the others by land user and by number."""
        people = _people({answer.line_id for answer in answers})
        ids = {person.pk for found in people.values() for person in found}
        spoken: dict[int, list[Match]] = defaultdict(list)
        said = Match.objects.filter(land_user__in=ids).exclude(state=Match.State.PROPOSED)
        for match in said.select_related("resident"):
            spoken[match.land_user_id].append(match)
        numbers = {n for answer in answers for n in (answer.id_number, answer.line.id_number) if n}
        asked = edits.waiting_for(ids).values_list("change_set__changes__record_id", flat=True)
        return cls(
            people, spoken, _by_number(_residents(numbers)), _by_number(_bearers(numbers)), frozenset(asked)
        )

    def resident(self, answer: PoliceAnswer) -> Resident | None:
        """Whom the number of the answer, or the one that was asked about, belongs to; of several nobody."""
        number = answer.id_number or answer.line.id_number
        found = self.residents.get(number, [])
        return found[0] if len(found) == 1 else None

    def conflict(self, answer: PoliceAnswer) -> PoliceAnswer.Conflict:
        """Why the answer may not simply be applied, earlier answers aside; Conflict.NO where it may."""
        people = self.people.get(answer.line_id, [])
        if any(person.pk in self.asked for person in people):
            return Conflict.GONE
        resident = self.resident(answer) if answer.word in KNOWN else None
        if resident is not None and not _is_same_name(answer, resident):
            return Conflict.OTHER_PERSON
        if any(self._is_decided_otherwise(person, answer.word, resident) for person in people):
            return Conflict.DECISION
        if answer.word in KNOWN and any(self._says_who(person, answer) for person in people):
            return Conflict.WHO
        return Conflict.NO

    def _is_decided_otherwise(self, person: LandUser, word: str, resident: Resident | None) -> bool:
        """A person said that the land user is somebody else than the police say, or is somebody at all."""
        for match in self.spoken.get(person.pk, []):
            if match.state == Match.State.ACCEPTED:
                if word in (W.NO_SUCH, W.SEVERAL) or (resident and match.resident_id != resident.pk):
                    return True
            elif match.state == Match.State.REJECTED and resident and match.resident_id == resident.pk:
                return True
        return False

    def _says_who(self, person: LandUser, answer: PoliceAnswer) -> bool:
        """The answer makes the holder another person: another name, or a number that another one bears."""
        if answer.name and not person.second_name and _is_another_name(person, answer.name):
            return True
        if not answer.id_number:
            return False
        own = {each.pk for each in self.people[answer.line_id]}
        others = (other for other in self.bearers.get(answer.id_number, []) if other.pk not in own)
        return any(other.name_fold != person.name_fold for other in others)


def corrections(person: LandUser, answer: PoliceAnswer) -> dict[str, str]:
    """The values of a register entry that follow from an answer: raw fields as a clerk would write them."""
    if answer.word not in KNOWN:
        return {}
    found: dict[str, str] = {}
    if answer.word == W.CORRECTED:
        name = names.parse(answer.name)
        if answer.name and not person.second_name and name.key != person.name_key:
            found["name_raw"] = answer.name
        if answer.birth and answer.birth not in (person.birth_text, str(person.birth_year or "")):
            found["birth_raw"] = answer.birth
        if answer.sex and answer.sex != person.sex:
            found["sex_raw"] = {"M": "Nam", "F": "Nữ"}[answer.sex]
    if answer.id_number and answer.id_number not in (person.id_number, person.former_number):
        found["id_number_raw"] = answer.id_number
        if person.id_kind == Kind.CMND and not person.former_number:
            found["former_number"] = person.id_number
    return found


def differs_from_asked(answer: PoliceAnswer) -> list[str]:
    """Fields of an answer that say something else than the line asked about."""
    line, found = answer.line, []
    if answer.name and names.parse(answer.name).key != names.parse(line.name).key:
        found.append("name")
    asked = dates.parse(line.birth, birth=True)
    if answer.birth and answer.birth not in (line.birth, str(asked.year or "")):
        found.append("birth")
    if answer.sex and line.sex and answer.sex != line.sex:
        found.append("sex")
    if answer.id_number and answer.id_number not in (line.id_number, line.former_number):
        found.append("id_number")
    return found


def _people(lines: Collection[int]) -> dict[int, list[LandUser]]:
    """Line → land users; of one that was merged, the live one."""
    entries = VerificationEntry.objects.filter(line__in=lines).select_related("land_user__merged_into")
    found: dict[int, dict[int, LandUser]] = defaultdict(dict)
    for entry in entries:
        person = entry.land_user.merged_into or entry.land_user
        found[entry.line_id][person.pk] = person
    return {line: list(people.values()) for line, people in found.items()}


def _residents(numbers: Collection[str]) -> Iterable[Resident]:
    """Those who bear a number, as their own or as their former one."""
    bears = Q(id_number__in=numbers) | Q(former_number__in=numbers)
    return Resident.objects.filter(bears).exclude(id_number="", former_number="") if numbers else ()


def _bearers(numbers: Collection[str]) -> Iterable[LandUser]:
    bears = Q(id_number__in=numbers) | Q(former_number__in=numbers)
    return LandUser.objects.live().filter(bears) if numbers else ()


def _by_number(people: Iterable[Person]) -> dict[str, list[Person]]:
    found: dict[str, list[Person]] = defaultdict(list)
    for person in people:
        for number in {person.id_number, person.former_number} - {""}:
            found[number].append(person)
    return found


def _is_same_name(answer: PoliceAnswer, resident: Resident) -> bool:
    """Never on a number alone: the name must be the one that the police give, or that was asked about."""
    return resident.name_fold in {names.parse(name).fold for name in (answer.name, answer.line.name) if name}


def _is_another_name(person: LandUser, name: str) -> bool:
    """Other than by marks or in one word: that is no slip any more. A garbled name says nothing."""
    if any(warning.startswith("name.") for warning in person.warnings):
        return False
    ours, theirs = person.name_fold.split(), names.parse(name).fold.split()
    if len(ours) != len(theirs):
        return True
    return sum(one != other for one, other in zip(ours, theirs, strict=True)) > 1
