"""One made-up account of every role, all with one password that is new for every demo."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from pathlib import Path

from django.contrib.auth.hashers import make_password

from landdb.models import AdminUnit, RegistrationOffice, User
from landdb.models.accounts import Role
from landdb.reference.units import MERGER

from .writing import folder

_WORDS = (
    "dong",
    "ruong",
    "vuon",
    "ao",
    "song",
    "doi",
    "lua",
    "ngo",
    "che",
    "vai",
    "nhan",
    "mit",
    "cau",
    "tre",
)


@dataclass(frozen=True, slots=True)
class Account:
    """A demo account; `office` and `commune` are codes, both empty for the whole province."""

    username: str
    full_name: str
    role: Role
    office: str = ""
    commune: str = ""


ACCOUNTS = (
    Account("soatxet1", "Nguyễn Thị Mẫu Một", Role.REVIEWER, office="VP1"),
    Account("soatxet2", "Trần Văn Mẫu Hai", Role.REVIEWER, office="VP2"),
    Account("chinh1", "Lê Thị Mẫu Ba", Role.SENIOR_REVIEWER),
    # What needs a second person of the province is agreed to by the other.
    Account("chinh2", "Ngô Thị Mẫu Mười", Role.SENIOR_REVIEWER),
    Account("xa_kinhbac", "Phạm Văn Mẫu Tư", Role.COMMUNE_OFFICIAL, commune="09187"),
    Account("xa_bacgiang", "Hoàng Thị Mẫu Năm", Role.COMMUNE_OFFICIAL, commune="07210"),
    Account("xa_hiephoa", "Trịnh Văn Mẫu Mười Ba", Role.COMMUNE_OFFICIAL, commune="07840"),
    Account("xa_vietyen", "Mai Thị Mẫu Mười Bốn", Role.COMMUNE_OFFICIAL, commune="07777"),
    Account("xa_langgiang", "Hồ Văn Mẫu Mười Lăm", Role.COMMUNE_OFFICIAL, commune="07375"),
    Account("xa_yenphong", "Đinh Thị Mẫu Mười Sáu", Role.COMMUNE_OFFICIAL, commune="09193"),
    Account("xa_tuson", "Lương Văn Mẫu Mười Bảy", Role.COMMUNE_OFFICIAL, commune="09367"),
    Account("xa_vocuong", "Cao Thị Mẫu Mười Tám", Role.COMMUNE_OFFICIAL, commune="09190"),
    Account("lanhdao", "Vũ Văn Mẫu Sáu", Role.MANAGER),
    # Leaders of an office and of a commune see the same pages of their own territory.
    Account("truong_vp1", "Dương Thị Mẫu Mười Một", Role.MANAGER, office="VP1"),
    Account("chutich_kb", "Lý Văn Mẫu Mười Hai", Role.MANAGER, commune="09187"),
    Account("congan", "Đặng Văn Mẫu Bảy", Role.POLICE_LIAISON),
    Account("kiemtra", "Bùi Thị Mẫu Tám", Role.AUDITOR),
    Account("quantri", "Đỗ Văn Mẫu Chín", Role.ADMINISTRATOR),
)


def _password_file() -> Path:
    return folder() / "password"


def password() -> str | None:
    """The password of this demo, None where no demo was made in this folder."""
    path = _password_file()
    return path.read_text(encoding="utf8").strip() if path.exists() else None


def make() -> None:
    """Make the accounts, or bring them back to what they were, with the demo's password."""
    word = password()
    if word is None:
        word = "-".join([*(secrets.choice(_WORDS) for _ in range(3)), str(secrets.randbelow(9000) + 1000)])
        path = _password_file()
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch(mode=0o600)
        path.write_text(word + "\n", encoding="utf8")
    offices = {office.code: office for office in RegistrationOffice.objects.all()}
    communes = {unit.code: unit for unit in AdminUnit.objects.filter(valid_from=MERGER, valid_to=None)}
    # One slow hash serves all: it is one password.
    hashed = make_password(word)
    for account in ACCOUNTS:
        User.objects.update_or_create(
            username=account.username,
            defaults={
                "full_name": account.full_name,
                "role": account.role,
                "office": offices.get(account.office),
                "commune": communes.get(account.commune),
                "is_active": True,
                "must_change_password": False,
                "password": hashed,
            },
        )
