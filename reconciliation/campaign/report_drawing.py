"""Charts as shapes on a plane, drawn once: the page shows them as SVG, the Word document as a picture."""

from __future__ import annotations

from dataclasses import dataclass, field

Point = tuple[float, float]

#: Units of the plane across; about a third of a millimetre each on A4.
WIDTH = 704


@dataclass(frozen=True, slots=True)
class Mark:
    """A shape: "line", "fan" (filled), "bar" or "dot".

    `style` of a line is grid, axis, plan (dashed), actual, pace (dotted) or cut (dashed, thin); `title` is
    what it says by itself.
    """

    shape: str
    points: tuple[Point, ...]
    style: str = ""
    title: str = ""

    @property
    def path(self) -> str:
        """As SVG writes a line or an area."""
        return "M" + "L".join(f"{x:.1f} {y:.1f}" for x, y in self.points)

    @property
    def box(self) -> tuple[str, str, str, str]:
        """Of a bar: x, y, width, height."""
        (left, top), (right, bottom) = self.points
        return f"{left:.1f}", f"{top:.1f}", f"{right - left:.1f}", f"{bottom - top:.1f}"

    @property
    def spot(self) -> tuple[str, str]:
        ((x, y),) = self.points
        return f"{x:.1f}", f"{y:.1f}"


@dataclass(frozen=True, slots=True)
class Label:
    """Words at a point of their base line; `anchor` start, mid or end."""

    x: float
    y: float
    text: str
    anchor: str = "start"
    is_strong: bool = False

    @property
    def spot(self) -> tuple[str, str]:
        return f"{self.x:.1f}", f"{self.y:.1f}"


@dataclass
class Drawing:
    height: int
    alt: str
    marks: list[Mark] = field(default_factory=list)
    labels: list[Label] = field(default_factory=list)

    @property
    def box(self) -> str:
        return f"0 0 {WIDTH} {self.height}"

    def line(self, style: str, *points: Point) -> None:
        self.marks.append(Mark("line", points, style))

    def fan(self, *points: Point) -> None:
        self.marks.append(Mark("fan", points))

    def bar(self, left: float, top: float, right: float, bottom: float, title: str) -> None:
        self.marks.append(Mark("bar", ((left, top), (right, bottom)), title=title))

    def dot(self, x: float, y: float, title: str) -> None:
        self.marks.append(Mark("dot", ((x, y),), title=title))

    def label(self, x: float, y: float, text: str, anchor: str = "start", *, strong: bool = False) -> None:
        self.labels.append(Label(x, y, text, anchor, strong))
