"""A person's word on entries seen side by side: one person, several people, or whose number it is."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

from django.db import transaction
from django.utils import timezone

from landdb.models import User
from parcels.models import Holding, LandUser

from ..duplicates import entries_of
from ..duplicates.evidence import common
from ..models import Change, ChangeSet, Decision, Duplicate, PairWord, Verification
from . import changes, police_words
from .changes import FieldChange, WrongState
from .matches import EvidenceChanged

#: What a kept entry may take from another: the raw values, which are then read again.
CARRIED = ("name_raw", "birth_raw", "sex_raw", "id_number_raw", "former_number", "address_raw", "phone")
#: What a page shows of an entry, and what a word on it therefore rests on.
_SHOWN = (*CARRIED, "commune_id", "merged_into_id")


class NotMergeable(Exception):
    """The entries named are not of this group, or fewer than two."""


class Buried(Exception):
    """What this decision kept was itself merged since: the later one has to be taken back first."""


@transaction.atomic
def merge(
    duplicate: Duplicate,
    keep: int,
    others: Collection[int],
    carry: Mapping[str, int] | None = None,
    *,
    by: User,
    reason: str,
    seen: str,
    police_word: str = "",
) -> Decision:
    """One person: `keep` holds what `others` held, and these stand for themselves no longer.

    `carry` names fields of CARRIED and the entry each is taken from. Nothing is deleted: of holdings that
    come to say the same, both rows stay. What the police said of any of them is said of the kept one: of
    several words the fullest, and of words that contradict `police_word`, which somebody chose
    (police_words.Disagree where nobody did, SamePerson where it is who sent one of the answers). `seen`
    is the `stamp` of what the page showed.
    """
    people = _of_group(duplicate, keep, others, seen)
    kept, wanted = people[keep], set(others) - {keep}
    changed = [FieldChange(people[pk], "merged_into_id", keep) for pk in sorted(wanted)]
    changed += [
        FieldChange(earlier, "merged_into_id", keep)
        for earlier in LandUser.objects.filter(merged_into__in=wanted).order_by("pk")
    ]
    changed += [
        FieldChange(holding, "land_user_id", keep)
        for holding in Holding.objects.filter(land_user__in=wanted).order_by("pk")
    ]
    for field, source in (carry or {}).items():
        if field not in CARRIED or source not in wanted:
            raise NotMergeable
        changed.append(FieldChange(kept, field, getattr(people[source], field)))
    changed += police_words.on_merging(keep, wanted, police_word, by=by)
    return _carry_out(Decision.Kind.MERGE, changed, duplicate, kept, by, reason)


@transaction.atomic
def set_apart(
    duplicate: Duplicate, keep: int, others: Collection[int], *, by: User, reason: str, seen: str
) -> Decision:
    """`keep` is none of `others`: not asked again until something new speaks for one person."""
    people = _of_group(duplicate, keep, others, seen)
    entries = {entry.id: entry for entry in entries_of(people)}
    changed: list[FieldChange] = []
    for other in sorted(set(others) - {keep}):
        first, second = entries[min(keep, other)], entries[max(keep, other)]
        word, _made = PairWord.objects.get_or_create(first_id=first.id, second_id=second.id)
        told = sorted(set(common(first, second).values()))
        changed += [
            FieldChange(word, "state", PairWord.State.APART.value),
            FieldChange(word, "evidence", told),
            FieldChange(word, "decided_by_id", by.pk),
            FieldChange(word, "decided_at", timezone.now()),
            FieldChange(word, "reason", reason),
        ]
    return _carry_out(Decision.Kind.APART, changed, duplicate, people[keep], by, reason)


@transaction.atomic
def split_number(
    duplicate: Duplicate, keep: int, others: Collection[int], *, by: User, reason: str, seen: str
) -> Decision:
    """The number is `keep`'s alone: it is taken off `others`; what was written stays in the change."""
    people = _of_group(duplicate, keep, others, seen)
    if duplicate.kind != Duplicate.Kind.NUMBER:
        raise NotMergeable
    changed = [FieldChange(people[pk], "id_number_raw", "") for pk in sorted(set(others) - {keep})]
    return _carry_out(Decision.Kind.SPLIT, changed, duplicate, people[keep], by, reason)


