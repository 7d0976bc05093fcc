"""What the police say of a land user by now, kept true while entries are merged and parted."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from django.db import models, transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from landdb.models import User
from parcels.models import LandUser

from ..models import ChangeSet, PoliceWord, VerificationEntry, VerificationLine, WorkItem
from . import changes, handovers
from .changes import FieldChange
from .consents import SamePerson
from .handovers import Handover, With


class Disagree(Exception):
    """The police said words of entries that cannot all be true of one person, and nobody chose one."""


def borne(people: Collection[int]) -> dict[int, str]:
    """Land user → the word that stands in their work item, where one does."""
    items = WorkItem.objects.filter(land_user__in=people).exclude(police_word="")
    return dict(items.values_list("land_user_id", "police_word"))


def senders(people: Collection[int]) -> set[int]:
    """Who sent the answers that stand about these land users, or about entries that were merged into them."""
    of_whom = Q(land_user__in=people) | Q(land_user__merged_into__in=people)
    return set(_standing(of_whom).values_list("line__answer__file__uploaded_by", flat=True))


def on_merging(keep: int, others: Collection[int], chosen: str, *, by: User) -> Iterator[FieldChange]:
    """The kept entry's work item with what the police said of any of them: the fullest word, or of words that
    contradict the one chosen. For who holds the land users' rows locked.

    Disagree where nobody chose one; SamePerson where it is who sent one of the answers that chooses.
    """
    people = {keep, *others}
    words = borne(people)
    word = PoliceWord.fullest(words.values())
    if PoliceWord.disagree(words.values()):
        if by.pk in senders(people):
            raise SamePerson
        if chosen not in words.values():
            raise Disagree
        word = chosen
    if word != words.get(keep, ""):
        yield FieldChange(handovers.open_items([keep])[keep], "police_word", word)


def heard(people: Collection[int]) -> dict[int, str]:
    """Land user → the word of the last answer that stands on a line about them."""
    return _said(Q(land_user__in=people))


def heard_with_merged(people: Collection[int]) -> dict[int, str]:
    """The same, with what was said of the entries that were merged into them: the fullest word."""
    merged = dict(LandUser.objects.filter(merged_into__in=people).values_list("pk", "merged_into"))
    words: dict[int, list[str]] = {}
    for pk, word in heard([*people, *merged]).items():
        words.setdefault(merged.get(pk) or pk, []).append(word)
    return {pk: PoliceWord.fullest(said) for pk, said in words.items()}


@transaction.atomic
def set_right(people: Collection[int], words: dict[int, str], *, by: User, reason: str) -> None:
    """Write these words into the work items of land users that stand for themselves, where they hold another
    one. Who is answered waits with the police no longer."""
    items = WorkItem.objects.select_for_update().filter(land_user__in=people, land_user__merged_into=None)
    wanted: list[FieldChange] = []
    for item in items.order_by("pk"):
        word = words.get(item.land_user_id, "")
        if word == item.police_word:
            continue
        wanted.append(FieldChange(item, "police_word", word))
        if word and item.waits_with == With.POLICE:
            wanted += handovers.changes_of(item, Handover(With.DESK))
    if wanted:
        changes.make(ChangeSet.Kind.POLICE, wanted, by=by, commune=None, reason=reason)


def after_parting(people: Collection[int], *, by: User) -> None:
    """A merge of these was taken back: what the police said meanwhile is of whom they were asked about."""
    set_right(people, heard(people), by=by, reason=_("Trả lời đến trong lúc gộp"))


def _said(of_whom: Q) -> dict[int, str]:
    told = _standing(of_whom).order_by("line__answer_id")
    return dict(told.values_list("land_user", "line__answer__word"))


def _standing(of_whom: Q) -> models.QuerySet[VerificationEntry]:
    """The places on lists at which an answer stands."""
    return VerificationEntry.objects.filter(
        of_whom, line__state=VerificationLine.State.ANSWERED, line__answer__isnull=False
    )
