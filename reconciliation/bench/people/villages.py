"""Names of villages, as they are given: by their place, by number, and in Sino-Vietnamese pairs."""

from __future__ import annotations

from .draws import Rng, words

PLAIN = words(
    "Đông Đoài Nam Bắc Trung Thượng Hạ Nội Ngoại Chùa Đình Chợ Phố Giữa Trại Cầu Giếng Bến Đồn Mới Sau Trước "
    "Đồi Ao Vườn Gạo Núi Chài Hậu Tiền Trong Ngoài Lò Cả"
)
FIRST = words(
    "An Bình Cao Cẩm Châu Chi Dương Đại Đào Đình Đoan Đông Đồng Đức Giang Hà Hạ Hoàng Hòa Hồng Hương Khánh "
    "Kim Lai Lạc Lâm Liên Long Lương Mai Mỹ Nam Ngọc Nghĩa Nhân Ninh Phú Phúc Phương Quang Quảng Quế Sơn Tam "
    "Tân Thanh Thái Thịnh Thọ Thượng Thụy Tiên Trung Trực Từ Văn Vân Vĩnh Xuân Yên"
)
SECOND = words(
    "Bồng Cầu Châu Cốc Duệ Đạo Đình Đồng Đức Giang Hà Hải Hạ Hậu Hòa Hội Hương Khê Khúc La Lâm Lạc Lãng Liễu "
    "Lộc Lợi Mão Mỹ Nội Nghĩa Ngô Nhuế Ninh Phong Phú Phúc Quang Sơn Tảo Tân Thanh Thịnh Thọ Thôn Thượng "
    "Thủy Tiến Trạch Trung Tự Vân Viên Vũ Xá Xuyên"
)
HIGHLAND = (
    words("Khe Nà Đồng Đèo Khuôn Suối Bãi Gốc Cầu Hố"),
    words("Táu Lạng Ngọ Mùng Sim Vàng Nghè Gà Chè Khoai Hồng Nhãn Dọc Đẩy Mật Ươm Trám Bưởi"),
)
HIGHLANDS = frozenset({"Huyện Sơn Động", "Huyện Lục Ngạn", "Thị xã Chũ", "Huyện Yên Thế", "Huyện Lục Nam"})


def village_names(rng: Rng, former: str, district: str, count: int) -> list[str]:
    """`count` names that differ within their former commune; those of other communes may be the same."""
    town = former.startswith(("Phường", "Thị trấn"))
    numbered = rng.random() < (0.3 if town else 0.12)
    high = district in HIGHLANDS
    word = _word(rng, town, high)
    if numbered:
        form = word + (" số {}" if word == "Tổ dân phố" and rng.random() < 0.5 else " {}")
        return [form.format(number) for number in range(1, count + 1)]
    names: dict[str, None] = {}
    while len(names) < count:
        names[f"{word} {_stem(rng, high)}"] = None
        if len(names) < count and rng.random() < 0.15:
            # A village that grew too large and was divided.
            stem = next(reversed(names))
            if not stem[-1].isdigit():
                del names[stem]
                names[f"{stem} 1"] = names[f"{stem} 2"] = None
    return list(names)[:count]


def _word(rng: Rng, town: bool, high: bool) -> str:
    choice, odds = (
        (("Khu phố", "Tổ dân phố", "Khu"), (0.45, 0.45, 0.1))
        if town
        else (("Thôn", "Xóm", "Bản", "Khu"), (0.9, 0.03, 0.04 if high else 0.0, 0.03 if high else 0.07))
    )
    return str(rng.choice(choice, p=odds))


def _stem(rng: Rng, high: bool) -> str:
    kind = rng.random()
    if kind < 0.3:
        return str(rng.choice(PLAIN))
    if high and kind < 0.6:
        return " ".join(str(rng.choice(choice)) for choice in HIGHLAND)
    first, second = str(rng.choice(FIRST)), str(rng.choice(SECOND))
    return f"{first} {second}" if first != second else f"{first} {rng.choice(PLAIN)}"
