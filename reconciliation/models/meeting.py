"""Difficulties of the communes with their answers, and what the weekly meeting decided."""

from __future__ import annotations

from math import ceil
from typing import Self

from django.db import models
from django.db.models import Case, IntegerField, Q, When
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from landdb.models import AdminUnit, Role, User
from landdb.models.territory import InTerritory
from landdb.normalise import text

#: Of what somebody types so many words are looked for; an answer tells it where it holds this share of them.
MOST_WORDS, ENOUGH = 12, 2 / 3


class Difficulties(InTerritory["Difficulty"]):
    """Difficulties that were noted, and questions that were asked: the same thing."""

    def visible_to(self, user: User) -> Self:
        """Those of the territory, those that one asked and those that one was given; the police's alone
        where nobody but them asked."""
        own = Q(asked_by=user) | Q(assigned_to=user)
        if user.has_role(Role.POLICE_LIAISON):
            return self.filter(own)
        ids = user.commune_ids()
        return self if ids is None else self.filter(Q(commune__in=ids) | own)

    def open(self) -> Self:
        """Not closed: also those answered, until somebody says that the answer helped."""
        return self.exclude(state=Difficulty.State.CLOSED)

    def published(self) -> Self:
        """Those whose answer everybody may read."""
        return self.filter(published_at__isnull=False)

    def telling(self, typed: str) -> Self:
        """Published ones in which most of the typed words begin a word, with or without diacritics; those
        with most of them first."""
        words = list(dict.fromkeys(text.fold(typed).split()))[:MOST_WORDS]
        if not words:
            return self.none()
        held = [
            Case(When(published_fold__contains=f" {word}", then=1), default=0, output_field=IntegerField())
            for word in words
        ]
        counted = self.published().annotate(held=sum(held[1:], start=held[0]))
        return counted.filter(held__gte=ceil(len(words) * ENOUGH)).order_by("-held", "-published_at")


class Difficulty(models.Model):
    """What somebody cannot get on with: a question with a number that can be read out over the phone.

    The record that it is about is kept as kind and id, and shown to whom the record may be shown.
    `published_question` and `published_answer` are what everybody reads: written for that, without names;
    `published_fold` is searched, with a blank before each word.
    """

    class State(models.TextChoices):
        OPEN = "open", _("Chờ trả lời")
        ANSWERED = "answered", _("Đã trả lời")
        CLOSED = "closed", _("Đã đóng")

    class About(models.TextChoices):
        PLOT = "plot", _("Thửa đất")
        LAND_USER = "land_user", _("Người sử dụng đất")
        POLICE_LIST = "police_list", _("Danh sách công an")
        UPLOAD = "upload", _("Biểu của xã")

    commune = models.ForeignKey(
        AdminUnit, null=True, blank=True, on_delete=models.PROTECT, related_name="difficulties"
    )
    words = models.TextField(_("vướng mắc"), max_length=2000)
    rule = models.CharField(_("quy tắc"), max_length=40, blank=True)
    about = models.CharField(max_length=11, choices=About, blank=True)
    about_id = models.BigIntegerField(null=True, blank=True)
    state = models.CharField(max_length=8, choices=State, default=State.OPEN)
    asked_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="difficulties")
    asked_at = models.DateTimeField(default=timezone.now)
    assigned_to = models.ForeignKey(
        User, null=True, blank=True, on_delete=models.PROTECT, related_name="assigned_difficulties"
    )
    unit = models.CharField(_("đơn vị"), max_length=120, blank=True)
    due_on = models.DateField(_("hạn"), null=True, blank=True)
    answer = models.TextField(_("trả lời"), max_length=4000, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)
    published_question = models.CharField(max_length=300, blank=True)
    published_answer = models.TextField(max_length=4000, blank=True)
    published_fold = models.TextField(blank=True)
    published_at = models.DateTimeField(null=True, blank=True)

    objects = Difficulties.as_manager()

    class Meta:
        ordering = ["-id"]
        indexes = [
            models.Index(fields=["commune", "-id"], name="difficulty_of_commune"),
            # the agenda of a week
            models.Index(fields=["asked_at"], name="difficulty_asked"),
            # the list of published answers, and the search while somebody types
            models.Index(
                fields=["-id"], condition=Q(published_at__isnull=False), name="difficulty_published"
            ),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def number(self) -> str:
        """What is read out over the phone: KK-2026-0007."""
        return f"KK-{timezone.localtime(self.asked_at).year}-{self.pk:04d}"

    @property
    def is_open(self) -> bool:
        return self.state != self.State.CLOSED

    @property
    def is_published(self) -> bool:
        return self.published_at is not None


class DifficultyEntry(models.Model):
    """A line of the thread of a difficulty; never changed, so that any past moment can be told from it."""

    class Kind(models.TextChoices):
        WORD = "word", _("trao đổi")
        ANSWER = "answer", _("trả lời")
        ASSIGN = "assign", _("giao việc")
        CLOSE = "close", _("đóng")
        REOPEN = "reopen", _("mở lại")
        PUBLISH = "publish", _("đăng cho mọi người")
        WITHDRAW = "withdraw", _("thôi đăng")

    difficulty = models.ForeignKey(Difficulty, on_delete=models.CASCADE, related_name="entries")
    kind = models.CharField(max_length=8, choices=Kind, default=Kind.WORD)
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)
    words = models.TextField(max_length=4000, blank=True)
    assigned_to = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    unit = models.CharField(max_length=120, blank=True)
    due_on = models.DateField(null=True, blank=True)

    class Meta:
        ordering = ["id"]

    def __str__(self) -> str:
        return f"{self.difficulty_id} {self.kind}"


