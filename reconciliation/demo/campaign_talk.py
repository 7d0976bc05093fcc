"""What there is to talk about: difficulties, answers, decisions, kept reports; by the functions of the pages.

Only when it happened is moved: what belongs to the last closed week bears its days, as its moves do.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from django.utils import timezone

from landdb.models import AdminUnit, Role, User

from ..campaign import difficulties, meeting
from ..campaign.history import closed_weeks
from ..campaign.report import report
from ..campaign.report_keeping import keep
from ..campaign.report_past import Territory
from ..models import Difficulty, DifficultyEntry, MeetingDecision, WeeklySnapshot

#: Reports that are kept: those of the last closed weeks.
REPORTS = 2
_DAY = dt.timedelta(days=1)


def hold(now: dt.datetime) -> int:
    """The talk about the last closed week and the running one; how many difficulties were noted."""
    weeks = closed_weeks()
    manager = User.objects.filter(is_active=True, role=Role.MANAGER, office=None, commune=None).first()
    units = _askers(weeks[-1], 4) if weeks else []
    if manager is None or len(units) < 4:
        return 0
    noted = _of_last_week(weeks[-1], manager, units) + _of_this_week(now, manager, units)
    for week in weeks[-REPORTS:]:
        told = report(Territory(), week)
        if told is not None:
            keep(Territory(), told)
    return noted


def _askers(week: dt.date, most: int) -> list[AdminUnit]:
    """Communes with an account of their own, who then see what they asked; then the slowest ones."""
    with_account = set(User.objects.filter(is_active=True).values_list("commune", flat=True))
    rows = WeeklySnapshot.objects.filter(week=week, revision=1).select_related("commune")
    known = sorted(
        (row for row in rows if row.plots),
        key=lambda row: (row.commune_id not in with_account, row.group_1 / row.plots, row.pk),
    )
    return [row.commune for row in known[:most]]


def _of_last_week(week: dt.date, manager: User, units: Sequence[AdminUnit]) -> int:
    """Noted on its Tuesday, answered on Wednesday, talked over on Friday."""
    scanner = difficulties.ask(
        _asker(units[0], manager),
        "Máy quét của xã hỏng từ đầu tuần, chưa gắn được bản quét giấy chứng nhận.",
        commune=units[0],
    )
    code = difficulties.ask(
        _asker(units[1], manager),
        "Thửa tách từ trước năm 2014 không có mã trên bản đồ: gán mã theo thửa gốc hay theo thửa mới?",
        commune=units[1],
        rule="plot_code_missing",
    )
    difficulties.answer(code, manager, "Gán mã theo thửa mới; thửa gốc đã hết hiệu lực thì không gán.")
    decided = meeting.decide(
        manager,
        what="Cho mượn máy quét đến khi sửa xong",
        who="Văn phòng đăng ký đất đai",
        # Over by now: it stands on the agenda of this week, overdue.
        due_on=week + 6 * _DAY,
        difficulty=scanner,
    )
    _date([scanner, code], week + _DAY, {DifficultyEntry.Kind.ANSWER: week + 2 * _DAY})
    MeetingDecision.objects.filter(pk=decided.pk).update(week=week, at=_at(week + 4 * _DAY))
    return 2


def _of_this_week(now: dt.datetime, manager: User, units: Sequence[AdminUnit]) -> int:
    """What is new, what was given to somebody, and an answer that everybody may read."""
    question = "Người đứng tên đã mất, các con chưa chia thừa kế: ghi ai là người sử dụng đất?"
    answered = "Giữ tên người đã mất và ghi là đã mất; chỉ đổi tên khi có văn bản phân chia thừa kế."
    heirs = difficulties.ask(_asker(units[2], manager), question, commune=units[2])
    difficulties.answer(heirs, manager, answered)
    difficulties.publish(heirs, manager, question, answered)
    staff = difficulties.ask(
        _asker(units[3], manager),
        "Xã chỉ còn một công chức địa chính, không kịp thu giấy chứng nhận theo kế hoạch.",
        commune=units[3],
    )
    due = timezone.localdate(now) + 7 * _DAY
    difficulties.assign(staff, manager, to=None, unit="Phòng Kinh tế", due_on=due)
    meeting.decide(
        manager,
        what="Cử hai cán bộ hỗ trợ xã thu giấy chứng nhận",
        who="Phòng Kinh tế",
        due_on=due,
        difficulty=staff,
    )
    return 2


def _asker(unit: AdminUnit, manager: User) -> User:
    """The commune's own official where the demo has one."""
    official = User.objects.filter(is_active=True, role=Role.COMMUNE_OFFICIAL, commune=unit).first()
    return official or manager


def _date(noted: Sequence[Difficulty], asked: dt.date, entries: dict[DifficultyEntry.Kind, dt.date]) -> None:
    pks = [each.pk for each in noted]
    Difficulty.objects.filter(pk__in=pks).update(asked_at=_at(asked))
    for kind, day in entries.items():
        DifficultyEntry.objects.filter(difficulty__in=pks, kind=kind).update(at=_at(day))


def _at(day: dt.date) -> dt.datetime:
    return timezone.make_aware(dt.datetime.combine(day, dt.time(9, 30)))
