"""What contradicts in the answers of the police: each person once, settled with one word."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from landdb.models import Role, User
from landdb.normalise import id_numbers
from landdb.web.gate import allow
from landdb.web.paging import newest, older, page_of
from landdb.web.signed_in import user_of

from ..actions import answer_settling
from ..actions.answer_weighing import Ground
from ..actions.consents import SamePerson
from ..models import AnswerFile, PoliceAnswer, VerificationLine
from . import police_told
from .forms import ReasonForm
from .police_lists import DECIDERS, READERS

#: People on one page.
PAGE = 20
#: Contradictions that reach further than the list: only a senior reviewer takes the answer then.
WEIGHTY = (PoliceAnswer.Conflict.DECISION, PoliceAnswer.Conflict.WHO, PoliceAnswer.Conflict.OTHER_PERSON)


@allow(*READERS)
@require_GET
def conflicts(request: HttpRequest) -> HttpResponse:
    """People about whom an answer contradicts an earlier one, another row, a person's decision, or the
    register; each once, with all that contradicts."""
    user = user_of(request)
    found = police_told.in_conflict(user).select_related("answer", "commune")
    page = page_of(found, request.GET.get("before"), PAGE)
    context = {
        "lines": _told(page[:PAGE], user),
        "older": older(request, page, PAGE),
        "newest": newest(request),
        "may_settle": user.has_role(*DECIDERS),
    }
    return render(request, "police/conflicts.html", context)


@allow(*DECIDERS)
@require_POST
def settle(request: HttpRequest, pk: int) -> HttpResponse:
    """Take this answer after all, or keep what stands; always with a reason. What else contradicts about the
    person goes with it."""
    user = user_of(request)
    answer = get_object_or_404(police_told.answers(user).select_related("line"), pk=pk)
    form, take = ReasonForm(request.POST), request.POST.get("word") == "take"
    if answer.state != PoliceAnswer.State.CONFLICT:
        _tell_settled(request, answer, answer_settling.last_word(answer))
    elif not form.is_valid():
        messages.error(request, _("Ghi lý do, ít nhất 3 ký tự."))
    elif take and answer.conflict in WEIGHTY and not user.has_role(Role.SENIOR_REVIEWER):
        messages.error(request, _("Mâu thuẫn này chỉ soát xét chính mới được lấy trả lời mới."))
    else:
        raw = request.POST.getlist("seen")
        seen = [int(each) for each in raw if each.isdecimal() and len(each) < 19] or None
        _settle(request, answer, take, form.cleaned_data["reason"], seen)
    return redirect("police-conflicts")


def _settle(
    request: HttpRequest, answer: PoliceAnswer, take: bool, reason: str, seen: list[int] | None
) -> None:
    try:
        answer_settling.settle(answer, take=take, by=user_of(request), reason=reason, seen=seen)
        messages.success(request, _("Đã ghi kết luận về %(name)s.") % {"name": answer.line.name})
    except SamePerson:
        messages.error(request, _("Người nộp tệp không thể tự xét mâu thuẫn của tệp."))
    except answer_settling.NotApplied:
        messages.error(request, _("Duyệt tệp trước, rồi mới xét mâu thuẫn của tệp."))
    except answer_settling.NewAnswer:
        text = _("Vừa có thêm trả lời về %(name)s: xem lại rồi mới kết luận.")
        messages.warning(request, text % {"name": answer.line.name})
    except answer_settling.Settled as settled:
        _tell_settled(request, answer, settled.by_answer)


def _tell_settled(request: HttpRequest, answer: PoliceAnswer, last: PoliceAnswer | None) -> None:
    """One sentence: who settled it, when, and how."""
    words: dict[str, Any] = {"name": answer.line.name}
    if last is None or last.decided_by is None or last.decided_at is None:
        messages.info(
            request, _("Mâu thuẫn về %(name)s không còn: tệp đã được hoàn tác hoặc trả lại.") % words
        )
        return
    at = date_format(timezone.localtime(last.decided_at), "H:i d/m/Y")
    words |= {"who": last.decided_by.full_name, "at": at, "reason": last.reason}
    words["word"] = last.get_word_display()
    if last.state == PoliceAnswer.State.KEPT_OUT:
        text = _("Đã xét: %(who)s giữ như đang có về %(name)s lúc %(at)s (%(reason)s).")
    else:
        text = _("Đã xét: %(who)s lấy trả lời “%(word)s” về %(name)s lúc %(at)s (%(reason)s).")
    messages.info(request, text % words)


def _told(lines: list[VerificationLine], user: User) -> list[dict[str, Any]]:
    """Each person with what stands and all that contradicts, numbers masked."""
    rows = police_told.conflicts(user).filter(line__in=lines)
    answers = list(rows.select_related("line__answer", "file__file", "file__uploaded_by").order_by("pk"))
    ground = Ground.of(answers)
    by_line: dict[int, list[PoliceAnswer]] = {}
    for answer in answers:
        by_line.setdefault(answer.line_id, []).append(answer)
    return [
        {
            "line": line,
            "asked": " · ".join(filter(None, (line.birth, id_numbers.mask(line.id_number)))),
            "old": _values(line.answer) if line.answer else [],
            "answers": [_new(answer, user, ground) for answer in by_line.get(line.pk, [])],
            "person": next((each.pk for each in ground.people.get(line.pk, [])), None),
        }
        for line in lines
    ]


def _new(answer: PoliceAnswer, user: User, ground: Ground) -> dict[str, Any]:
    """One answer, and whose its number is where the register says otherwise."""
    whose = ""
    if answer.conflict == PoliceAnswer.Conflict.OTHER_PERSON and (bearer := ground.resident(answer)):
        of_whom = _("trong dân cư số %(number)s là của %(name)s")
        whose = of_whom % {"number": id_numbers.mask(bearer.id_number), "name": bearer.name}
        whose += f" · {bearer.birth_year}" if bearer.birth_year else ""
    return {
        "answer": answer,
        "values": _values(answer),
        "whose": whose,
        "may_take": answer.conflict not in WEIGHTY or user.has_role(Role.SENIOR_REVIEWER),
        "is_open": answer.file.state == AnswerFile.State.APPLIED,
    }


def _values(answer: PoliceAnswer) -> list[str]:
    died = f"{answer.died_on:%d/%m/%Y}" if answer.died_on else ""
    told = (answer.name, answer.birth, answer.get_sex_display() if answer.sex else "", died, answer.note)
    number = id_numbers.mask(answer.id_number) if answer.id_number else ""
    return [str(answer.get_word_display()), *(str(value) for value in (*told, number) if value)]
