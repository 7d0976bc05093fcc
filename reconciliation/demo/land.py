"""Everything that the rows of a commune's land are made from."""

from __future__ import annotations

from dataclasses import dataclass

from .grid import Ground
from .holders import Holders
from .places import Commune, Villages
from .register import Register
from .sheets import Sheets


@dataclass(frozen=True, slots=True)
class Firsts:
    """The first key of each kind in a commune."""

    plot: int
    certificate: int
    land_user: int


@dataclass(frozen=True, slots=True)
class Land:
    """A commune as drawn, as held and as written down, with the keys that its rows get."""

    commune: Commune
    commune_id: int
    places: Villages
    ground: Ground
    sheets: Sheets
    register: Register
    holders: Holders
    first: Firsts
    file: int
    seed: int

    def __len__(self) -> int:
        return len(self.ground)
