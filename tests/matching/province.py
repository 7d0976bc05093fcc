"""A made-up province in a DuckDB session of its own: matching without PostgreSQL."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import duckdb
import pyarrow as pa

from landdb.normalise import people
from landdb.normalise.gazetteer import Gazetteer
from reconciliation.matching import engine, registry, statements
from reconciliation.matching.engine import Facts
from reconciliation.matching.weights import Weights, load

#: A commune of today, and the two that it grew out of.
COMMUNES = [
    f"Xã {first} {second}"
    for first in ("Tam", "Yên", "Đông", "Phú")
    for second in ("Đa", "Hòa", "Lộc", "Thọ", "Mỹ")
]
VILLAGES = [
    f"{first} {second}" for first in ("Đông", "Đoài", "Thượng") for second in ("Trung", "Nội", "Ngoại", "Bến")
]
SIZE = 5000
#: From which log-odds the province accepts.
ACCEPT = 7.5

_SURNAMES = "Nguyễn Nguyễn Nguyễn Nguyễn Trần Trần Lê Lê Phạm Hoàng Vũ Ngô Đỗ Đào Giáp Thân"
_MEN = (
    "Văn Văn Văn Đình Xuân Hữu Quang",
    "Hùng Nam Long Toàn Hòa Lý Sơn Thúy Huy Đức Bình Thọ Quý Kỳ Tuấn Khoa",
)
_WOMEN = "Thị Thị Thị Thị Ngọc Thu", "Hoa Lan Nga Hiền Hòa Lý Thủy Thúy Quý Duyên Mỹ Hương Yến Oanh Khuê Huệ"
_TYPES = {**engine.TYPES, "former_commune": pa.string()}
_USER = (
    "id", "commune", "former_commune", "kind", "name_key", "name_fold", "birth_on", "birth_year", "sex",
    "id_number", "id_kind", "former_number", "village", "second_name", "is_with_police", "police_word",
)  # fmt: skip
_RESIDENT = (
    "id", "commune", "former_commune", "name_key", "name_fold", "birth_on", "birth_year", "sex", "village",
    "status", "id_number", "former_number",
)  # fmt: skip


class Person(NamedTuple):
    """Somebody as a list has him, every value as it was typed."""

    name: str = ""
    birth: str = ""
    sex: str = ""
    number: str = ""
    former: str = ""
    village: str = ""
    commune: str = ""


class Found(NamedTuple):
    """What a match left: rows of `match_out`, and what is said of each land user."""

    matches: list[dict[str, Any]]
    said: dict[int, dict[str, Any]]

    def pair(self, land_user: int, resident: int) -> dict[str, Any] | None:
        """The match of two, where there is one."""
        both = (land_user, resident)
        return next((m for m in self.matches if (m["land_user_id"], m["resident_id"]) == both), None)

    def of(self, land_user: int) -> dict[int, tuple[Any, ...]]:
        """Resident → everything that is kept of the match, scores apart from their last digits."""
        return {
            m["resident_id"]: (
                m["levels"], m["weights"], m["stage"], m["outcome"], round(m["score"], 6),
                round(m["probability"], 9),
            )
            for m in self.matches
            if m["land_user_id"] == land_user
        }  # fmt: skip


GAZETTEER = Gazetteer.from_rows(
    [
        {
            "code": f"{7000 + nth:05}",
            "name": name.removeprefix("Xã "),
            "former_districts": f"Huyện {nth // 5}",
        }
        for nth, name in enumerate(COMMUNES)
    ],
    [],
    [],
)


def draw_people(size: int, communes: Sequence[str], seed: int = 1) -> list[Person]:
    """Ordinary people, with everything written down in full."""
    draw = random.Random(seed)
    made = []
    for _nth in range(size):
        female, year = draw.random() < 0.5, draw.randint(1935, 2004)
        middles, givens = _WOMEN if female else _MEN
        words = (draw.choice(_SURNAMES.split()), draw.choice(middles.split()), draw.choice(givens.split()))
        century = (1 if female else 0) + (2 if year >= 2000 else 0)
        made.append(
            Person(
                " ".join(words),
                f"{draw.randint(2, 28):02}/{draw.randint(1, 12):02}/{year}",
                "Nữ" if female else "Nam",
                f"027{century}{year % 100:02}{draw.randrange(10**6):06}",
                f"12{draw.randrange(10**7):07}",
                f"Thôn {draw.choice(VILLAGES)}",
                draw.choice(communes),
            )
        )
    return made


def keys(person: Person) -> dict[str, Any]:
    """The columns that an import stores."""
    found = people.person(person.name, person.birth, person.sex, person.number, person.village, person.former)
    where = GAZETTEER.find(person.commune) if person.commune else None
    return {
        **found._asdict(),
        "village": found.village_fold,
        "commune": int(where.code) if where and where.code else None,
        "former_commune": "",
        "status": "alive",
        "kind": "individual" if found.kind == "household" else found.kind,
        "is_with_police": False,
        "police_word": "",
    }


def table(rows: Sequence[Mapping[str, Any]], columns: Sequence[str]) -> pa.Table:
    """Rows as the engine reads them."""
    return pa.table(
        {name: pa.array([row[name] for row in rows], _TYPES.get(name, pa.string())) for name in columns}
    )


class Province:
    """A registry that land users are matched with, again and again."""

    def __init__(self, residents: Sequence[Person], weights: Weights | None = None) -> None:
        self.residents = residents
        self.weights = weights or load()
        self.session = duckdb.connect(":memory:")
        self.session.execute("SET threads = 1")
        self.session.execute("ATTACH ':memory:' AS registry")
        statements.run(self.session, "registry_tables", {})
        numbered = [{"id": nth, **keys(person)} for nth, person in enumerate(residents, 1)]
        communes = sorted({row["commune"] for row in numbered})
        districts = {
            "commune": pa.array(communes, pa.int16()),
            "number": pa.array([c % 100 // 5 for c in communes], pa.int16()),
        }
        self.session.register("units", pa.table(districts))
        self.session.execute("INSERT INTO registry.district FROM units")
        registry.take(self.session, table(numbered, _RESIDENT))
        registry.count(self.session)
        self.facts: Facts = registry.facts_of(self.session)

    def match(
        self,
        land_users: Mapping[int, Person],
        decided: Sequence[tuple[int, int, str]] = (),
        accept: float = ACCEPT,
    ) -> Found:
        """Match some land users (by id); `decided` are pairs with the state that a person gave them."""
        rows = [{"id": number, **keys(person)} for number, person in land_users.items()]
        judged = [dict(zip(("land_user", "resident", "state"), each, strict=True)) for each in decided]
        engine.match(
            self.session,
            engine.with_second(table(rows, _USER)),
            table(judged, ("land_user", "resident", "state")),
            self.facts,
            self.weights,
            {0: accept},
        )
        matches, said = (
            self.session.sql(f"FROM {name}").to_arrow_table().to_pylist()
            for name in ("match_out", "verification_out")
        )
        engine.clear(self.session)
        return Found(matches, {row["land_user_id"]: row for row in said})
