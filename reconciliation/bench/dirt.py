"""The bench `dirt`: each kind of dirt taken away and doubled, and how gently the quality follows."""

from __future__ import annotations

import multiprocessing
from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import django
import pyarrow as pa
import pyarrow.parquet as pq

from . import direct, links, people, reach, report
from .apart import say
from .data import Size

#: Kinds of dirt by what they spoil; each kind is in one group.
GROUPS: dict[str, tuple[str, ...]] = {
    "marks, capitals and titles": (
        "name_upper", "name_lower", "name_prefix", "name_note", "name_plain", "name_mark_lost",
        "name_tone_wrong", "name_tone_placed", "name_i_y", "name_decomposed", "name_spaces",
    ),
    "slips in names": (
        "name_sound", "name_letter_dropped", "name_letter_doubled", "name_letters_swapped",
        "name_letter_beside", "name_middle_wrong", "name_middle_dropped", "name_given_other",
    ),
    "old fonts": ("name_tcvn3", "name_mojibake", "name_letters_lost"),
    "couples in one cell": ("name_couple",),
    "births missing": ("birth_missing", "birth_year_only"),
    "years off": ("birth_year_off", "birth_year_swapped", "birth_digit"),
    "lunar years": ("birth_lunar",),
    "days": ("birth_first_january", "birth_day_month_swapped", "birth_day_wrong", "birth_form"),
    "sex": ("sex_missing", "sex_wrong", "sex_form"),
    "numbers missing": ("number_missing", "number_placeholder"),
    "nine-digit numbers": ("number_former",),
    "numbers mistyped": (
        "number_digit", "number_swapped", "number_beside", "number_zero_lost", "number_two",
        "number_malformed", "number_form",
    ),
    "numbers of the family": ("number_family",),
    "villages": (
        "village_missing", "village_bare", "village_abbreviated", "village_renamed", "village_misspelt",
        "village_other", "village_with_commune",
    ),
    "communes": (
        "commune_former", "commune_bare", "commune_missing", "commune_misspelt", "district_missing",
    ),
    "kept elsewhere": ("elsewhere",),
}  # fmt: skip
#: Groups that take away what a person is told by: without them quality must rise, with more of them fall.
TELLING = ("births missing", "numbers missing", "kept elsewhere")
FACTORS = (0.0, 2.0)
USUAL = "as usual"
PROCESSES = 2


@dataclass(frozen=True)
class Case:
    """Land users with one group of dirt so much more frequent than usual."""

    group: str
    factor: float
    size: Size

    @property
    def name(self) -> str:
        return self.group if self.group == USUAL else f"{self.group} × {self.factor:g}"

    @property
    def dirt(self) -> dict[str, float]:
        return dict.fromkeys(GROUPS.get(self.group, ()), self.factor)


def run(size: Size) -> dict[str, Any]:
    """Measure; what standard output ends with."""
    told: dict[str, dict[str, Any]] = {}
    with TemporaryDirectory(prefix="landdb-dirt-") as made:
        folder = Path(made)
        people.generate(folder, size.owners, size.residents, size.seed)
        pq.write_table(direct.residents(folder / "residents.parquet"), _read(folder))
        for case, figures in _measured(cases(size), folder):
            told[case.name] = {"group": case.group, "factor": case.factor, **figures}
            say(f"  {len(told)} of {1 + len(GROUPS) * len(FACTORS)}: {case.name}")
    reached = reach.judge_dirt(told, told[USUAL], TELLING)
    report.show_dirt(size, told, reached)
    return {
        "bench": "dirt",
        "size": {"owners": size.owners, "residents": size.residents, "seed": size.seed},
        "figures": told,
        "reach": reached,
        "ok": all(each["ok"] is not False for each in reached.values()),
    }


def cases(size: Size) -> list[Case]:
    """The usual dirt first, then each group without and with twice as much."""
    varied = (Case(group, factor, size) for group in GROUPS for factor in FACTORS)
    return [Case(USUAL, 1.0, size), *varied]


def _measured(asked: Iterable[Case], folder: Path) -> Iterator[tuple[Case, Mapping[str, Any]]]:
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(PROCESSES, mp_context=context, initializer=django.setup) as pool:
        waiting = [(case, pool.submit(_measure, case, folder)) for case in asked]
        for case, future in waiting:
            yield case, future.result()


def _measure(case: Case, usual: Path) -> dict[str, Any]:
    """Figures of one case; in a process of the pool."""
    with TemporaryDirectory(prefix="case-", dir=usual) as made:
        folder, size = Path(made), case.size
        people.generate(folder, size.owners, size.residents, size.seed, case.dirt)
        _see_that_residents_are_the_same(folder, usual)
        land_users = direct.land_users(folder / "land_users.parquet", map)
        session = _session(usual)
        found = session.match(land_users, session.fit(land_users))
        figures = links.measure(found, folder / "truth.parquet")
    return {name: figures[name] for name in ("f1", reach.RECALL, "wanted", "accepted", "wrong")}


def _see_that_residents_are_the_same(folder: Path, usual: Path) -> None:
    """Dirt is on the land users alone; so the registry is read once for all cases."""
    there, here = (pq.read_table(each / "residents.parquet") for each in (usual, folder))
    if not there.equals(here):
        raise AssertionError("dirt has changed the residents")


@cache
def _session(folder: Path) -> direct.Session:
    rows: pa.Table = pq.read_table(_read(folder))
    return direct.Session(rows)


def _read(folder: Path) -> Path:
    """Where the residents lie as matching reads them."""
    return folder / "read.parquet"
