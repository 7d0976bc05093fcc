"""The hotline: search the published answers, ask, and follow one's own questions."""

from __future__ import annotations

import re
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from landdb.models import Role
from landdb.web.gate import EVERYONE, allow
from landdb.web.paging import newest, older, page_of
from landdb.web.posted import posted_from
from landdb.web.signed_in import user_of

from ..campaign import difficulties
from ..campaign.difficulties import NotNow
from ..models import Difficulty
from ..rules import catalogue
from . import question_told
from .question_forms import AnswerForm, AskForm, AssignForm, PublishForm, WordsForm, WordsNeededForm

ANSWERERS = (Role.MANAGER, Role.SENIOR_REVIEWER)
PAGE, FOUND = 30, 10
_NUMBER = re.compile(r"(?:KK-?)?(?:\d{4}-)?0*(\d{1,9})", re.IGNORECASE)


@allow(*EVERYONE)
@require_http_methods(["GET", "POST"])
def questions(request: HttpRequest) -> HttpResponse:
    """Ask, with the number at once; and the questions that one may see, newest first."""
    user = user_of(request)
    form = AskForm(user, request.POST if request.method == "POST" else None, initial=_about(request))
    if request.method == "POST" and form.is_valid():
        asked = difficulties.ask(user, **form.asked())
        told = {"number": asked.number}
        messages.success(request, _("Đã ghi. Số câu hỏi là %(number)s, đọc được qua điện thoại.") % told)
        return redirect("question", asked.pk)
    seen = Difficulty.objects.visible_to(user).select_related("commune")
    state = request.GET.get("state", "")
    if state == "mine":
        seen = seen.filter(asked_by=user)
    elif state in Difficulty.State.values:
        seen = seen.filter(state=state)
    page = page_of(seen, request.GET.get("before"), PAGE)
    context = {
        "form": form,
        "about": question_told.record(form.subject, user),
        "rows": [question_told.row(each) for each in page[:PAGE]],
        "state": state,
        "states": Difficulty.State.choices,
        "older": older(request, page, PAGE),
        "newest": newest(request),
        "found": (),
        "published": Difficulty.objects.published().count(),
    }
    return render(request, "questions/questions.html", context, status=422 if form.errors else 200)


@allow(*EVERYONE)
@require_POST
def search(request: HttpRequest) -> HttpResponse:
    """The published answers that hold the typed words; or the question of a typed number."""
    user = user_of(request)
    typed = " ".join((request.POST.get("typed") or request.POST.get("words", "")).split())[:300]
    number = _NUMBER.fullmatch(typed)
    is_piece = bool(request.htmx)  # type: ignore[attr-defined]
    if number and not is_piece:
        one = Difficulty.objects.visible_to(user).filter(pk=int(number[1])).first()
        if one is not None:
            return redirect("question", one.pk)
    context = {"found": Difficulty.objects.telling(typed)[:FOUND], "typed": typed}
    if is_piece:
        return render(request, "questions/found.html", context)
    return render(request, "questions/answers.html", context)


@allow(*EVERYONE)
@require_GET
def answers(request: HttpRequest) -> HttpResponse:
    """All published answers, the newest first."""
    page = page_of(Difficulty.objects.published(), request.GET.get("before"), PAGE)
    context = {
        "found": page[:PAGE],
        "typed": "",
        "older": older(request, page, PAGE),
        "newest": newest(request),
    }
    return render(request, "questions/answers.html", context)


@allow(*EVERYONE)
@require_GET
def question(request: HttpRequest, pk: int) -> HttpResponse:
    """One question with its thread, and what one may do with it."""
    return _page(request, _visible(request, pk))


@allow(*EVERYONE)
@posted_from("question")
def say(request: HttpRequest, pk: int) -> HttpResponse:
    """Add words to the thread."""
    return _done(
        request,
        pk,
        WordsNeededForm,
        lambda held, told: difficulties.say(held, user_of(request), told["words"]),
    )


