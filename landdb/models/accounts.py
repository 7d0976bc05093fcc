"""Who may come in, and on which territory."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from landdb.history import audited
from landdb.prepared import Prepared

from .units import AdminUnit, RegistrationOffice


class Role(models.TextChoices):
    REVIEWER = "reviewer", _("Soát xét")
    SENIOR_REVIEWER = "senior_reviewer", _("Soát xét chính")
    COMMUNE_OFFICIAL = "commune_official", _("Cán bộ xã, phường")
    MANAGER = "manager", _("Lãnh đạo")
    POLICE_LIAISON = "police_liaison", _("Đầu mối công an")
    AUDITOR = "auditor", _("Kiểm tra")
    ADMINISTRATOR = "administrator", _("Quản trị")


class UserManager(BaseUserManager["User"]):
    def get_by_natural_key(self, username: str | None) -> User:
        return self.get(username__iexact=username)

    def create_user(self, username: str, password: str | None = None, **fields: Any) -> User:
        user = self.model(username=username.strip().lower(), **fields)
        user.set_password(password)
        user.save()
        return user


@audited(exclude=["password", "last_login"])
class User(AbstractBaseUser):
    """An account: one role on one territory (the province, a registration office, or a commune)."""

    username = models.CharField(_("tên đăng nhập"), max_length=40, unique=True)
    full_name = models.CharField(_("họ và tên"), max_length=120)
    role = models.CharField(_("vai trò"), max_length=20, choices=Role)
    office = models.ForeignKey(
        RegistrationOffice,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        verbose_name=_("văn phòng đăng ký"),
    )
    commune = models.ForeignKey(
        AdminUnit, null=True, blank=True, on_delete=models.PROTECT, verbose_name=_("xã, phường")
    )
    email = models.EmailField(_("thư điện tử"), blank=True, default="", db_default="")
    is_active = models.BooleanField(_("đang dùng"), default=True)
    must_change_password = models.BooleanField(default=False)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = UserManager()

    USERNAME_FIELD = "username"
    REQUIRED_FIELDS = ["full_name", "role"]

    class Meta:
        ordering = ["username"]
        constraints = [
            models.CheckConstraint(
                condition=Q(office__isnull=True) | Q(commune__isnull=True),
                name="user_one_territory",
                violation_error_message=_("Chỉ chọn văn phòng đăng ký hoặc xã, phường, không chọn cả hai."),
            ),
            models.CheckConstraint(
                condition=~Q(role="commune_official") | Q(commune__isnull=False),
                name="official_has_commune",
                violation_error_message=_("Cán bộ xã, phường phải có xã, phường của mình."),
            ),
        ]

    def __str__(self) -> str:
        return self.full_name or self.username

    def has_role(self, *roles: Role | str) -> bool:
        """True where the user holds one of the roles."""
        return self.role in roles

    @property
    def may_review(self) -> bool:
        """Reviewers judge matches and apply uploads; a senior reviewer is also the second pair of eyes."""
        return self.has_role(Role.REVIEWER, Role.SENIOR_REVIEWER)

    def communes(self) -> models.QuerySet[AdminUnit]:
        """Today's communes in this user's territory; it follows the merger through `successor`."""
        return _communes(**self._territory)

    @property
    def _territory(self) -> dict[str, Any]:
        """What `_communes` asks for: the unit or office of this user, and today."""
        return {"commune": self.commune_id, "office": self.office_id, "day": dt.date.today()}

    def commune_ids(self) -> tuple[int, ...] | None:
        """Ids of the communes in the territory, or None for the whole province; read once per request."""
        if not self.commune_id and not self.office_id:
            return None
        known: tuple[int, ...] | None = self.__dict__.get("_commune_ids")
        if known is None:
            known = tuple(_COMMUNE_IDS.all(**self._territory))
            self.__dict__["_commune_ids"] = known
        return known

    def communes_in_order(self) -> list[AdminUnit]:
        """The territory's communes in reading order, and `commune_ids` with them; read once per request."""
        known: list[AdminUnit] | None = self.__dict__.get("_communes_in_order")
        if known is None:
            known = _COMMUNES_IN_ORDER.all(**self._territory)
            self.__dict__["_communes_in_order"] = known
            self.__dict__["_commune_ids"] = tuple(unit.pk for unit in known)
        return known

    @property
    def territory_name(self) -> str:
        if self.commune:
            return self.commune.name
        return self.office.name if self.office else str(_("Toàn tỉnh"))


def _communes(commune: Any, office: Any, day: Any) -> models.QuerySet[AdminUnit]:
    """The communes in force on a day: of one unit, of an office, or all where both are None."""
    units = AdminUnit.objects.in_force(day)
    if commune is not None:
        return units.filter(Q(pk=commune) | Q(predecessors=commune)).distinct()
    return units if office is None else units.filter(office=office)


# Asked by every page.
_COMMUNE_IDS = Prepared(lambda **of: _communes(**of).values_list("pk", flat=True))
_COMMUNES_IN_ORDER = Prepared(lambda **of: _communes(**of).order_by("sort_key"))
