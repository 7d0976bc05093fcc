"""What rules see of holdings."""

from __future__ import annotations

from django.db import models

from ..models import Finding
from .base import FACTS, Facts

_CAPITALS = "ÀÁẢÃẠĂẰẮẲẴẶÂẦẤẨẪẬĐÈÉẺẼẸÊỀẾỂỄỆÌÍỈĨỊÒÓỎÕỌÔỒỐỔỖỘƠỜỚỞỠỢÙÚỦŨỤƯỪỨỬỮỰỲÝỶỸỴ"


def small(text: str) -> str:
    """SQL for a text in small letters; a database without Vietnamese rules lowers only A to Z."""
    return f"translate(lower({text}), '{_CAPITALS}', '{_CAPITALS.lower()}')"


class HoldingFacts(Facts):
    """A standing holding: who uses the plot now, in which form it is held, on which sheets it may lie.

    The holder's name may stand in today's user's with a title before it, in capitals or not.
    """

    subject = Finding.Subject.HOLDING
    plots = "SELECT plot_id, id FROM judging_holding WHERE is_standing"
    query = f"""
        SELECT h.id, h.legal_form, h.certificate_sheet, h.certificate_plot, h.current_user_name,
            h.change_reason,
            u.name AS holder_name, p.sheet IS NULL OR p.number IS NULL AS plot_is_unnumbered,
            h.current_user_name <> ''
                AND strpos({small("h.current_user_name")}, COALESCE(NULLIF({small("u.name")}, ''), '?')) = 0
                AND (h.current_user_number = '' OR h.current_user_number <> COALESCE(u.id_number, ''))
                AS user_differs,
            COALESCE(held.holders, 0) AS holders,
            COALESCE(leads.targets, 0) AS sheet_targets
        FROM judging_holding h
        JOIN judging_plot p ON p.plot_id = h.plot_id
        LEFT JOIN parcels_landuser u ON u.id = h.land_user_id
        LEFT JOIN (
            SELECT plot_id, count(DISTINCT land_user_id) AS holders
            FROM judging_holding WHERE is_standing GROUP BY 1
        ) held ON held.plot_id = h.plot_id
        LEFT JOIN (
            SELECT h.id, count(DISTINCT (x.commune_id, x.sheet)) AS targets
            FROM judging_holding h
            JOIN judging_plot p ON p.plot_id = h.plot_id AND (p.sheet IS NULL OR p.number IS NULL)
            JOIN parcels_sheetcrosswalk x ON x.commune_id = p.commune_id
                AND x.old_sheet
                    = CASE WHEN h.certificate_sheet ~ '^[0-9]{{1,6}}$' THEN h.certificate_sheet::int END
            GROUP BY 1
        ) leads ON leads.id = h.id
        WHERE h.is_standing
    """  # noqa: S608  our own text

    legal_form = models.CharField()
    certificate_sheet = models.CharField()
    certificate_plot = models.CharField()
    current_user_name = models.CharField()
    change_reason = models.CharField()
    holder_name = models.CharField(null=True)
    plot_is_unnumbered = models.BooleanField()
    user_differs = models.BooleanField()
    holders = models.IntegerField()
    sheet_targets = models.IntegerField()

    class Meta:
        managed = False
        apps = FACTS
        app_label = "facts"
        db_table = "facts"

    @property
    def label(self) -> str:
        return self.holder_name or f"#{self.pk}"
