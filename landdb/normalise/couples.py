"""Two people in one name cell: "A và vợ là B", "A (chồng: B)", "A - B", one under the other."""

import re
from typing import NamedTuple

_TITLE = r"(?:(?:ông|bà)(?![^\W\d_])[\s:.]*)"
_ROLE = re.compile(
    r"[\s,;:&+/(\[\-–]+(?P<joined>(?:và|va|cùng|cung|với|voi|có)\s+)?(?P<role>vợ|chồng)(?![^\W\d_])"
    rf"(?:\s+(?:là|tên))*[\s:.,\-–]*{_TITLE}?(?P<second>[^,;\n(\[]*)",
    re.IGNORECASE,
)
_ROLE_UNMARKED = re.compile(
    rf"[\s,;(\-]+(?:va|cung)\s+(?P<role>vo|chong)(?:\s+(?:la|ten))?[\s:.\-]+{_TITLE}?(?P<second>[^,;\n(\[]*)"
    rf"|\s*[,(;\-]\s*(?P<role2>vo|chong)(?:\s+la)?\s*[:\-]\s*{_TITLE}?(?P<second2>[^,;\n()]*)",
    re.IGNORECASE,
)
_BESIDE = re.compile(
    rf"\s+(?:và|va|cùng)\s+{_TITLE}?|\s*[;,/&+\n|]\s*{_TITLE}?|\s+[-–—]\s*{_TITLE}?|\s*[-–—]\s+{_TITLE}?"
    rf"|[-–—]|\s*[(\[]\s*{_TITLE}?|\s+(?:ông|bà)[\s:.]+(?=[^\W\d_])",
    re.IGNORECASE,
)
_BARE_TITLE = re.compile(r"(?:^|\s|-|/)(ông|bà|ong|ba)[\s:.]*$", re.IGNORECASE)
_PERSON = re.compile(r"[^\W\d_](?:[^\W\d_]|['’.\- ])*")
_ROLES = {"vợ": "wife", "vo": "wife", "chồng": "husband", "chong": "husband"}


class Couple(NamedTuple):
    """First-named person, second person, and what the text calls the second: 'wife', 'husband' or ''."""

    first: str
    second: str
    role: str


def split(text: str, *, together: bool = False) -> Couple:
    """Split a cleaned name; `together` says that "vợ chồng" stood before it, so a title tells the role."""
    told = _ROLE.search(text)
    if told is None and text.isascii():
        told = _ROLE_UNMARKED.search(text)
    if told is not None and told.start() > 0:
        parts = told.groupdict()
        role = _ROLES[(parts["role"] or parts["role2"]).lower()]
        second = (parts["second"] or parts.get("second2") or "").strip(" )].:-")
        if not second and not parts.get("joined"):
            return Couple(text, "", "")
        return Couple(_first_of(text[: told.start()]), second, role)
    return _split_beside(text, together)


def _split_beside(text: str, together: bool) -> Couple:
    """Two names with only a sign, a line break or a title between them: each must look like a whole name."""
    for sign in _BESIDE.finditer(text):
        first, rest = text[: sign.start()], text[sign.end() :]
        end = _BESIDE.search(rest)
        second = (rest[: end.start()] if end else rest).strip(" )].,:;")
        if _is_name(first) and _is_name(second):
            return Couple(first, second, _role_by_title(sign[0]) if together else "")
        if "(" in sign[0] or "[" in sign[0]:
            return Couple(first + " " + _after_bracket(rest), "", "")
    return Couple(text.replace("\n", " "), "", "")


def _first_of(text: str) -> str:
    """The first name where others stand before the wife or husband too."""
    return _split_beside(text, together=False).first


def _after_bracket(rest: str) -> str:
    """What follows the alias in "Nguyễn Văn A (Tèo) B"."""
    _, closed, after = rest.partition(")")
    return after if closed else ""


def _is_name(text: str) -> bool:
    text = text.strip()
    return " " in text and _PERSON.fullmatch(text) is not None


def _role_by_title(sign: str) -> str:
    title = _BARE_TITLE.search(sign)
    if title is None:
        return ""
    return "wife" if title[1].lower() in ("bà", "ba") else "husband"
