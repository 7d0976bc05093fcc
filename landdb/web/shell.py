"""What every page's frame shows."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Any

from django.http import HttpRequest
from django.urls import NoReverseMatch, resolve, reverse
from django.utils.functional import SimpleLazyObject
from django.utils.translation import gettext_lazy as _

from landdb.models import Job, User

from . import drafts


@dataclass(frozen=True)
class Section:
    """A part of the site in the top bar: the address it opens, and the addresses that belong to it."""

    name: str
    title: Any
    holds: tuple[str, ...]


#: In the order of the bar. Who sees one is what its view states.
SECTIONS = (
    Section(
        "worklist",
        _("Hàng đợi"),
        (
            "worklist",
            "work-",
            "view-",
            "bulk",
            "supervise",
            "land-user",
            "duplicate",
            "desk",
            "registry",
            "correction",
            "second-eyes",
        ),
    ),
    Section("queue", _("Thửa đất"), ("queue", "waiver", "search", "plot", "certificate", "change")),
    Section(
        "overview",
        _("Bảng điều hành"),
        ("overview", "ledger", "plan", "report", "opinion", "source", "meeting", "alert"),
    ),
    Section("questions", _("Hỏi đáp"), ("question",)),
    Section("uploads", _("Biểu của xã"), ("upload",)),
    Section("police-lists", _("Công an"), ("police",)),
    Section("scan-arrivals", _("Bản quét"), ("scan",)),
    Section("receipts", _("Biên nhận"), ("receipt",)),
    Section("rules", _("Bộ quy tắc"), ("rule",)),
    Section("jobs", _("Việc nền"), ("job", "whole-run", "band")),
    Section("extracts", _("Dữ liệu dân cư"), ("extract",)),
    Section("accounts", _("Tài khoản"), ("account",)),
    Section("access-log", _("Nhật ký truy cập"), ("access-log",)),
)


#: What the managers' section holds: the address each opens, and its title.
OVERVIEW = (
    ("overview", _("Ba nhóm")),
    ("ledger", _("Sổ chuyển nhóm")),
    ("plan", _("Kế hoạch")),
    ("report", _("Báo cáo tuần")),
    ("meeting", _("Họp giao ban")),
    ("alerts", _("Cảnh báo")),
    ("opinions", _("Ta và MPLIS")),
    ("sources", _("Nguồn dữ liệu")),
    ("overview-second-eyes", _("Số liệu của quy trình")),
)

#: So many stand in the bar beside the search on the narrowest screen; of more, the last are under "more".
MOST_IN_BAR = 7


@cache
def roles_of(name: str, *like: str | int) -> tuple[str, ...]:
    """The roles that the view behind a named address states; none where there is no such address.

    `like`: any values for what the address holds; 1 does for a record.
    """
    try:
        view = resolve(reverse(name, args=like)).func
    except NoReverseMatch:
        return ()
    return tuple(getattr(view, "allowed_roles", ()))


def sections_for(user: User) -> list[Section]:
    """The sections whose views this user may use."""
    return [section for section, _href in _sections_of(user.role)]


@cache
def _sections_of(role: str) -> tuple[tuple[Section, str], ...]:
    """The sections of a role, each with its address."""
    return tuple((section, reverse(section.name)) for section in SECTIONS if role in roles_of(section.name))


def shell(request: HttpRequest) -> dict[str, Any]:
    """The bar: its sections, where the search goes, how many jobs are open. Asked for where it is drawn.

    And whose drafts the page keeps.
    """
    user = getattr(request, "user", None)
    if not isinstance(user, User):
        return {}
    return {"bar": SimpleLazyObject(lambda: _bar(request, user)), "drafts": drafts.key_of(user)}


def _bar(request: HttpRequest, user: User) -> dict[str, Any]:
    here = request.resolver_match.url_name or "" if request.resolver_match else ""
    sections = [
        {
            "name": section.name,
            "href": href,
            "title": section.title,
            "is_current": here.startswith(section.holds),
            "count": Job.objects.count_open(user) if section.name == "jobs" else 0,
        }
        for section, href in _sections_of(user.role)
    ]
    in_bar = MOST_IN_BAR if len(sections) <= MOST_IN_BAR else MOST_IN_BAR - 1
    more = sections[in_bar:]
    return {
        "sections": sections[:in_bar],
        "more": more,
        "more_current": next((each["title"] for each in more if each["is_current"]), ""),
        "more_count": sum(each["count"] for each in more),
        "search": reverse("search") if user.role in roles_of("search") else "",
        "overview": SimpleLazyObject(lambda: _overview(user, here)),
    }


def _overview(user: User, here: str) -> list[dict[str, Any]]:
    """The pages of the managers' section that this user may open."""
    return [
        {"href": reverse(name), "title": title, "is_current": here == name}
        for name, title in OVERVIEW
        if user.role in roles_of(name)
    ]
