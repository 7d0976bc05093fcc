"""What a hand-over is told in: the coded reason, and the fields that somebody is asked to look at."""

from __future__ import annotations

from collections.abc import Iterable

from django.db import models
from django.utils.translation import gettext_lazy as _


class Why(models.TextChoices):
    """The coded reason of a hand-over; its first word says to whom (plan 515, the police list; form 01)."""

    POLICE_UNCLEAR = "police_unclear", _("Chưa rõ là ai trong các ứng viên")
    POLICE_ABSENT = "police_absent", _("Không có trong dữ liệu dân cư")
    POLICE_DECEASED = "police_deceased", _("Được báo đã mất, dân cư chưa ghi")
    POLICE_NUMBER = "police_number", _("Số giấy tờ trái với dân cư")
    COMMUNE_DIFFERS = "commune_differs", _("Sổ đất và dân cư ghi khác nhau")
    COMMUNE_PAPERS = "commune_papers", _("Cần bản chụp giấy tờ")
    COMMUNE_USER = "commune_user", _("Người sử dụng hiện nay là người khác")
    COMMUNE_CELLS = "commune_cells", _("Thông tin thiếu hoặc không đọc được")
    CITIZEN_MORTGAGED = "citizen_mortgaged", _("Giấy đang thế chấp")
    CITIZEN_ABSENT = "citizen_absent", _("Chủ vắng mặt")
    CITIZEN_LOST = "citizen_lost", _("Mất giấy")
    CITIZEN_DIED = "citizen_died", _("Chủ đã mất, chưa chia thừa kế")
    CITIZEN_DISPUTE = "citizen_dispute", _("Đang tranh chấp")
    CITIZEN_REFUSED = "citizen_refused", _("Không giao giấy")
    CITIZEN_AGENCY = "citizen_agency", _("Đất của cơ quan, tổ chức")

    @classmethod
    def of(cls, where: str) -> list[Why]:
        """The reasons for handing on to somebody (a `WorkItem.With`)."""
        return [why for why in cls if where and why.value.startswith(f"{where}_")]

    @property
    def needs_fields(self) -> bool:
        """It says that something is wrong, and not what: a field has to be named."""
        return self in (Why.COMMUNE_DIFFERS, Why.COMMUNE_CELLS)


class AskedField(models.TextChoices):
    """What a commune is asked to look at (the columns of form 01 on the land user and the certificate)."""

    NAME = "name", _("Họ và tên")
    BIRTH = "birth", _("Ngày sinh")
    SEX = "sex", _("Giới tính")
    ID_NUMBER = "id_number", _("Số giấy tờ")
    ADDRESS = "address", _("Địa chỉ")
    CERTIFICATE = "certificate", _("Giấy chứng nhận")

    @classmethod
    def in_order(cls, codes: Iterable[str]) -> tuple[str, ...]:
        """The codes, each once, as they stand here. ValueError where one is not known."""
        found = {cls(code) for code in codes}
        return tuple(field.value for field in cls if field in found)


def told(why: str, fields: Iterable[str]) -> str:
    """A reason in words, with the fields that it is about; empty where it is none."""
    if why not in Why.values:
        return ""
    named = fields_told(fields)
    return f"{Why(why).label}: {named}" if named else str(Why(why).label)


def fields_told(fields: Iterable[str]) -> str:
    """The names of fields within a sentence."""
    return ", ".join(_within(str(AskedField(code).label)) for code in fields)


def _within(label: str) -> str:
    """As it stands within a sentence: small, unless it begins with an abbreviation."""
    return label if label[:2].isupper() else label[:1].lower() + label[1:]
