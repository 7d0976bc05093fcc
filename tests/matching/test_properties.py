"""What must hold for any land user: of spellings, fields that are filled in, chunks, shares, and codes."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Sequence
from functools import cache

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from landdb.normalise.text import fold
from reconciliation.matching import evidence
from reconciliation.matching.ladders import LADDERS
from reconciliation.matching.steps import MISSING
from reconciliation.models import Match

from .province import COMMUNES, SIZE, Person, Province, draw_people

# The same examples every time: a rare find should not stop the work of somebody who touched nothing here.
some = settings(max_examples=20, derandomize=True)


@cache
def province() -> Province:
    return Province(draw_people(SIZE, COMMUNES))


def truth(resident: int) -> Person:
    return province().residents[resident - 1]


# Faults of a clerk's hand: each takes the person, and somebody else of the registry.
_NAMES: Sequence[Callable[[Person, Person], str]] = (
    lambda own, _other: own.name,
    lambda own, _other: own.name,
    lambda own, _other: fold(own.name).title(),
    lambda own, _other: own.name[:-1] + "m",
    lambda own, _other: f"{own.name.split()[0]} {own.name.split()[-1]}",
    lambda own, other: f"{' '.join(own.name.split()[:-1])} {other.name.split()[-1]}",
    lambda _own, other: other.name,
)
_BIRTHS: Sequence[Callable[[Person, Person], str]] = (
    lambda own, _other: own.birth,
    lambda own, _other: own.birth[-4:],
    lambda _own, _other: "",
    lambda own, _other: str(int(own.birth[-4:]) + 1),
    lambda own, _other: f"{own.birth[3:5]}/{own.birth[3:5]}/{own.birth[-4:]}",
    lambda _own, other: other.birth,
)
_NUMBERS: Sequence[Callable[[Person, Person], str]] = (
    lambda own, _other: own.number,
    lambda _own, _other: "",
    lambda _own, _other: "",
    lambda own, _other: own.number[:-2] + own.number[:-3:-1],
    lambda _own, other: other.number,
)
_FORMER: Sequence[Callable[[Person, Person], str]] = (
    lambda own, _other: own.former,
    lambda _own, _other: "",
    lambda _own, _other: "",
    lambda own, _other: own.former[:-1] + str(9 - int(own.former[-1])),
    lambda _own, other: other.former,
)


def _or_other(field: str) -> Sequence[Callable[[Person, Person], str]]:
    return (
        lambda own, _other: getattr(own, field),
        lambda own, _other: getattr(own, field),
        lambda _own, _other: "",
        lambda _own, other: getattr(other, field),
    )


_FAULTS = {
    "name": _NAMES, "birth": _BIRTHS, "sex": _or_other("sex"), "number": _NUMBERS, "former": _FORMER,
    "village": _or_other("village"), "commune": _or_other("commune"),
}  # fmt: skip


@st.composite
def entries(draw: st.DrawFn) -> tuple[int, Person]:
    """A resident, and an entry that a clerk made of him or her."""
    resident, other = draw(st.integers(1, SIZE)), truth(draw(st.integers(1, SIZE)))
    own = truth(resident)
    return resident, Person(
        **{field: draw(st.sampled_from(hands))(own, other) for field, hands in _FAULTS.items()}
    )


batches = st.lists(entries(), min_size=1, max_size=12)


def _words(person: Person, swaps: dict[str, str]) -> str:
    return " ".join(swaps.get(word, word) for word in person.name.split())


_TONES = {"Hòa": "Hoà", "Thúy": "Thuý", "Thủy": "Thuỷ", "Quý": "Qúy"}
_I_AND_Y = {"Lý": "Lí", "Kỳ": "Kì", "Mỹ": "Mĩ"}
_NOT_AT_ALL = {
    "upper case": lambda p: p._replace(name=p.name.upper(), village=p.village.upper(), sex=p.sex.upper()),
    "commune in capitals": lambda p: p._replace(commune=p.commune.upper()),
    "lower case": lambda p: p._replace(name=p.name.lower(), village=p.village.lower(), sex=p.sex.lower()),
    "decomposed": lambda p: Person(*(unicodedata.normalize("NFD", value) for value in p)),
    "tone elsewhere": lambda p: p._replace(name=_words(p, _TONES)),
    "i and y": lambda p: p._replace(name=_words(p, _I_AND_Y)),
    "Ông": lambda p: p._replace(name=f"Ông {p.name}"),
    "Bà": lambda p: p._replace(name=f"Bà: {p.name}"),
    "Hộ ông": lambda p: p._replace(name=f"Hộ ông {p.name}"),
    "Hộ bà": lambda p: p._replace(name=f"Hộ bà: {p.name}"),
    "blanks": lambda p: Person(*(f"  {value.replace(' ', '   ')} " if value else "" for value in p)),
    "sex by letter": lambda p: p._replace(sex={"Nam": "M", "Nữ": "F"}.get(p.sex, "")),
    "sex by number": lambda p: p._replace(sex={"Nam": "1", "Nữ": "0"}.get(p.sex, "")),
    "number with blanks": lambda p: p._replace(number=re.sub(r"(...)(?=.)", r"\1 ", p.number)),
    "number with dots": lambda p: p._replace(number=re.sub(r"(...)(?=.)", r"\1.", p.number)),
    "date with hyphens": lambda p: p._replace(birth=p.birth.replace("/", "-")),
    "date with dots": lambda p: p._replace(birth=p.birth.replace("/", ".")),
    "date by year": lambda p: p._replace(birth="-".join(reversed(p.birth.split("/")))),
    "short date": lambda p: p._replace(birth=re.sub(r"\b0", "", p.birth)),
    "village alone": lambda p: p._replace(village=p.village.removeprefix("Thôn ")),
    "village as quarter": lambda p: p._replace(village=p.village.replace("Thôn", "Khu phố")),
    "commune alone": lambda p: p._replace(commune=p.commune.removeprefix("Xã ")),
    "commune as ward": lambda p: p._replace(commune=p.commune.replace("Xã", "Phường")),
    "commune in short": lambda p: p._replace(commune=p.commune.replace("Xã ", "X.")),
}  # fmt: skip


@some
@given(batches)
def test_how_a_value_is_written_does_not_matter(batch) -> None:
    ways = [lambda person: person, *_NOT_AT_ALL.values()]
    asked = {
        100 * nth + way: swap(entry)
        for nth, (_resident, entry) in enumerate(batch)
        for way, swap in enumerate(ways)
    }
    found = province().match(asked)
    for nth, (_resident, entry) in enumerate(batch):
        as_is = found.said[100 * nth]
        for way, name in enumerate(_NOT_AT_ALL, 1):
            assert found.of(100 * nth + way) == found.of(100 * nth), (name, entry)
            said = found.said[100 * nth + way]
            assert {**said, "land_user_id": 0} == {**as_is, "land_user_id": 0}, (name, entry)


def test_quy_is_written_with_i_or_y() -> None:
    resident = next(nth for nth, person in enumerate(province().residents, 1) if person.name.endswith("Quý"))
    own = truth(resident)
    found = province().match({1: own, 2: own._replace(name=own.name.replace("Quý", "Quí"))})
    assert found.of(1) == found.of(2)


def _filled(entry: Person, own: Person) -> dict[str, Person]:
    """The entry with each field that it leaves empty filled in; village and commune are read as one
    address, so each only beside a right or empty other."""
    beside = {"village": "commune", "commune": "village"}
    return {
        field: entry._replace(**{field: getattr(own, field)})
        for field in ("number", "former", "birth", "sex", "village", "commune")
        if not getattr(entry, field)
        and (field not in beside or getattr(entry, beside[field]) in ("", getattr(own, beside[field])))
    }


@some
@given(batches)
def test_filling_a_field_in_with_the_truth_never_lowers_the_score(batch) -> None:
    filled = [_filled(entry, truth(resident)) for resident, entry in batch]
    asked = {10 * nth: entry for nth, (_resident, entry) in enumerate(batch)}
    asked |= {
        10 * nth + way: each for nth, ways in enumerate(filled) for way, each in enumerate(ways.values(), 1)
    }
    found = province().match(asked)
    for nth, (resident, entry) in enumerate(batch):
        before = found.pair(10 * nth, resident)
        if before is None:
            continue
        own = truth(resident)
        for way, field in enumerate(filled[nth], 1):
            after = found.pair(10 * nth + way, resident)
            # In a place just learnt there are people to be taken for, where name and birth are not right.
            is_right = entry.name == own.name and entry.birth in (own.birth, own.birth[-4:])
            others = field in ("village", "commune") and not is_right
            if not others:
                assert after is not None, field
            if after is not None:
                assert _bits(after) >= _bits(before), (field, before, after)
            if after is not None and not others:
                assert after["score"] >= before["score"] - 1e-6, (field, before, after)


def _bits(match: dict) -> float:
    """What the fields of a match say, without the start."""
    return sum(match["weights"][:-1])


def test_the_village_never_lowers_the_score() -> None:
    """Not even where the surname is at home in it, which counts against both sides."""
    beside = Person("Thân Ngọc Mỹ", "", "Nữ", commune="Xã Yên Đa")
    resident, own = next(
        (nth, own)
        for nth, own in enumerate(province().residents, 1)
        if (own.name, own.commune) == (beside.name, beside.commune)
    )
    found = province().match({1: beside, 2: beside._replace(village=own.village)})
    before, after = found.pair(1, resident), found.pair(2, resident)
    assert after["score"] >= before["score"]


@settings(some, max_examples=10)
@given(st.lists(entries(), min_size=2, max_size=30), st.randoms(use_true_random=False), st.integers(2, 6))
def test_chunks_change_nothing(batch, draw, parts) -> None:
    asked = {nth: entry for nth, (_resident, entry) in enumerate(batch)}
    whole = province().match(asked)
    part_of = {nth: draw.randrange(parts) for nth in asked}
    for part in set(part_of.values()):
        found = province().match({nth: entry for nth, entry in asked.items() if part_of[nth] == part})
        for nth in found.said:
            assert found.of(nth) == whole.of(nth)
            assert found.said[nth] == pytest.approx(whole.said[nth])


@st.composite
def judged(draw: st.DrawFn) -> tuple[dict[int, Person], list[tuple[int, int, str]]]:
    """Some entries, and what people said of a few of their pairs."""
    batch = draw(batches)
    decided = [
        (nth, draw(st.sampled_from([resident, resident % SIZE + 1])), draw(st.sampled_from(_STATES)))
        for nth, (resident, _entry) in enumerate(batch)
        if draw(st.booleans())
    ]
    return {nth: entry for nth, (_resident, entry) in enumerate(batch)}, decided


_STATES = ("rejected", "rejected", "accepted", "unsure", "proposed")


@some
@given(judged())
def test_shares_never_exceed_one_and_a_rejected_candidate_never_comes_back(case) -> None:
    asked, decided = case
    found = province().match(asked, decided, accept=3.75)
    rejected = {(land_user, resident) for land_user, resident, state in decided if state == "rejected"}
    for land_user, said in found.said.items():
        of_one = [match for match in found.matches if match["land_user_id"] == land_user]
        standing = [m for m in of_one if (land_user, m["resident_id"]) not in rejected]
        shares = [m["probability"] for m in standing] + [said["absent_probability"]]
        assert all(0 <= share <= 1 for share in [*shares, *(m["probability"] for m in of_one)])
        assert sum(shares) <= 1 + 1e-9
        assert sum(match["outcome"] == "accept" for match in of_one) <= 1
    for match in found.matches:
        if (match["land_user_id"], match["resident_id"]) in rejected:
            assert match["outcome"] == "none"
    assert not rejected & {(number, said["resident_id"]) for number, said in found.said.items()}


@some
@given(batches)
def test_every_stored_code_is_known_and_has_a_name(batch) -> None:
    found = province().match({nth: entry for nth, (_resident, entry) in enumerate(batch)})
    for row in found.matches:
        weights = row["weights"]
        told = evidence.of(Match(levels=row["levels"], weights=weights, stage=row["stage"]))
        assert len(row["levels"]) == len(LADDERS)
        assert len(weights) == len(LADDERS) + 2
        for ladder, code, weight in zip(LADDERS, row["levels"], weights, strict=False):
            assert told[ladder.field]["weight"] == weight / 100
            step = ladder.step(told[ladder.field]["level"])
            assert (step.code, bool(step.word)) == (code, True)
            assert weight == 0 or code != MISSING
