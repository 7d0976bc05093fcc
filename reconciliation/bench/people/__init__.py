"""A made-up population and the land users that clerks recorded of it, with the truth.

Written from what is known of the real records. It shares no code with the matching that is measured on it,
nor with the demonstration province.
"""

from .generate import Counts, generate
from .kinds import DIRT

__all__ = ["DIRT", "Counts", "generate"]
