"""What a clerk typed of a land user: name, birth, sex, number, address."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from . import misspelling, names, rates
from .draw import Flags, Ints, Texts, weighted
from .holders import SECOND, Holders
from .people import Population

_EXCEL_DAY_0 = np.datetime64("1899-12-30")


@dataclass(slots=True)
class Typed:
    """The raw columns, as Python text."""

    name: Texts
    birth: Texts
    sex: Texts
    number: Texts


def texts(values: pa.Array) -> Texts:
    """An Arrow column as an array of Python text."""
    return np.asarray(values.to_pylist(), dtype=object)


def _styles(
    rng: np.random.Generator, holders: Holders, in_order: tuple[float, ...], others: tuple[float, ...]
) -> Ints:
    count = len(holders)
    return np.where(holders.in_order, weighted(rng, count, in_order), weighted(rng, count, others))


def typed(rng: np.random.Generator, holders: Holders) -> Typed:
    """The raw values of all natural persons among the holders; organisations stay empty."""
    if not len(holders):
        return Typed(*(np.zeros(0, dtype=object) for _column in range(4)))
    who = np.maximum(holders.person, 0)
    crowd = holders.pool.take(who)
    result = Typed(
        _names(rng, holders, crowd),
        _births(rng, holders, crowd),
        _sexes(rng, holders, crowd),
        _numbers(rng, holders, crowd),
    )
    nobody = holders.person < 0
    for column in (result.name, result.birth, result.sex, result.number):
        column[nobody] = ""
    return result


def _names(rng: np.random.Generator, holders: Holders, crowd: Population) -> Texts:
    """Names in the styles of `rates.NAME_STYLES`."""
    known = names.vocabulary()
    plain = crowd.name.joined(known.texts)
    bare = pc.utf8_title(crowd.name.joined(known.folds))
    upper = pc.utf8_upper(plain)
    style = _styles(rng, holders, rates.NAMES_IN_ORDER, rates.NAMES_OTHERS)
    place = {name: number for number, name in enumerate(rates.NAME_STYLES)}
    spouse = holders.spouse
    style = np.where((style == place["couple"]) & (spouse < 0), place["prefix"], style)
    written = texts(plain)
    for name, column in (("upper", upper), ("bare", bare), ("bare_upper", pc.utf8_upper(bare))):
        chosen = np.flatnonzero(style == place[name])
        written[chosen] = texts(column.take(pa.array(chosen)))
    title = np.where(crowd.sex == 1, "Bà", "Ông").astype(object)
    loud = rng.random(len(style)) < 0.3
    spoken = np.where(loud, texts(upper), written)
    for name, before in (
        ("prefix", title + " "),
        ("household", np.char.add("Hộ ", np.char.lower(title.astype(str))).astype(object) + " "),
        ("label", title + ": "),
    ):
        chosen = style == place[name]
        written[chosen] = (before + spoken)[chosen]
    chosen = np.flatnonzero(style == place["couple"])
    written[chosen] = _couples(rng, holders, crowd, chosen)
    chosen = style == place["dead"]
    written[chosen] = (written + np.where(loud, " (đã mất)", " (đã chết)").astype(object))[chosen]
    written[style == place["placeholder"]] = "Không rõ"
    for name, habit in misspelling.HABITS.items():
        for index in np.flatnonzero(style == place[name]):
            written[index] = habit(written[index], rng)
    return written


def _couples(rng: np.random.Generator, holders: Holders, crowd: Population, chosen: Ints) -> Texts:
    """Two people in one cell: "Nguyễn Văn A và vợ là Trần Thị B"."""
    spelling = names.vocabulary().texts
    first = texts(crowd.name.take(chosen).joined(spelling))
    second = texts(holders.pool.name.take(holders.spouse[chosen]).joined(spelling))
    is_wife = crowd.sex[chosen] == 1
    joint = np.where(is_wife, " và chồng là ", " và vợ là ").astype(object)
    openly = np.where(is_wife, "Bà ", "Ông ").astype(object)
    other = np.where(is_wife, " và ông ", " và bà ").astype(object)
    long = rng.random(len(chosen)) < 0.5
    written: Texts = np.where(long, first + joint + second, openly + first + other + second)
    return written


def _births(rng: np.random.Generator, holders: Holders, crowd: Population) -> Texts:
    """Births in the styles of `rates.BIRTH_STYLES`: mostly the year alone."""
    style = _styles(rng, holders, rates.BIRTHS_IN_ORDER, rates.BIRTHS_OTHERS)
    style = np.where(_is_swappable(crowd) | (style != 6), style, 2)
    year = crowd.birth_year.astype(str)
    iso = crowd.born.astype(str)
    month, day = (np.array([text[part] for text in iso]) for part in (slice(5, 7), slice(8, 10)))
    join = np.char.add
    wrong = (crowd.birth_year + rng.choice([-1, 1], len(year))).astype(str)
    serial = (crowd.born - _EXCEL_DAY_0).astype(np.int64).astype(str)
    dated = join(join(join(day, "/"), join(month, "/")), year)
    swapped = join(join(join(month, "/"), join(day, "/")), year)
    choices = [
        year, join("01/01/", year), dated, iso, wrong, np.full(len(year), ""), swapped,
        join(join(year, month), day), serial,
    ]  # fmt: skip
    return np.choose(style, [choice.astype("<U10") for choice in choices]).astype(object)


def _is_swappable(crowd: Population) -> Flags:
    """Days up to the twelfth, which pass for months."""
    swappable: Flags = (crowd.born - crowd.born.astype("datetime64[M]")).astype(np.int64) < 12
    return swappable


def _sexes(rng: np.random.Generator, holders: Holders, crowd: Population) -> Texts:
    """Nam and Nữ, sometimes a digit, sometimes missing or wrong."""
    count = len(holders)
    drawn = np.where(holders.in_order, 1.0, rng.random(count))
    wrong = (drawn >= rates.SEX_MISSING) & (drawn < rates.SEX_MISSING + rates.SEX_WRONG)
    female = (crowd.sex == 1) ^ wrong
    coded = rng.random(count) < 0.05
    said = np.where(coded, np.where(female, "0", "1"), np.where(female, "Nữ", "Nam")).astype(object)
    said[drawn < rates.SEX_MISSING] = ""
    return said


def _numbers(rng: np.random.Generator, holders: Holders, crowd: Population) -> Texts:
    """Numbers in the styles of `rates.NUMBER_STYLES`."""
    place = {name: number for number, name in enumerate(rates.NUMBER_STYLES)}
    in_order = (1.0,) + (0.0,) * (len(place) - 1)
    style = _styles(rng, holders, in_order, rates.NUMBERS_OTHERS)
    style = np.where((style == place["former"]) & (crowd.former == 0), place["citizen"], style)
    style = np.where((style == place["spouse"]) & (holders.spouse < 0), place["swapped"], style)
    # A second record seldom repeats the number of the first.
    style = np.where((holders.case == SECOND) & (style == place["shared"]), place["missing"], style)
    citizen = np.char.zfill(crowd.number.astype(str), 12)
    former = np.char.zfill(crowd.former.astype(str), 9)
    spouse = np.char.zfill(holders.pool.number[np.maximum(holders.spouse, 0)].astype(str), 12)
    # Somebody else's number; never that of a record in order, which would no longer be so.
    others = np.flatnonzero(~holders.in_order & (holders.person >= 0))
    others = others if len(others) else np.arange(len(style))
    shared = np.char.zfill(crowd.number[others[np.arange(7, 7 + len(style)) % len(others)]].astype(str), 12)
    swapped = np.array([text[:8] + text[9] + text[8] + text[10:] for text in citizen])
    malformed = np.where(
        rng.random(len(style)) < 0.5, np.char.add(citizen, "9"), np.char.replace(citizen, "0", "O")
    )
    choices = [
        citizen, former, np.full(len(style), ""), np.char.lstrip(citizen, "0"), swapped, spouse, shared,
        malformed, np.where(rng.random(len(style)) < 0.5, "000000000000", "0"),
        np.char.add(np.char.add(former, "; "), citizen),
    ]  # fmt: skip
    return np.choose(style, [choice.astype("<U24") for choice in choices]).astype(object)
