"""Names of land users as clerks wrote them: honorifics, couples, the dead, organisations, old fonts."""

import re
from typing import NamedTuple

from landdb.normalise import couples, honorifics, legacy_fonts, organisations
from landdb.normalise.text import clean, fold_word, tone_key
from landdb.normalise.text import fold as fold_text

_LONGEST = 1000  # characters: what follows is a list or an accident, not a name

_PLACEHOLDERS = frozenset(
    """khong|khong co|khong ro|khong ten|khong biet|khong xac dinh|chua co|chua ro|chua biet|chua xac dinh|chua co ten
    |vo danh|vo chu|n a|null|none|nan|ref|value|name|div 0|num|test|abc|xyz|chua xac dinh chu|khong co ten
    |khong ro chu|khong xac dinh duoc|chua xac dinh duoc|chua ke khai|chua dang ki|dang cap nhat|cap nhat sau
    |tong|tong cong|tong dt|tong dien tich""".replace("\n", "")
    .replace("    ", "")
    .split("|")
)
_PLACEHOLDER_STARTS = ("khong xac dinh", "chua xac dinh", "khong ro", "chua ro")
_CROSSED_OUT = re.compile(r"[xX\W\d_]*")
_DECEASED = re.compile(
    r"[(\[]?\s*\b(?:đã|da)\s+(?:mất|chết|qua đời|từ trần|mat|chet|qua doi)\b(?:\s+năm\s+\d{4})?\s*[)\]]?"
    r"|[(\[]\s*(?:mất|chết|chet|†)(?:\s+năm\s+\d{4})?\s*[)\]]|†",
    re.IGNORECASE,
)
_ASIDE = re.compile(
    r"[(,;-]?\s*\b(?:sinh\s+năm|sinh\s+nam|năm\s+sinh|sinh\s+ngày|sn|ns)\s{0,5}[:.]?\s{0,5}\d[\d/]{3,9}\b\s?\)?"
    r"|\(\s?\d{4}\s?\)"
    r"|[(,;-]?\s*\b(?:cccd|cmnd|cmt|cmtnd)\s{0,5}(?:số|so)?\s{0,5}[:.]?\s{0,5}\d[\d ]{7,14}\d\s?\)?",
    re.IGNORECASE,
)
_EDGES = " \t.,:;-–—_/\\|*'\"“”‘’`()[]{}<>+&=~!?#"
# Words after which a value is not simply somebody's name. Compared folded, so "Hồ Văn Ba" is looked at twice.
_TELLING = frozenset(
    """ong ba ho hgd anh chi co chu cu em chau bac gia chong vo va da chet mat sn ns cong cty ubnd uy hop htx doanh
    dntn xi nha ngan ban so phong cuc toa vien bo hoi benh tram truong trung su tieu lu quan buu kho quy lam nong lien
    doan van hat dang huyen tinh tap don cua khach to doi thu bao tnhh chua dinh den mieu nghe giao dong thien tu tinh
    thanh thon xom lang khu tdp ap sinh khong null none nan ref value name num test abc xyz tong dai nguoi mr ms mrs
    phan cap""".split()
)


class PersonName(NamedTuple):
    """A name cell. `name` is the first-named person (or the organisation); `key` and `fold` belong to it."""

    raw: str
    name: str
    key: str
    fold: str
    honorific: str
    sex_hint: str
    kind: str
    second: str
    second_role: str
    deceased: bool
    legacy: str
    placeholder: bool


def parse(raw: str) -> PersonName:
    """Read one name cell; never raises."""
    text = raw if len(raw) <= _LONGEST else raw[:_LONGEST]
    mended = legacy_fonts.repair(text)
    legacy = mended.legacy.value if mended.legacy else ""
    if mended.confident:
        text = mended.text
    words = clean(text).replace("Ð", "Đ").split(" ")
    folded = [fold_word(word) for word in words]
    if _TELLING.isdisjoint(folded) and "".join(words).isalpha() and "\n" not in text:
        joined = " ".join(folded)
        if not _CROSSED_OUT.fullmatch(joined):
            name = spell(" ".join(words))
            return PersonName(
                raw, name, tone_key(name), joined, "", "", "individual", "", "", False, legacy, False
            )
    return _parse_fully(raw, text, legacy)


def spell(name: str) -> str:
    """Title case for a name typed all in capitals or all in small letters; others stay as they are."""
    return name.title() if name.isupper() or name.islower() else name


def _parse_fully(raw: str, text: str, legacy: str) -> PersonName:
    broken = re.sub(r"\s*[\r\n\v\f\u2028\u2029]+\s*", "\n", text.strip())
    text = "\n".join(filter(None, map(clean, broken.split("\n")))).replace("Ð", "Đ")
    folded = fold_text(text)
    if _is_placeholder(text, folded):
        return PersonName(raw, "", "", "", "", "", "individual", "", "", False, legacy, bool(raw.strip()))
    kind = organisations.kind(text, folded)
    if kind:
        name = clean(text)
        return PersonName(raw, name, tone_key(name), folded, "", "", kind, "", "", False, legacy, False)
    living = _DECEASED.sub(" ", text)
    rest = _ASIDE.sub(" ", living)
    title = honorifics.strip(rest)
    first, second, role = couples.split(title.rest, together=title.couple)
    name = spell(clean(first).strip(_EDGES))
    sex_hint = title.sex_hint or {"wife": "M", "husband": "F"}.get(role, "")
    return PersonName(
        raw,
        name,
        tone_key(name),
        fold_text(name),
        title.honorific,
        sex_hint,
        "household" if title.household else "individual",
        spell(clean(second).strip(_EDGES)),
        role,
        living != text,
        legacy,
        not name and bool(raw.strip()),
    )


def _is_placeholder(text: str, folded: str) -> bool:
    return (
        folded in _PLACEHOLDERS
        or folded.startswith(_PLACEHOLDER_STARTS)
        or _CROSSED_OUT.fullmatch(text) is not None
    )
