"""The facets of the work list as links with counts, and the chips of those that are on."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.http import QueryDict
from django.utils.translation import gettext as _

from ..filters import address
from ..models import Verification, WorkItem
from ..models.work import NO_CANDIDATE, STAGES
from ..worklist_values import AGE, ANYWHERE, OVERDUE
from ..worklists import NOBODY, WAITED, WorkFilter
from .facets import (
    Option,
    commune_options,
    dimension_options,
    dimension_text,
    group_options,
    group_text,
    rule_options,
    rule_text,
)

#: Communes shown before the others are asked for.
FIRST = 12
With = WorkItem.With


def base_of(query: QueryDict) -> dict[str, list[str]]:
    """The facets of an address, without the place in the list."""
    return {name: query.getlist(name) for name in WorkFilter.FACETS if name in query}


def with_names() -> dict[str, str]:
    """Whom the facet "with whom" offers, in order."""
    return {
        With.DESK.value: str(With.DESK.label),
        With.POLICE.value: str(With.POLICE.label),
        With.COMMUNE.value: str(With.COMMUNE.label),
        With.CITIZEN.value: str(With.CITIZEN.label),
        With.LATER.value: str(With.LATER.label),
        OVERDUE: _("Quá hạn trả lời"),
        ANYWHERE: _("Ở mọi nơi"),
    }


def stage_text(stage: str) -> str:
    """A chosen stage where nothing beside it says what the words are about."""
    label = str(STAGES[stage])
    return label if stage == NO_CANDIDATE else _("tìm thấy bằng: %(stage)s") % {"stage": label}


def plots_text(said: str) -> str:
    """A chosen facet of plots, on a list of people."""
    return _("có thửa: %(said)s") % {"said": said}


def age_names() -> list[str]:
    """The ages in words, in order."""
    return [_("đến 7 ngày"), _("8 đến 30 ngày"), _("31 đến 90 ngày"), _("trên 90 ngày")]


def options(
    wanted: WorkFilter, base: Mapping[str, list[str]], counts: Mapping[str, int]
) -> dict[str, list[Option]]:
    """All facets; `counts` are those of `WorkFilter.beside_counts`."""
    return {
        "outcomes": _outcomes(wanted, base),
        "stages": _stages(wanted, base),
        **_of_plots(wanted, base),
        "communes": commune_options(wanted.communes, wanted.commune_ids, wanted.counts.communes, base),
        "withs": _withs(wanted, base),
        "waited": [
            Option(
                f"waited{days}",
                _("Từ %(n)d ngày") % {"n": days},
                counts[f"waited{days}"],
                wanted.waited == days,
                address(base, waited=None if wanted.waited == days else str(days)),
                is_capped=True,
            )
            for days in WAITED
        ],
        "more": [
            _switch("mine", _("Giao cho tôi"), wanted.is_mine, base, counts),
            _switch("again", _("Kết luận mở lại"), wanted.is_again, base, counts),
        ],
    }


def chips(wanted: WorkFilter, base: Mapping[str, list[str]]) -> list[dict[str, Any]]:
    """What is being filtered, each with the address that takes it away."""
    found: list[dict[str, Any]] = []

    def add(text: str, **changed: str | list[str] | None) -> None:
        found.append({"text": text, "query": address(base, **changed)})

    if wanted.search:
        add(f"“{wanted.search.text}”", q=None)
    for outcome in wanted.outcomes:
        rest = [other for other in wanted.outcomes if other != outcome]
        add(str(Verification.Outcome(outcome).label), outcome=rest)
    for stage in wanted.stages:
        add(stage_text(stage), stage=[other for other in wanted.stages if other != stage])
    for group in wanted.of_plots.groups:
        left = [str(other) for other in wanted.of_plots.groups if other != group]
        add(plots_text(group_text(group)), group=left)
    if wanted.of_plots.dimension:
        add(plots_text(dimension_text(wanted.of_plots.dimension)), dimension=None)
    if wanted.of_plots.rule:
        add(plots_text(rule_text(wanted.of_plots.rule)), rule=None)
    for pk in wanted.commune_ids:
        rest = [wanted.communes[other].code for other in wanted.commune_ids if other != pk]
        add(wanted.communes[pk].name, commune=rest)
    if wanted.waits:
        add(with_names()[wanted.waits], **{"with": None})
    if wanted.waited:
        add(_("chờ từ %(n)d ngày") % {"n": wanted.waited}, waited=None)
    if wanted.age is not None:
        add(_("chờ %(days)s") % {"days": age_names()[wanted.age]}, age=None)
    if wanted.is_mine:
        add(_("giao cho tôi"), mine=None)
    if wanted.given:
        name = wanted.officer.full_name if wanted.officer else _("ai đó")
        is_free = wanted.given == NOBODY
        add(_("chưa giao ai") if is_free else _("giao cho %(name)s") % {"name": name}, given=None)
    if wanted.is_again:
        add(_("kết luận mở lại"), again=None)
    return found


def orders(wanted: WorkFilter, base: Mapping[str, list[str]]) -> dict[str, str]:
    """The addresses of the two orders."""
    return {"impact": address(base, order=None), "age": address(base, order=AGE)}


def _switch(
    name: str, label: str, is_on: bool, base: Mapping[str, list[str]], counts: Mapping[str, int]
) -> Option:
    query = address(base, **{name: None if is_on else "1"})
    return Option(name, label, counts[name], is_on, query, is_capped=True)


def _outcomes(wanted: WorkFilter, base: Mapping[str, list[str]]) -> list[Option]:
    counts, chosen = wanted.counts.outcomes, set(wanted.outcomes)
    found = [
        Option(
            outcome.value,
            str(outcome.label),
            counts.get(outcome.value, 0),
            outcome.value in chosen,
            address(base, outcome=sorted(chosen ^ {outcome.value})),
        )
        for outcome in Verification.Outcome
        if counts.get(outcome.value) or outcome.value in chosen
    ]
    return sorted(found, key=lambda option: -option.count)


def _stages(wanted: WorkFilter, base: Mapping[str, list[str]]) -> list[Option]:
    """In the order in which matching looks."""
    counts, chosen = wanted.counts.stages, set(wanted.stages)
    return [
        Option(
            stage,
            str(label),
            counts.get(stage, 0),
            stage in chosen,
            address(base, stage=sorted(chosen ^ {stage})),
        )
        for stage, label in STAGES.items()
        if counts.get(stage) or stage in chosen
    ]


def _of_plots(wanted: WorkFilter, base: Mapping[str, list[str]]) -> dict[str, list[Option]]:
    """The facets of the list of plots: of whom a plot waits that stands under them."""
    on, counts = wanted.of_plots, wanted.plot_counts
    return {
        "groups": group_options(on.groups, counts.groups, base),
        "rules": rule_options(on.rule, counts.rules, base),
        "dimensions": dimension_options(on.dimension, on.rule, counts.dimensions, base),
    }


def _withs(wanted: WorkFilter, base: Mapping[str, list[str]]) -> list[Option]:
    counts = wanted.counts.withs
    return [
        Option(
            key or "desk",
            label,
            counts.get(key, 0),
            wanted.waits == key,
            address(base, **{"with": key if key and wanted.waits != key else None}),
        )
        for key, label in with_names().items()
    ]
