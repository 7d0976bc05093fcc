"""Names and tax codes of made-up organisations and communities."""

from __future__ import annotations

import numpy as np

from . import rates
from .draw import Ints, Texts
from .holders import ORGANISATION
from .places import Commune, Villages

_BODIES = (
    "Ủy ban nhân dân {commune}", "Trường Tiểu học {short}", "Trường Mầm non {short}", "Trạm Y tế {commune}",
    "Hợp tác xã dịch vụ nông nghiệp {short}", "Công ty TNHH {word} {number}",
    "Công ty cổ phần {word} {number}",
    "Doanh nghiệp tư nhân {word} {number}", "CÔNG TY TNHH MTV {upper} {number}",
)  # fmt: skip
_COMMUNITIES = ("Cộng đồng dân cư {village}", "Chùa {word}", "Đình làng {word}", "Nhà văn hóa {village}")
_WEIGHTS = np.array([31, 29, 23, 19, 17, 13, 7, 5, 3])


def named(rng: np.random.Generator, commune: Commune, places: Villages, forms: Ints) -> Texts:
    """A name for every organisation and community (by legal form)."""
    result = np.empty(len(forms), dtype=object)
    for place, form in enumerate(forms):
        village = places.names[int(rng.integers(0, len(places.names)))]
        word = " ".join(village.split(" ")[-2:])
        patterns = _BODIES if form == ORGANISATION else _COMMUNITIES
        result[place] = patterns[int(rng.integers(0, len(patterns)))].format(
            commune=commune.name,
            short=commune.short_name,
            village=village.lower().replace(word.lower(), word),
            word=word,
            upper=word.upper(),
            number=int(rng.integers(1, 900)),
        )
    return result


def tax_codes(rng: np.random.Generator, forms: Ints) -> Texts:
    """Tax codes of organisations: ten digits, the last to check, sometimes wrong; communities have none."""
    count = len(forms)
    body = np.column_stack([np.full(count, 2), np.full(count, 3), rng.integers(0, 10, (count, 7))])
    check = 10 - (body @ _WEIGHTS) % 11
    # A remainder that leaves no single digit is never given out: such a body is counted up until it does.
    while (check == 10).any():
        body[check == 10, 8] = (body[check == 10, 8] + 1) % 10
        check = 10 - (body @ _WEIGHTS) % 11
    drawn = rng.random(count)
    check = np.where(drawn < rates.TAX_CODE_WRONG, (check + 3) % 10, check)
    codes = np.array(
        ["".join(map(str, digits)) + str(last) for digits, last in zip(body, check, strict=True)],
        dtype=object,
    )
    if count:
        codes[drawn > 1 - rates.TAX_CODE_MISSING] = ""
        codes[forms != ORGANISATION] = ""
    return codes
