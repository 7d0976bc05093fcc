"""Where a land-use right comes from: the original grant and, beside it, how it was handed on."""

import re
from collections.abc import Iterable, Mapping

from landdb.normalise.text import clean, fold

_LONGEST = 1000  # characters

# The letters of registration changes that older software put before the origin, as in "TA-CNQ-CTT".
_CHANGE_LETTERS = {"CN": "NCQ-8", "TK": "NCQ-9", "TA": "NCQ-10", "CD": "NCQ-7", "GP": "NCQ-11", "DG": "NCQ-2"}
_TRANSFER_CODE = re.compile(r"NCQ-?(\d{1,2})(?:-|$)")
_CHANGE_CODE = re.compile(r"(CN|TK|TA|CD|GP|DG)-(?=CNQ|DG|DT)")

# Words in the order of trial: the more special stands first.
_TRANSFER_WORDS = (
    ("hoa giai", "NCQ-12"), ("tranh chap", "NCQ-1"), ("trung dau gia", "NCQ-2"),
    ("ket qua dau gia", "NCQ-14"),
    ("xu li no", "NCQ-3"), ("khieu nai", "NCQ-4"), ("to cao", "NCQ-4"), ("thi hanh an", "NCQ-6"),
    ("toa an", "NCQ-5"), ("chuyen doi", "NCQ-7"), ("chuyen nhuong", "NCQ-8"), ("thua ke", "NCQ-9"),
    ("tang cho", "NCQ-10"), ("gop von", "NCQ-11"), ("chia tach", "NCQ-16"), ("sap nhap", "NCQ-16"),
    ("quyen su dung chung cua ho", "NCQ-17"), ("phan chia", "NCQ-15"), ("nhan chuyen quyen", "NCQ-13"),
)  # fmt: skip
_FREE, _PAID = re.compile(r"khong thu tien|ko thu tien"), re.compile(r"co thu tien|phai nop tien")


class OriginTable:
    """The reviewed table of origin codes."""

    def __init__(self, codes: dict[str, str], words: dict[str, str]) -> None:
        self.codes = codes
        self.words = words

    @classmethod
    def from_rows(cls, rows: Iterable[Mapping[str, str]]) -> "OriginTable":
        """From rows of reference/land_origin_codes.csv."""
        table = [(row["code"].upper(), row["kind"], _wording(row["name_vi"])) for row in rows]
        return cls({code: kind for code, kind, _ in table}, {words: code for code, _, words in table})

    def known(self, code: str) -> str:
        """The code if it is in the table, else ''."""
        return code if code in self.codes else ""


def parse_origin(raw: str, table: OriginTable) -> tuple[str, str]:
    """(origin, transfer), such as ("CNQ-CTT", "NCQ-8"); '' for what the text does not say; never raises."""
    text = clean(raw[:_LONGEST])
    code = re.sub(r"\s*[-–_/]\s*", "-", text.upper()).strip(" .-")
    if re.fullmatch(r"[A-Z]{2,3}\d{0,2}(?:-[A-Z0-9]{1,3})*", code):
        return _from_code(code, table)
    wording = _wording(text)
    exact = table.words.get(wording, "")
    if exact:
        return ("", exact) if table.codes[exact] == "transfer" else (exact, "")
    transfer = next((code for words, code in _TRANSFER_WORDS if words in wording), "")
    return table.known(_original(wording)), table.known(transfer)


def _from_code(code: str, table: OriginTable) -> tuple[str, str]:
    """Take the transfer off the front; what is left must be an origin of the table."""
    transfer = ""
    numbered = _TRANSFER_CODE.match(code)
    lettered = _CHANGE_CODE.match(code)
    if numbered:
        transfer, code = f"NCQ-{int(numbered[1])}", code[numbered.end() :]
    elif lettered:
        transfer, code = _CHANGE_LETTERS[lettered[1]], code[lettered.end() :]
    return table.known(code), table.known(transfer)


def _original(wording: str) -> str:
    """The original grant that the words describe, or ''."""
    fee = "-KTT" if _FREE.search(wording) else "-CTT" if _PAID.search(wording) else ""
    if "cong nhan" in wording:
        return "CNQ" + fee
    if "thue" in wording:
        pay = "-THN" if "hang nam" in wording else "-TML" if "mot lan" in wording else ""
        if re.search("doanh nghiep|khu cong nghiep|ha tang", wording):
            return "DT-KCN" + pay
        return "DT" + pay
    if "de quan li" in wording:
        return "DG-QL"
    return "DG" + fee if "giao dat" in wording or "giao" in wording.split() else ""


def _wording(text: str) -> str:
    """Fold with the one abbreviation that the forms use."""
    return fold(text).replace("qsdd", "quyen su dung dat")
