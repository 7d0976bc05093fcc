"""The handbook: every rule as it is set, how many plots it holds back, how often it was waived."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Sum
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET

from landdb.models import Role, User
from landdb.web.gate import EVERYONE, allow
from landdb.web.shell import roles_of
from landdb.web.signed_in import user_of

from ..classification.notes import open_plots
from ..filters import address
from ..models import Dimension, Effect, Finding, Tally
from ..rules import book
from ..rules.catalogue import RULES, Rule
from ..rules.drafts import GROUPS

#: Who drafts changes of rules, for the whole province.
DRAFTERS = (Role.MANAGER, Role.ADMINISTRATOR)
#: Stands for a rule that does not run among the effects.
OFF = "off"


@dataclass(frozen=True, slots=True)
class Row:
    """A rule as it is set. `plots` are those on which it speaks now, `href` the list of them."""

    rule: Rule
    effect: str
    tolerance: float | None
    plots: int
    waived_plots: int
    waived: int
    href: str

    @property
    def is_on(self) -> bool:
        return self.effect != OFF

    @property
    def group(self) -> int | None:
        """The group to which a finding of it leads; none for one that only notes or does not run."""
        led = GROUPS[Effect(self.effect)] if self.is_on else 1
        return led if led > 1 else None

    @property
    def effect_label(self) -> str:
        return str(Effect(self.effect).label) if self.is_on else str(_("Không dùng"))

    @property
    def false_alarms(self) -> float | None:
        """Plots on which it was waived, of all plots on which it speaks."""
        if not self.plots + self.waived_plots:
            return None
        return self.waived_plots / (self.plots + self.waived_plots)


@allow(*EVERYONE)
@require_GET
def rules(request: HttpRequest) -> HttpResponse:
    """The rules, by dimension and effect; counts are those of the reader's territory."""
    user = user_of(request)
    rows = _rows(user)
    dimension, effect = request.GET.get("dimension", ""), request.GET.get("effect", "")
    base = dict(request.GET.lists())
    of_dimension = [row for row in rows if dimension in ("", row.rule.dimension)]
    of_effect = [row for row in rows if effect in ("", row.effect)]
    context = {
        "rows": [row for row in of_dimension if row in of_effect],
        "total": len(rows),
        "dimensions": _options(
            "dimension", Dimension.choices, dimension, [str(row.rule.dimension) for row in of_effect], base
        ),
        "effects": _options(
            "effect",
            [*Effect.choices, (OFF, _("Không dùng"))],
            effect,
            [row.effect for row in of_dimension],
            base,
        ),
        "drafts_are_open": user.role in roles_of("rule-drafts"),
        "may_draft": may_draft(user),
    }
    return render(request, "rules/rules.html", context)


def may_draft(user: User) -> bool:
    """Rules hold for the whole province, and so must the territory of who changes them."""
    return user.has_role(*DRAFTERS) and user.commune_ids() is None


def _rows(user: User) -> list[Row]:
    running = {ruling.rule.id: ruling for ruling in book.current().rulings}
    tallies = Tally.objects.visible_to(user).exclude(rule="").filter(plots__gt=0)
    plots = dict(tallies.values_list("rule").annotate(n=Sum("plots")).order_by())
    noted = {rule: sum(counts.values()) for rule, counts in open_plots(user).items()}
    links = user.role in roles_of("queue")
    waived = {
        rule: (n, on)
        for rule, n, on in Finding.objects.visible_to(user)
        .filter(state=Finding.State.WAIVED)
        .values_list("rule")
        .annotate(n=Count("pk"), on=Count("plot", distinct=True))
        .order_by()
    }
    rows = []
    for rule in RULES:
        ruling = running.get(rule.id)
        n, on = waived.get(rule.id, (0, 0))
        is_noting = ruling is not None and not ruling.counts
        speaks_on = (noted if is_noting else plots).get(rule.id, 0)
        rows.append(
            Row(
                rule,
                ruling.effect.value if ruling else OFF,
                ruling.tolerance if ruling and rule.tolerance is not None else rule.tolerance,
                speaks_on,
                on,
                n,
                _list_of(rule, is_noting) if links and speaks_on else "",
            )
        )
    return rows


def _list_of(rule: Rule, is_noting: bool) -> str:
    """The address of the plots on which a rule speaks: the queue, or for notes a list of their own."""
    return reverse("rule-plots", args=[rule.id]) if is_noting else f"{reverse('queue')}?rule={rule.id}"


def _options(
    name: str,
    choices: Iterable[tuple[str, Any]],
    chosen: str,
    found: list[str],
    base: dict[str, list[str]],
) -> list[dict[str, Any]]:
    return [
        {
            "label": label,
            "count": found.count(value),
            "is_on": value == chosen,
            "query": address(base, **{name: None if value == chosen else value}),
        }
        for value, label in choices
    ]
