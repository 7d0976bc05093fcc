"""Imports run one way: normalise → landdb → parcels, citizens → reconciliation, floor by floor."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
#: A module may import from its own floor and from every floor above it in this list.
FLOORS = [
    ["landdb.normalise"],
    ["landdb.prepared", "landdb.env", "landdb.database", "landdb.services"],
    ["landdb.models", "landdb.history"],
    ["landdb"],
    ["parcels", "citizens"],
    ["reconciliation.models"],
    ["reconciliation.matching"],
    ["reconciliation.duplicates"],
    ["reconciliation.rules"],
    ["reconciliation.classification"],
    ["reconciliation.actions"],
    ["reconciliation.campaign"],
    [
        "reconciliation.filters",
        "reconciliation.places",
        "reconciliation.readings",
        "reconciliation.plot_search",
        "reconciliation.queue_counts",
        "reconciliation.queue_page",
        "reconciliation.queue_values",
        "reconciliation.worklist_values",
        "reconciliation.worklist_facets",
        "reconciliation.worklist_page",
        "reconciliation.worklist_plots",
        "reconciliation.worklists",
        "reconciliation.work_places",
        "reconciliation.next_work",
        "reconciliation.unknown_facets",
        "reconciliation.tasks",
    ],
    ["reconciliation.demo"],
    ["reconciliation.bench"],
    ["reconciliation.web", "reconciliation.management", "reconciliation.urls", "reconciliation.apps"],
]
#: The roof puts everything together.
ROOF = {"landdb.urls", "landdb.settings", "landdb.celery", "landdb.wsgi"}
OURS = ("landdb", "parcels", "citizens", "reconciliation")


def floor_of(module: str) -> int:
    best, height = -1, -1
    for number, rooms in enumerate(FLOORS):
        for room in rooms:
            if (module == room or module.startswith(room + ".")) and len(room) > best:
                best, height = len(room), number
    return height


def modules() -> Iterator[tuple[str, Path]]:
    for package in OURS:
        for file in (ROOT / package).rglob("*.py"):
            if "migrations" not in file.parts:
                parts = file.relative_to(ROOT).with_suffix("").parts
                yield ".".join(parts[:-1] if parts[-1] == "__init__" else parts), file


def imported(module: str, file: Path) -> Iterator[str]:
    package = module if file.name == "__init__.py" else module.rpartition(".")[0]
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = package.split(".")[: len(package.split(".")) - (node.level - 1)] if node.level else []
            stem = (
                ".".join([*base, node.module] if node.module else base) if node.level else (node.module or "")
            )
            yield from (f"{stem}.{alias.name}" for alias in node.names)


@pytest.mark.parametrize(("module", "file"), [pytest.param(*pair, id=pair[0]) for pair in sorted(modules())])
def test_a_room_imports_only_from_its_own_floor_and_below(module: str, file: Path) -> None:
    if module in ROOF:
        return
    for name in imported(module, file):
        if name.split(".")[0] in OURS and name not in ROOF and not name.startswith("landdb.celery"):
            assert floor_of(name) <= floor_of(module), f"{module} reaches up to {name}"


def test_register_and_registry_do_not_know_each_other() -> None:
    for module, file in modules():
        room = module.split(".")[0]
        other = {"parcels": "citizens", "citizens": "parcels"}.get(room)
        if other:
            assert not [name for name in imported(module, file) if name.split(".")[0] == other], module


def test_normalise_knows_no_django() -> None:
    for module, file in modules():
        if module.startswith("landdb.normalise"):
            assert not [name for name in imported(module, file) if name.split(".")[0] == "django"], module
