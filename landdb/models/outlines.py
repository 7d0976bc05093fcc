"""How communes look on small maps: their boundaries, as the province itself draws them."""

from __future__ import annotations

from django.db import models

from .units import AdminUnit


class CommuneOutline(models.Model):
    """A commune's boundary, simplified for a map of the province.

    `rings`: closed rings, each longitude and latitude in turn, in hundred-thousandths of a degree (WGS84,
    about a metre); what lies within two of them is a hole.
    """

    unit = models.OneToOneField(AdminUnit, primary_key=True, on_delete=models.CASCADE, related_name="outline")
    rings = models.JSONField()
    changed_at = models.DateTimeField(auto_now=True)

    def __str__(self) -> str:
        return f"{self.unit_id}"
