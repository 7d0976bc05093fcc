"""What all rules share: the shape of a rule, who can mend what it finds, and the facts it looks at."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, ClassVar

from django.apps.registry import Apps
from django.db import models
from django.db.models import Q
from django.utils.formats import number_format
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from landdb.models import Delivery

from ..models import Dimension, Effect, Finding

#: Facts are columns of a query, not tables: they stay out of the project's own models and migrations.
FACTS = Apps()

Source = Delivery.Source
Words = str | Promise


class Who(models.TextChoices):
    """Who can supply what a rule misses."""

    OFFICE = "office", _("Văn phòng đăng ký đất đai")
    COMMUNE = "commune", _("Uỷ ban nhân dân xã, phường")
    CITIZEN = "citizen", _("Người sử dụng đất")
    POLICE = "police", _("Công an")


class Facts(models.Model):
    """What the rules see of one kind of subject: a row per subject on the plots being judged.

    `query` reads from the tables of `scope`, which hold one plot or a commune; `plots` pairs each subject's
    id with its plots.
    """

    subject: ClassVar[Finding.Subject]
    query: ClassVar[str]
    plots: ClassVar[str]
    #: Columns that another day alone may change.
    daily: ClassVar[tuple[str, ...]] = ()

    class Meta:
        abstract = True

    @property
    def label(self) -> str:
        """How a person would name the subject."""
        raise NotImplementedError


class Rule:
    """One thing that can be wrong with a plot or with what stands on it.

    `when` is a condition on the facts, answered by the database. `needs` are the sources without which the
    rule is not judged. `tolerance` is the number that `condition` compares with, in the unit of
    `tolerance_unit`. `is_for_bare_plots` rules also look at plots of which nothing but the drawing is known.
    Where a rule `hides_others`, most others have nothing to look at yet: mending it is not all that is left.
    `text` is a sentence with facts in it. `witness` are facts beside those of condition and sentence on which
    a person who waives the finding relies. `version` rises when the condition or the dimension changes.
    """

    id: ClassVar[str]
    name: ClassVar[Words]
    dimension: ClassVar[Dimension]
    effect: ClassVar[Effect] = Effect.SUPPLEMENT
    subject: ClassVar[type[Facts]]
    needs: ClassVar[tuple[Source, ...]] = (Source.REGISTER,)
    when: ClassVar[Q]
    text: ClassVar[Words] = ""
    mend: ClassVar[Words]
    who: ClassVar[Who]
    basis: ClassVar[str]
    tolerance: ClassVar[float | None] = None
    tolerance_unit: ClassVar[Words] = ""
    is_for_bare_plots: ClassVar[bool] = False
    hides_others: ClassVar[bool] = False
    witness: ClassVar[tuple[str, ...]] = ()
    version: ClassVar[int] = 1

    def condition(self, tolerance: float) -> Q:
        """The condition under a tolerance; rules without one ignore it."""
        return self.when

    def nearly(self, tolerance: float, share: float) -> Q | None:
        """The condition at a share of what is allowed; None where nothing is."""
        return None if self.tolerance is None else self.condition(tolerance * share)

    @property
    def explanation(self) -> str:
        """The class's docstring: what the rule means, for the handbook."""
        return " ".join((type(self).__doc__ or "").split())

    def sentence(self, finding: Finding | None = None, facts: Facts | None = None) -> str:
        """What is wrong, with the values looked at where they are at hand."""
        if facts is None or not self.text:
            return str(self.name)
        return str(self.text).format_map(_Shown(facts))

    def __repr__(self) -> str:
        return f"<rule {self.id}>"


class _Shown(Mapping[str, str]):
    """Facts as they stand in a sentence; what is empty shows as a dash."""

    def __init__(self, facts: Facts) -> None:
        self.facts = facts

    def __getitem__(self, key: str) -> str:
        return shown(getattr(self.facts, key))

    def __iter__(self) -> Iterator[str]:
        return (field.attname for field in self.facts._meta.fields)

    def __len__(self) -> int:
        return len(self.facts._meta.fields)


def shown(value: Any) -> str:
    """A fact as it stands in a sentence: days as dd/mm/yyyy, numbers as the language writes them."""
    if value is None or value == "":
        return "–"
    if hasattr(value, "strftime"):
        return f"{value:%d/%m/%Y}"
    if isinstance(value, bool | int | str):
        return str(value)
    return str(number_format(value, decimal_pos=2).rstrip("0").rstrip(",."))