class MeetingDecisions(InTerritory["MeetingDecision"]):
    def visible_to(self, user: User) -> Self:
        """Those on communes of the territory; those on the whole province are not shown to a commune."""
        ids = user.commune_ids()
        if ids is None:
            return self
        within = Q(commune__in=ids)
        return self.filter(within if user.has_role(Role.COMMUNE_OFFICIAL) else within | Q(commune=None))


class MeetingDecision(models.Model):
    """What a weekly meeting decided: what, who, until when. It is on every agenda until it is done.

    `week` is the Monday of the meeting's week. Only that it is done is added later, with a word.
    """

    week = models.DateField()
    what = models.CharField(_("việc"), max_length=500)
    who = models.CharField(_("ai làm"), max_length=120)
    due_on = models.DateField(_("hạn"))
    commune = models.ForeignKey(
        AdminUnit, null=True, blank=True, on_delete=models.PROTECT, related_name="meeting_decisions"
    )
    difficulty = models.ForeignKey(
        Difficulty, null=True, blank=True, on_delete=models.PROTECT, related_name="decisions"
    )
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)
    done_at = models.DateTimeField(null=True, blank=True)
    done_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    done_words = models.CharField(max_length=300, blank=True)

    objects = MeetingDecisions.as_manager()

    class Meta:
        ordering = ["due_on", "id"]
        indexes = [models.Index(fields=["done_at"], name="meetingdecision_done")]
        constraints = [
            models.CheckConstraint(
                condition=Q(done_at__isnull=True) | Q(done_by__isnull=False), name="meetingdecision_done_by"
            )
        ]

    def __str__(self) -> str:
        return f"{self.week}: {self.what[:40]}"


class WeekAlerts(models.Model):
    """The alerts of all communes as they stood when a week had closed; written once."""

    week = models.DateField(unique=True)
    alerts = models.JSONField(default=list)
    taken_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return f"{self.week}"


class Digest(models.Model):
    """The weekly e-mail that somebody was sent: once for each week, named by its Monday."""

    week = models.DateField()
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="digests")
    sent_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["week", "user"], name="digest_once")]

    def __str__(self) -> str:
        return f"{self.week} {self.user_id}"
