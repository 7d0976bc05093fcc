"""The name as a clerk wrote it down."""

from __future__ import annotations

from . import fonts, slips
from .draws import Dirt, Flags, chosen, words
from .holders import Holders
from .names import KINDS, stock

_TITLES = (
    ("Bà {}", "Bà {}", "Bà: {}", "bà {}", "Hộ bà {}", "Hộ Bà {}", "Bà:{}", "BÀ {}"),
    (
        "Ông {}",
        "Ông {}",
        "Hộ ông {}",
        "Hộ ông {}",
        "ông {}",
        "Ông: {}",
        "Hộ Ông {}",
        "Hộ {}",
        "ÔNG {}",
        "Hộ ông: {}",
    ),
)
_COUPLES = (
    (
        "{a} và chồng là {b}", "{a} và chồng là {b}", "Bà {a} và ông {b}", "Bà {a} và ông {b}",
        "{a} và chồng {b}", "{a} và {b}", "Hộ bà {a} và chồng là ông {b}", "Bà: {a}; Ông: {b}", "{a} - {b}",
        "{a}; {b}", "{a}\n{b}", "{a} (chồng là {b})",
    ),
    (
        "{a} và vợ là {b}", "{a} và vợ là {b}", "Ông {a} và bà {b}", "Ông {a} và bà {b}", "{a} và vợ {b}",
        "{a} và {b}", "Hộ ông {a} và vợ là bà {b}", "Ông: {a}; Bà: {b}", "{a} - {b}", "{a}; {b}", "{a}\n{b}",
        "{a} (vợ là {b})",
    ),
)  # fmt: skip
_NOTES = (" (đã chết)", " (đã mất)", " (chết)", "(đã chết)", " - đã chết", " (Đã mất)")
_SPACES = ("  {}", "{} ", "{}  ", " {}")
#: Words that families give a child beside the name on paper.
_CALLED = words("Cu Tý Tèo Hĩm Cún Tũn Mít Bống Còi Tít Nhớn Con Cả Hai Út Bé Lớn Thơm Mới Lợi")


def write_names(dirt: Dirt, holders: Holders) -> tuple[list[str], Flags]:
    """The names, and which of them hold a couple."""
    names = holders.names
    _another_word(dirt, holders, names)
    for kind, slip in (
        ("name_sound", slips.sound),
        ("name_tone_placed", slips.tone_placed),
        ("name_i_y", slips.i_y),
        ("name_mark_lost", slips.mark_lost),
        ("name_tone_wrong", slips.tone_wrong),
        ("name_letter_dropped", slips.letter_dropped),
        ("name_letter_doubled", slips.letter_doubled),
        ("name_letters_swapped", slips.letters_swapped),
        ("name_letter_beside", slips.letter_beside),
    ):
        dirt.spoil(kind, names, slip)
    couples = _couples(dirt, holders, names)
    _about(dirt, holders, names, couples)
    garbled = _letters(dirt, names)
    dirt.spoil("name_decomposed", names, slips.decomposed, ~garbled)
    dirt.spoil("name_spaces", names, _spaces)
    return names, couples


def _another_word(dirt: Dirt, holders: Holders, names: list[str]) -> None:
    """A middle name wrong or left out, the name used at home."""
    men = holders.male.tolist()
    middles = stock().middles
    weights = stock().middle_weights
    usual = [
        [name for name, weight in zip(middles, weights[KINDS.index((sex, 0))], strict=True) if weight > 0]
        for sex in ("female", "male")
    ]
    picks, hit = dirt.picks("name_middle_wrong"), dirt.hits("name_middle_wrong")
    for at in chosen(hit):
        before, of_sex = names[at], usual[men[at]]
        parts = before.split(" ")
        if len(parts) > 2:
            names[at] = " ".join([parts[0], of_sex[int(picks[at]) % len(of_sex)], *parts[2:]])
        hit[at] = names[at] != before
    dirt.count("name_middle_wrong", hit)
    dirt.spoil("name_middle_dropped", names, _middle_dropped)
    dirt.spoil("name_given_other", names, _called)


def _middle_dropped(name: str, pick: int) -> str:
    parts = name.split(" ")
    return " ".join([parts[0], *parts[2:]]) if len(parts) > 2 else name


def _called(name: str, pick: int) -> str:
    return f"{name.rpartition(' ')[0]} {_CALLED[pick % len(_CALLED)]}"


def _couples(dirt: Dirt, holders: Holders, names: list[str]) -> Flags:
    hit, picks = dirt.hits("name_couple", holders.spouse_names != ""), dirt.picks("name_couple")
    men = holders.male.tolist()
    for at in chosen(hit):
        forms = _COUPLES[men[at]]
        form = forms[int(picks[at]) % len(forms)]
        names[at] = form.format(a=names[at], b=holders.spouse_names[at])
    return dirt.count("name_couple", hit)


def _about(dirt: Dirt, holders: Holders, names: list[str], couples: Flags) -> None:
    """A title before, a note behind."""
    men, picks = holders.male.tolist(), dirt.picks("name_prefix")
    hit = dirt.count("name_prefix", dirt.hits("name_prefix", ~couples))
    for at in chosen(hit):
        titles = _TITLES[men[at]]
        names[at] = titles[int(picks[at]) % len(titles)].format(names[at])
    scale = 1 + 14.0 * holders.dead
    dirt.spoil("name_note", names, lambda name, pick: name + _NOTES[pick % len(_NOTES)], scale=scale)


def _letters(dirt: Dirt, names: list[str]) -> Flags:
    """Capitals, marks and encodings; the answer says which names are garbled."""
    upper = dirt.spoil("name_upper", names, lambda name, pick: name.upper())
    dirt.spoil("name_lower", names, lambda name, pick: name.lower(), ~upper)
    dirt.spoil("name_plain", names, lambda name, pick: slips.plain(name))
    garbled = dirt.spoil("name_tcvn3", names, fonts.tcvn3)
    garbled |= dirt.spoil("name_mojibake", names, fonts.mojibake, ~garbled)
    garbled |= dirt.spoil("name_letters_lost", names, fonts.letters_lost, ~garbled)
    return garbled


def _spaces(name: str, pick: int) -> str:
    form = pick % (len(_SPACES) + 2)
    return _SPACES[form].format(name) if form < len(_SPACES) else name.replace(" ", "  ", 1)
