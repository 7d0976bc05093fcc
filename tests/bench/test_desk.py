"""What the officers of the bench read off a page, and what the bench makes of what they did."""

from __future__ import annotations

import random
from typing import Any

from reconciliation.bench.desk import checks, run
from reconciliation.bench.desk.officer import Word
from reconciliation.bench.desk.pages import WORDS, Form, Page

PAGE = """
<a class="btn" href="/queue/people/start/?after=3.7&amp;left=5" data-key="j">Sau</a>
<form id="decide" method="post" action="/land-users/5/decide/?outcome=ambiguous">
<input type="hidden" name="seen" value="a&quot;b"><button type="submit" disabled hidden></button>
<button name="decision" value="same">S</button><button name="decision" value="unsure">U</button></form>
<input name="reason" required form="decide"><label><input type="checkbox" name="mend" form="decide" checked>
</label><input list="words"><datalist id="words"><option value="x"></option></datalist>
<form method="post" action="/land-users/5/hand-on/"><input type="hidden" name="where" value="police">
<input type="radio" name="why" value="police_unclear"><input type="radio" name="why" value="police_absent">
<select name="who"><option value="">–</option><option value="3">Mai</option></select>
<textarea name="note"></textarea><button>Chuyển</button></form>
<div class="beside" hx-get="/land-users/5/beside/" hx-trigger="intersect once"></div>
"""


def test_a_form_is_filled_as_the_page_asks() -> None:
    page = Page.read("/land-users/5/", 200, PAGE)
    assert page.keyed("j") == "/queue/people/start/?after=3.7&left=5"
    assert [part["hx-get"] for part in page.later] == ["/land-users/5/beside/"]
    decide, hand_on = page.forms
    assert [button["value"] for button in decide.buttons] == ["same", "unsure"]
    assert sorted(decide.filled(decide.buttons[1], random.Random(1))) == [
        ("decision", "unsure"), ("mend", "on"), ("reason", WORDS), ("seen", 'a"b'),
    ]  # fmt: skip
    sent = dict(hand_on.filled(hand_on.buttons[0], random.Random(1)))
    assert sent.pop("why") in ("police_unclear", "police_absent")
    assert sent == {"where": "police", "who": "3", "note": WORDS}


def word(officer: int, shown: float, sent: float, **more: Any) -> Word:
    return Word(**{
        "officer": officer, "land_user": 7, "shown": shown, "sent": sent, "answered": sent + 0.1,
        "is_accepted": True, "value": "same", **more,
    })  # fmt: skip


def test_two_who_were_heard_on_one_showing_collide() -> None:
    first = word(1, shown=0.0, sent=5.0)
    assert checks.decided_twice([first, word(2, shown=1.0, sent=6.0)]) == 1
    assert checks.decided_twice([first, word(2, shown=5.5, sent=6.0)]) == 0
    assert checks.decided_twice([first, word(2, shown=1.0, sent=6.0, is_accepted=False)]) == 0
    assert checks.decided_twice([first, word(2, shown=1.0, sent=6.0, land_user=8)]) == 0
    assert checks.decided_twice([word(1, 0.0, 5.0, undone=5.5), word(2, shown=1.0, sent=6.0)]) == 0


def test_kinds_are_told_apart_and_together_and_the_warming_up_not_at_all() -> None:
    told = run.by_kind(
        [("queue:people", 10.0), ("queue:plots", 30.0), ("warm-queue:people", 900.0), ("-", 5.0)]
    )
    assert list(told) == ["queue", "queue:people", "queue:plots"]
    assert told["queue"] == {"count": 2, "median_ms": 20.0, "p95_ms": 29.0, "most_ms": 30.0}


def test_a_slow_kind_and_a_fault_miss_the_reach() -> None:
    figures = {"count": 40, "median_ms": 50.0, "p95_ms": 101.0, "most_ms": 300.0}
    few = {**figures, "count": 3}
    told = {
        "server": {"desk": figures, "next": few}, "fault_count": 1, "decided_twice": 0, "unwritten": 0,
        "held_twice": 0, "peak_gb": {"engine": 1.2},
    }  # fmt: skip
    reached = run.judge(told)
    assert {name for name, each in reached.items() if each["ok"] is False} == {"desk_p95_ms", "fault_count"}
    assert reached["next_p95_ms"]["ok"] is None


def test_of_boxes_of_one_name_one_is_ticked_where_none_is() -> None:
    boxes = [{"name": "fields_asked", "type": "checkbox", "value": value} for value in ("name", "birth")]
    alone = {"name": "mend", "type": "checkbox", "value": "1"}
    asked = Form("post", "/", [*boxes, alone])
    sent = asked.filled({}, random.Random(1))
    assert [name for name, _value in sent] == ["fields_asked"]
    boxes[1]["checked"] = ""
    assert asked.filled({}, random.Random(1)) == [("fields_asked", "birth")]
