"""What the land register says."""

from .certificates import Certificate, Registration, Scan
from .holdings import Asset, Holding
from .land_users import LandUser
from .mappings import HeaderMapping
from .outlines import PlotOutline, PlotOverlap
from .plots import LandUse, LandUseCode, OriginCode, Plot
from .sheets import MapSheet, SheetCrosswalk

__all__ = [
    "Asset",
    "Certificate",
    "HeaderMapping",
    "Holding",
    "LandUse",
    "LandUseCode",
    "LandUser",
    "MapSheet",
    "OriginCode",
    "Plot",
    "PlotOutline",
    "PlotOverlap",
    "Registration",
    "Scan",
    "SheetCrosswalk",
]
