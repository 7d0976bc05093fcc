"""Village, commune and district as a clerk wrote them down."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np

from . import fonts, slips
from .draws import Dirt, Ints
from .holders import Holders
from .places import Commune, Former, Village

#: The word before a village, shortened; and the word that stood there before.
_SHORT = {
    "Tổ dân phố số": ("TDP số", "TDP", "Tổ"),
    "Tổ dân phố": ("TDP", "Tổ DP", "TDP."),
    "Khu phố": ("KP", "KP.", "K.phố"),
    "Khu": ("K.", "K"),
    "Thôn": ("T.", "T", "Th."),
    "Xóm": ("X.", "X"),
    "Bản": ("B.",),
}
_BEFORE = {
    "Tổ dân phố số": ("Tổ", "Khu phố"),
    "Tổ dân phố": ("Thôn", "Khu phố", "Khu"),
    "Khu phố": ("Thôn", "Khu", "Phố"),
    "Khu": ("Thôn", "Xóm"),
    "Thôn": ("Xóm", "Làng", "Xóm"),
    "Xóm": ("Thôn", "Làng"),
    "Bản": ("Thôn",),
}
_UNITS = {
    "Phường": ("P.", "P", "phường"),
    "Xã": ("X.", "xã", "xã"),
    "Thị trấn": ("TT.", "TT", "thị trấn"),
    "Huyện": ("H.", "huyện", "Huyện"),
    "Thành phố": ("TP.", "TP", "thành phố"),
    "Thị xã": ("TX.", "TX", "thị xã"),
}


def write_addresses(
    dirt: Dirt, holders: Holders, communes: list[Commune]
) -> tuple[list[str], list[str], list[str]]:
    """The columns village, commune and district."""
    keepers = [communes[number] for number in holders.keeper.tolist()]
    homes = [keeper.villages[at] for keeper, at in zip(keepers, holders.village.tolist(), strict=True)]
    formers = [keeper.formers[home.former] for keeper, home in zip(keepers, homes, strict=True)]
    villages = _villages(dirt, keepers, homes, formers)
    return villages, *_communes(dirt, holders.era, keepers, formers)


def _villages(dirt: Dirt, keepers: list[Commune], homes: list[Village], formers: list[Former]) -> list[str]:
    texts = [home.name for home in homes]
    other, picks = dirt.hits("village_other"), dirt.picks("village_other")
    for at in np.flatnonzero(other).tolist():
        choice = keepers[at].villages
        texts[at] = choice[int(picks[at]) % len(choice)].name
        other[at] = texts[at] != homes[at].name
    dirt.count("village_other", other)
    dirt.spoil("village_renamed", texts, _replaced(_BEFORE))
    dirt.spoil("village_misspelt", texts, slips.any_slip)
    dirt.spoil_too("name_tone_placed", texts, slips.tone_placed)
    dirt.spoil("village_abbreviated", texts, _replaced(_SHORT))
    dirt.spoil("village_bare", texts, _bare)
    behind = dirt.hits("village_with_commune")
    for at in np.flatnonzero(behind).tolist():
        texts[at] = f"{texts[at]}, {formers[at].name}"
    dirt.count("village_with_commune", behind)
    dirt.spoil_too("name_plain", texts, slips.plain)
    dirt.spoil_too("name_tcvn3", texts, fonts.tcvn3)
    dirt.spoil("village_missing", texts, lambda text, pick: "")
    return texts


def _communes(
    dirt: Dirt, era: Ints, keepers: list[Commune], formers: list[Former]
) -> tuple[list[str], list[str]]:
    old = dirt.count("commune_former", dirt.hits("commune_former", scale=np.where(era < 2025, 1.05, 0.3)))
    names = [
        former.name if hit else keeper.name
        for hit, former, keeper in zip(old.tolist(), formers, keepers, strict=True)
    ]
    districts = [former.district if hit else "" for hit, former in zip(old.tolist(), formers, strict=True)]
    dirt.spoil("district_missing", districts, lambda text, pick: "")
    dirt.spoil("commune_misspelt", names, slips.any_slip)
    for texts in (names, districts):
        dirt.spoil("commune_bare", texts, lambda text, pick: _unit(text, pick) if text else text)
    dirt.spoil("commune_missing", names, lambda text, pick: "")
    return names, districts


def _word(text: str, words: Mapping[str, tuple[str, ...]]) -> str:
    return next((word for word in words if text.startswith(word + " ")), "")


def _replaced(words: Mapping[str, tuple[str, ...]]) -> Callable[[str, int], str]:
    def change(text: str, pick: int) -> str:
        word = _word(text, words)
        return f"{words[word][pick % len(words[word])]}{text[len(word) :]}" if word else text

    return change


def _bare(text: str, pick: int) -> str:
    """Without its word; a number alone would say nothing."""
    word = _word(text, _SHORT)
    rest = text[len(word) + 1 :]
    return rest if word and not rest.isdigit() else text


def _unit(text: str, pick: int) -> str:
    """Without xã or phường, or with a short form of it."""
    word = _word(text, _UNITS)
    rest = text[len(word) + 1 :] if word else text
    if not word or rest.isdigit():
        return text
    return rest if pick % 3 else f"{_UNITS[word][pick // 3 % len(_UNITS[word])]} {rest}"
