"""What of a correction cannot stand as it was typed, each with its mend."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from landdb.normalise import phones
from parcels.models import LandUser

from ..actions import edits

#: What mends a value that nobody can read.
_UNREAD = {
    "birth_raw": _lazy("Không có ngày như vậy: ghi ngày/tháng/năm có thật, hoặc chỉ năm."),
    "sex_raw": _lazy("Ghi Nam hoặc Nữ, hoặc để trống."),
    "id_number_raw": _lazy("Ghi một số, 12 chữ số; số CMND có 9 chữ số."),
    "phone": _lazy("Số điện thoại có 10 hoặc 11 chữ số, bắt đầu bằng 0."),
}


def found(person: LandUser, values: Mapping[str, str], taken: Collection[str]) -> dict[str, str]:
    """What cannot stand: no name, a number that is none, or what nobody can read where it was typed.

    What was `taken` from the registry stands as it is there; an empty box says that nothing is known.
    """
    wrong: dict[str, str] = {}
    if "name_raw" in values and not values["name_raw"]:
        wrong["name_raw"] = _("Cần có họ tên.")
    former = values.get("former_number", "")
    if former and not (former.isascii() and former.isdigit() and len(former) == 9):
        wrong["former_number"] = _("Số CMND có 9 chữ số.")
    after = edits.preview(person, values)
    read_as = {
        "birth_raw": after.birth_text,
        "sex_raw": after.sex,
        "id_number_raw": after.id_number,
        "phone": phones.parse(after.phone).number,
    }
    unread = [name for name, read in read_as.items() if values.get(name) and not read and name not in taken]
    return wrong | {name: str(_UNREAD[name]) for name in unread}
