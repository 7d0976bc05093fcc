"""Geometry facts: what the outlines of plots say, and which of them lie over each other.

Outlines are looked at when they changed since the last look, with all that lies around them. Whoever changes
an outline or retires a plot inside a request asks for `refresh`; the job `geometry` looks at whole communes.
"""

from .looking import Looked, draw_boxes, look_at_communes, refresh

__all__ = ["Looked", "draw_boxes", "look_at_communes", "refresh"]
