"""Tell why a land user matches whom."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterator
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone
from django.utils.translation import gettext as _

from landdb.templatetags.landdb import chance, change
from reconciliation.matching import explain
from reconciliation.models import Match


class Command(BaseCommand):
    """The stored candidates of one land user with their evidence, numbers masked."""

    help = "Print each candidate of a land user, field by field, with the weights that were stored."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("owner_id", help="the owner_id of the matches file: a source key, or #number")
        parser.add_argument("--json", action="store_true", help="print one JSON object")

    def handle(self, *args: Any, **options: Any) -> None:
        person = explain.find(options["owner_id"])
        if person is None:
            raise CommandError(f"There is no land user {options['owner_id']}.")
        told = explain.tell(person)
        if options["json"]:
            self.stdout.write(json.dumps(told, ensure_ascii=False))
        else:
            self.stdout.write("\n".join(_lines(told)))


def _lines(told: dict[str, Any]) -> Iterator[str]:
    yield f"{_who(told)} ({told['owner_id']}): {told['outcome_word'] or _('chưa đối chiếu')}"
    if told["merged_into"]:
        yield _("Bản ghi này đã được gộp vào #%(other)s.") % {"other": told["merged_into"]}
    yield _("Không có trong dân cư: %(share)s") % {"share": chance(told["absent_probability"])}
    if not told["candidates"]:
        yield _("Không có ứng viên nào được lưu.")
    for nth, candidate in enumerate(told["candidates"], 1):
        yield ""
        yield from _candidate(nth, candidate)
    yield ""
    if told["runner_up"]:
        names = {each["resident_id"]: each for each in told["candidates"]}
        told_of = {"who": _who(names[told["runner_up"]]), "margin": change(told["margin"], 2)}
        yield _("Người đứng sau: %(who)s; cách nhau %(margin)s (log-odds)") % told_of
    for asked in told["would_settle"]:
        yield _("Sẽ phân định: %(asked)s") % {"asked": asked}
    yield _fit(told["fit"])


def _candidate(nth: int, told: dict[str, Any]) -> Iterator[str]:
    number = f", {told['number']}" if told["number"] else ""
    words = " · ".join(told[key] for key in ("stage_word", "outcome_word", "state_word"))
    odds = f"{chance(told['probability'])} · log-odds {change(told['score'], 2)}"
    if told["state"] == Match.State.REJECTED:
        odds = _("đã loại, không tính phần")
    yield f"{nth}. {_who(told)}{number} · {odds} · {words}"
    for row in told["fields"]:
        values = " | ".join(row[side] or "–" for side in ("raw", "ours", "registry"))
        yield f"   {row['title']}: {values} | {row['word']} | {change(row['weight'], 2)}"
    parts = {key: change(told[key], 2) for key in ("start", "coincidence", "sum")}
    yield "   " + _("Xuất phát %(start)s, trùng hợp %(coincidence)s, cộng tất cả %(sum)s bit") % parts


def _who(told: dict[str, Any]) -> str:
    return ", ".join(str(told[key]) for key in ("name", "birth_year", "commune") if told[key])


def _fit(fit: dict[str, str] | None) -> str:
    if fit is None:
        return _("Chưa có lần ước lượng nào: trọng số theo bản viết sẵn.")
    made = timezone.localtime(dt.datetime.fromisoformat(fit["made_at"]))
    return _("Ước lượng %(version)s, %(on)s") % {"version": fit["version"], "on": f"{made:%d/%m/%Y %H:%M}"}
