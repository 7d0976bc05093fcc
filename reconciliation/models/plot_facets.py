"""In which groups the plots of a work item are and what holds them back; how many items there are of each."""

from __future__ import annotations

import pgtrigger
from django.db import models
from django.db.models import Q

from landdb.models import AdminUnit
from landdb.models.territory import InTerritory

from .by_difference import ByDifference, statement_trigger

#: Of a rule's name, as in `PlotStatus.rules`; dimensions ("clean") are shorter.
LONGEST = 40

_CELL = "commune_id, outcome, stage, waits_with, waits_until, plot_groups, facet"
KEPT = ByDifference("reconciliation_plotfacetcount", _CELL, ("items", "plots"))

# An item that is opened, or gets or loses plots, is due. That other plots than before wait on it, or that
# these stand under something else, is said by whoever judges them.
_OPENED = """
    INSERT INTO reconciliation_plotfacetsdue (land_user_id)
    SELECT land_user_id FROM new_values WHERE state = 'open';
"""
_CHANGED = """
    INSERT INTO reconciliation_plotfacetsdue (land_user_id)
    SELECT n.land_user_id FROM new_values n JOIN old_values o ON o.id = n.id
    WHERE n.state = 'open' AND (o.state, o.plots) <> (n.state, n.plots);
"""


class PlotFacetCount(models.Model):
    """So many open work items more or fewer with plots in just these groups and, of whichever, one under a
    facet: a rule or a dimension; the sum of a cell's rows holds.

    An item is once under each facet of its plots, and once under EVERY; in all of them once under its stage,
    and once under ANY_STAGE: told apart by stages the list as it opens would be summed up from twice as many
    cells.
    """

    EVERY = ""
    ANY_STAGE = ""

    # As with work items: no foreign key in the database.
    commune = models.ForeignKey(
        AdminUnit, null=True, on_delete=models.DO_NOTHING, db_index=False, db_constraint=False
    )
    outcome = models.CharField(max_length=14)
    stage = models.CharField(max_length=14)
    waits_with = models.CharField(max_length=7)
    waits_until = models.DateField(null=True)
    plot_groups = models.CharField(max_length=3)
    facet = models.CharField(max_length=LONGEST)
    items = models.IntegerField()
    plots = models.IntegerField()

    objects = InTerritory["PlotFacetCount"].as_manager()

    class Meta:
        indexes = [
            # most look at the desk alone, which is a fifth of the cells
            models.Index(
                fields=["stage", "waits_with", "commune"],
                include=["outcome", "waits_until", "plot_groups", "facet", "items"],
                name="plotfacetcount_look",
            ),
            # all other facets, under one of these
            models.Index(
                fields=["facet", "commune"],
                include=["outcome", "stage", "waits_with", "waits_until", "plot_groups", "items", "plots"],
                condition=~Q(stage=""),
                name="plotfacetcount_under",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.commune_id} {self.plot_groups} {self.facet}: {self.items:+}"


class PlotFacetsDue(models.Model):
    """A land user whose plots may stand under something else than its work item says.

    Written in the transaction that changed plots or item, worked out a moment later
    (`classification.plot_facets`). Somebody may stand here several times.
    """

    land_user_id = models.BigIntegerField(db_index=True)

    def __str__(self) -> str:
        return str(self.land_user_id)


def keeping() -> list[pgtrigger.Trigger]:
    """The triggers of the work items that keep the counts, and tell whose facets are due."""
    cell = """
        SELECT commune_id, outcome, at.stage, waits_with, waits_until, plot_groups, facet,
            {n} AS items, {n} * plots AS plots
        FROM {rows} item, unnest(item.plot_facets || ''::varchar) AS facet,
            unnest(ARRAY['', item.stage]) AS at (stage)
        WHERE state = 'open'
    """
    opened = pgtrigger.Referencing(new="new_values")
    changed = pgtrigger.Referencing(old="old_values", new="new_values")
    return [
        *KEPT.triggers(
            come=cell.format(n=1, rows="new_values"),
            gone=cell.format(n=-1, rows="old_values"),
            name="facets",
        ),
        statement_trigger("due_new", pgtrigger.Insert, opened, _OPENED),
        statement_trigger("due_changed", pgtrigger.Update, changed, _CHANGED),
    ]