@allow(*EVERYONE)
@posted_from("question")
def close(request: HttpRequest, pk: int) -> HttpResponse:
    """It is over with: who asked may say so, and those who answer."""
    user = user_of(request)
    found = _visible(request, pk)
    if not (user.has_role(*ANSWERERS) or found.asked_by_id == user.pk):
        raise PermissionDenied
    return _done(request, pk, WordsForm, lambda held, told: difficulties.close(held, user, told["words"]))


@allow(*EVERYONE)
@posted_from("question")
def reopen(request: HttpRequest, pk: int) -> HttpResponse:
    """The answer did not help."""
    return _done(
        request,
        pk,
        WordsNeededForm,
        lambda held, told: difficulties.reopen(held, user_of(request), told["words"]),
    )


@allow(*ANSWERERS)
@posted_from("question")
def answer(request: HttpRequest, pk: int) -> HttpResponse:
    """Answer it."""
    return _done(
        request,
        pk,
        AnswerForm,
        lambda held, told: difficulties.answer(held, user_of(request), told["answer"]),
    )


@allow(*ANSWERERS)
@posted_from("question")
def assign(request: HttpRequest, pk: int) -> HttpResponse:
    """Give it to a person or a unit, with a day."""
    return _done(
        request,
        pk,
        AssignForm,
        lambda held, told: difficulties.assign(
            held, user_of(request), to=told["to"], unit=told["unit"], due_on=told["due_on"]
        ),
    )


@allow(*ANSWERERS)
@posted_from("question")
def publish(request: HttpRequest, pk: int) -> HttpResponse:
    """Put the answer, written for everybody, among those that everybody can search."""
    return _done(
        request,
        pk,
        PublishForm,
        lambda held, told: difficulties.publish(held, user_of(request), told["question"], told["answered"]),
    )


@allow(*ANSWERERS)
@require_POST
def withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a published answer back."""
    difficulties.withdraw(_visible(request, pk), user_of(request))
    messages.success(request, _("Câu trả lời không còn đăng cho mọi người."))
    return redirect("question", pk)


def _visible(request: HttpRequest, pk: int) -> Difficulty:
    seen = Difficulty.objects.visible_to(user_of(request))
    return get_object_or_404(seen.select_related("commune", "asked_by", "assigned_to"), pk=pk)


def _done(request: HttpRequest, pk: int, kind: Any, act: Any) -> HttpResponse:
    """Do what a valid form says; what was typed into another stands there again with a word why."""
    found = _visible(request, pk)
    form = kind(request.POST, difficulty=found, user=user_of(request))
    if not form.is_valid():
        return _page(request, found, form)
    try:
        act(found, form.cleaned_data)
    except NotNow as reason:
        messages.warning(request, str(reason))
    else:
        messages.success(request, _("Đã ghi vào %(number)s.") % {"number": found.number})
    return redirect("question", pk)


def _page(request: HttpRequest, found: Difficulty, sent: Any = None) -> HttpResponse:
    user = user_of(request)
    answers_it = user.has_role(*ANSWERERS)
    forms = {
        kind.name: sent if isinstance(sent, kind) else kind(None, difficulty=found, user=user)
        for kind in (WordsForm, WordsNeededForm, AnswerForm, AssignForm, PublishForm)
    }
    context = {
        "one": found,
        "row": question_told.row(found),
        "rule": catalogue.by_id(found.rule) if catalogue.knows(found.rule) else None,
        "record": question_told.record((found.about, found.about_id), user),
        "asked_by": question_told.who(found.asked_by, user),
        "assigned_to": question_told.who(found.assigned_to, user),
        "thread": question_told.thread(found, user),
        "decisions": found.decisions.visible_to(user),
        "forms": forms,
        "may_answer": answers_it,
        "may_close": found.is_open and (answers_it or found.asked_by_id == user.pk),
        "back": reverse("questions"),
    }
    return render(request, "questions/question.html", context, status=422 if sent is not None else 200)


def _about(request: HttpRequest) -> dict[str, Any]:
    """What a page says that the question is about: `?about=plot&id=7`, `?rule=…`."""
    asked = request.GET
    return {"about": asked.get("about", ""), "about_id": asked.get("id", ""), "rule": asked.get("rule", "")}
