"""What a day brings for people: words on matches, entries mended and joined, news from the registry."""

from __future__ import annotations

import csv
import io
from contextlib import suppress

from django.db.models import Exists, OuterRef
from django.utils import timezone

from citizens.models import Resident
from landdb import jobs
from landdb.intake import keeping
from parcels.models import LandUser
from reconciliation.actions import changes, duplicates, matches
from reconciliation.actions.changes import FieldChange, WrongState
from reconciliation.models import ChangeSet, Decision, Duplicate, Match, Verification
from tests import factories as make

from .any_day import Day
from .days import work

_SEXES = {"M": "Nam", "F": "Nữ"}


def decide(day: Day) -> None:
    """Somebody says of a candidate that it is the land user, is another, or that nobody can tell."""
    candidates = list(Match.objects.filter(land_user__merged_into=None).order_by("pk"))
    if not candidates:
        return
    match = day.chance.choice(candidates)
    kind = day.chance.choice(
        [Decision.Kind.SAME, Decision.Kind.SAME, Decision.Kind.DIFFERENT, Decision.Kind.UNSURE]
    )
    matches.decide(
        match,
        kind,
        by=day.reviewer,
        reason="đã xem hồ sơ",
        seen=matches.stamp(match),
        mend=day.chance.random() < 0.5,
    )


def turn_all_down(day: Day) -> None:
    """Somebody says that the registry does not have a land user."""
    person = day.chance.choice(list(LandUser.objects.live().order_by("pk")))
    seen = matches.stamp_all(person.matches.all())
    matches.decide_not_in_registry(person.pk, by=day.reviewer, reason="không ai", seen=seen)


def mend(day: Day) -> None:
    """An entry is corrected, now and then by what stands in another one."""
    entries = list(LandUser.objects.live().order_by("pk"))
    person, other = day.chance.choice(entries), day.chance.choice(entries)
    field = day.chance.choice(["name_raw", "birth_raw", "sex_raw", "id_number_raw", "address_raw"])
    made_up = {"name_raw": "Lê Thị Khác", "birth_raw": "1975", "sex_raw": "Nữ", "address_raw": "Thôn Đoài"}
    new = day.chance.choice([getattr(other, field), getattr(other, field), made_up.get(field, "")])
    change_set = changes.plan(
        ChangeSet.Kind.CORRECTION,
        [FieldChange(person, field, new)],
        by=day.reviewer,
        commune=person.commune_id,
    )
    changes.apply(change_set, by=day.reviewer, at_once=day.chance.choice([0, 1, None]))


def join(day: Day) -> None:
    """Entries that look like one person are merged or told apart, or a number is left to one of them."""
    found = list(Duplicate.objects.open().order_by("pk"))
    if not found:
        return
    duplicate = day.chance.choice(found)
    people = duplicates.standing(duplicate)
    keep, *others = day.chance.sample(people, len(people))
    ids = [other.pk for other in others[: day.chance.randint(1, 2)]]
    said = {"by": day.reviewer, "reason": "đã hỏi", "seen": duplicates.stamp(people)}
    with suppress(duplicates.NotMergeable, WrongState):
        if duplicate.kind == Duplicate.Kind.NUMBER and day.chance.random() < 0.5:
            duplicates.split_number(duplicate, keep.pk, ids, **said)
        elif day.chance.random() < 0.3:
            duplicates.set_apart(duplicate, keep.pk, ids, **said)
        else:
            carry = duplicates.lacking(keep, others[: len(ids)])
            duplicates.merge(duplicate, keep.pk, ids, carry, **said)


def hear_from_the_registry(day: Day) -> None:
    """An extract comes in: deaths, other names and numbers, newcomers; whom it touches follows."""
    _give_matches()
    known = list(Resident.objects.order_by("pk"))
    rows = [_row(each) for each in day.chance.sample(known, min(4, len(known)))]
    for row in rows[1:]:
        row |= day.chance.choice(
            [
                {"status": "deceased", "died_on": "2026-02-01"},
                {"status": "cancelled"},
                {"status": "alive"},
                {"full_name": "Đặng Quang Minh"},
                {"dob": "1950-01-02"},
                {"cccd": day.chance.choice(known).id_number},
            ]
        )
    person = day.chance.choice(list(LandUser.objects.live().order_by("pk")))
    rows.append(_row(make.make_resident(person)) | {"resident_id": f"moi-{day.number()}"})
    Resident.objects.latest("pk").delete()
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, list(rows[0]))
    writer.writeheader()
    writer.writerows(rows)
    path, _digest, _size = keeping.keep([text.getvalue().encode()], ".csv")
    jobs.start(
        "import_residents",
        by=day.senior,
        path=path.name,
        name="dân cư.csv",
        extracted_on=timezone.localdate().isoformat(),
        purpose="đối chiếu",
        then=["rematch"],
    )
    # Between the extract and those whom it touches the plots say what the registry said before.
    work()


def take_back_a_word(day: Day) -> None:
    """One of the last decisions is taken back, not always in the opposite order."""
    applied = Decision.objects.filter(change_set__state=ChangeSet.State.APPLIED)
    last = list(applied.exclude(kind=Decision.Kind.APPLY_UPLOAD)[:4])
    if last:
        decision = day.chance.choice(last)
        with suppress(duplicates.Buried):
            duplicates.check_undoable(decision)
            changes.undo(decision.change_set, by=decision.by)


def _give_matches() -> None:
    """Who was tied to a resident by a test alone gets the match that such a tie comes of."""
    own = Match.objects.filter(land_user=OuterRef("land_user"), resident=OuterRef("resident"))
    for tied in Verification.objects.exclude(resident=None).filter(~Exists(own)):
        make.make_match(tied.land_user, tied.resident, commune=tied.commune)


def _row(resident: Resident) -> dict[str, str]:
    """A resident as an extract names them, without the commune."""
    born = resident.birth_on.isoformat() if resident.birth_on else str(resident.birth_year or "")
    return {
        "resident_id": resident.resident_key,
        "full_name": resident.name,
        "dob": born,
        "sex": _SEXES.get(resident.sex, ""),
        "cccd": resident.id_number,
        "cmnd": resident.former_number,
        "status": resident.status,
        "died_on": resident.died_on.isoformat() if resident.died_on else "",
    }
