"""Two workers look at neighbouring communes at the same time."""

from __future__ import annotations

from threading import Barrier, Thread

import pytest
from django.db import connection

from parcels import geometry
from parcels.geometry import looking
from parcels.models import Plot

from .ground import by_comparing_each_with_each, make_commune, make_plot, pairs, square, totals


@pytest.mark.django_db(transaction=True)
def test_overlaps_across_their_border_are_written_once_and_counted_whole(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    here, there = make_commune(), make_commune()
    for place in range(12):
        make_plot(here if place % 2 else there, square(9 * place))
    for commune in (here, there):
        geometry.draw_boxes([commune.pk])
    meet = Barrier(2, timeout=20)
    own = looking._overlaps

    def together(*given: object) -> object:
        found = own(*given)  # type: ignore[arg-type]
        meet.wait()  # both have found what they found before either writes
        return found

    monkeypatch.setattr(looking, "_overlaps", together)
    failed: list[BaseException] = []

    def look(commune: int) -> None:
        try:
            geometry.look_at_communes([commune])
        except BaseException as error:
            failed.append(error)
        finally:
            connection.close()

    workers = [Thread(target=look, args=[commune.pk]) for commune in (here, there)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert not failed
    expected, sums = by_comparing_each_with_each()
    assert len(expected) == 11
    assert pairs() == expected
    assert totals() == sums
    assert Plot.objects.filter(outline__isnull=False).count() == 12