def check_undoable(decision: Decision) -> None:
    """Merges are taken back in the opposite order; Buried where a later one stands on this."""
    if decision.kind != Decision.Kind.MERGE:
        return
    moved = decision.change_set.changes.filter(model=LandUser._meta.label_lower, field="merged_into_id")
    for record, kept in moved.values_list("record_id", "new"):
        stands = LandUser.objects.live().filter(pk=int(kept or 0))
        if not stands.filter(merged=record).exists():
            raise Buried


def undo(decision: Decision, *, by: User) -> list[Change]:
    """Take any decision back; the changes that stay (`changes.undo`).

    What came in while entries were merged goes to whom it is about.
    """
    if decision.kind != Decision.Kind.MERGE:
        return changes.undo(decision.change_set, by=by)
    with transaction.atomic():
        kept = changes.undo(decision.change_set, by=by)
        moved = decision.change_set.changes.filter(model=LandUser._meta.label_lower, field="merged_into_id")
        pairs = moved.values_list("record_id", "new")
        police_words.after_parting({int(pk) for pair in pairs for pk in pair if pk is not None}, by=by)
    return kept


def stamp(people: Iterable[LandUser]) -> str:
    """A short mark of what a page shows of these entries: their values, plots, whom they point to, and what
    the police said."""
    known = sorted(people, key=lambda person: person.pk)
    ids = [person.pk for person in known]
    residents = dict(
        Verification.objects.filter(land_user__in=ids).values_list("land_user_id", "resident_id")
    )
    held = Holding.objects.filter(land_user__in=ids).order_by("pk")
    shown = [
        *(repr([person.pk, *(getattr(person, name) for name in _SHOWN)]) for person in known),
        repr([residents.get(pk) for pk in ids]),
        repr(sorted(police_words.borne(ids).items())),
        repr(list(held.values_list("pk", "land_user_id", "plot_id", "certificate_id"))),
    ]
    return hashlib.blake2b("\n".join(shown).encode(), digest_size=12).hexdigest()


def standing(duplicate: Duplicate) -> list[LandUser]:
    """The entries of a group that stand for themselves, in the order of their ids."""
    return list(
        LandUser.objects.live()
        .filter(pk__in=duplicate.members)
        .select_related("commune__office", "verification__resident__commune")
        .order_by("pk")
    )


def lacking(keep: LandUser, others: Sequence[LandUser]) -> dict[str, int]:
    """What the kept entry has no value for and one of the others has: field → the first of these."""
    return dict(_lacking(keep, others))


def _lacking(keep: LandUser, others: Sequence[LandUser]) -> Iterator[tuple[str, int]]:
    for field in CARRIED:
        if not getattr(keep, field):
            source = next((other for other in others if getattr(other, field)), None)
            if source is not None:
                yield field, source.pk


def _of_group(duplicate: Duplicate, keep: int, others: Collection[int], seen: str) -> dict[int, LandUser]:
    """The entries that stand, locked: two words on one entry come one after the other.

    EvidenceChanged where they are not what the page showed; NotMergeable where the word names other ones.
    """
    held = LandUser.objects.live().filter(pk__in=duplicate.members).order_by("pk")
    people = {person.pk: person for person in held.select_for_update()}
    current = Duplicate.objects.filter(pk=duplicate.pk, state=Duplicate.State.OPEN)
    if stamp(people.values()) != seen or not current.exists():
        raise EvidenceChanged
    wanted = set(others) - {keep}
    if not wanted or not wanted | {keep} <= people.keys():
        raise NotMergeable
    return people


def _carry_out(
    kind: Decision.Kind,
    wanted: list[FieldChange],
    duplicate: Duplicate,
    land_user: LandUser,
    by: User,
    reason: str,
) -> Decision:
    change_set = changes.plan(
        ChangeSet.Kind.MERGE, wanted, by=by, commune=land_user.commune_id, reason=reason
    )
    decision = Decision.objects.create(
        kind=kind,
        change_set=change_set,
        land_user=land_user,
        duplicate=duplicate,
        commune_id=land_user.commune_id,
        by=by,
        reason=reason,
    )
    changes.apply(change_set, by=by)
    if change_set.changes.filter(state="skipped").exists():
        raise WrongState(change_set.get_state_display())
    return decision


def last_of(duplicate: Duplicate) -> Decision | None:
    """The last word on these entries, taken back or not."""
    return Decision.objects.filter(duplicate=duplicate).select_related("by", "change_set").first()
