"""Which plots a change bears on."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from django.db import connection


def plots_of_land_users(ids: Sequence[int]) -> list[int]:
    """Plots that these land users hold."""
    return sorted(_ask((_OF_PEOPLE, ids))[0])


def plots_of_certificates(ids: Sequence[int]) -> list[int]:
    """Plots that these certificates are for."""
    return sorted(_ask((_OF_PAPERS, ids))[0])


def plots_of_numbers(numbers: Sequence[str]) -> list[int]:
    """Plots of the land users with these identity numbers, but for entries that were merged into others."""
    with connection.cursor() as cursor:
        cursor.execute(_OF_NUMBERS, [list(numbers)])
        return sorted({plot for (plot,) in cursor.fetchall()})


def plots_sharing(
    plot_ids: Sequence[int], *, land_users: Iterable[int] = (), certificates: Iterable[int] = ()
) -> list[int]:
    """Other plots on which a change of these may bear, by the rules across records.

    They share a plot number, a code, a certificate or serial, a land user, an id number, a resident or some
    ground. `land_users` and `certificates` are asked about beside those of the plots: an entry counts for the
    plots of others also while it has none itself. Ask before a change and after it; one plot or a hundred
    thousand.
    """
    own = set(plot_ids)
    people_on, papers_on, *found = _ask(*((step, own) for step in _FROM_PLOTS))
    people, papers = people_on.union(land_users), papers_on.union(certificates)
    numbered, known_as, printed = _ask(
        (_SAME_NUMBER, people), (_SAME_RESIDENT, people), (_SAME_SERIAL, papers)
    )
    found += _ask((_OF_PEOPLE, people | numbered | known_as), (_OF_PAPERS, papers | printed))
    return sorted(set().union(*found).difference(own))


def _ask(*steps: tuple[str, Iterable[int]]) -> list[set[int]]:
    """The ids that each step leads to from its own, all asked at once."""
    found: list[set[int]] = [set() for _step in steps]
    asked = {f"ids{n}": wanted for n, (_query, ids) in enumerate(steps) if (wanted := sorted(ids))}
    parts = [
        f"SELECT {n}, * FROM ({query.format(own=_OWN.format(n=n))}) step{n}"  # noqa: S608  our own statements
        for n, (query, _ids) in enumerate(steps)
        if f"ids{n}" in asked
    ]
    if parts:
        with connection.cursor() as cursor:
            cursor.execute(" UNION ALL ".join(parts), asked)
            for n, pk in cursor.fetchall():
                found[n].add(pk)
    return found


# Each step asks with the values themselves, whose number the planner then knows: few it looks up in an index,
# along many it reads. Steps that followed each other in one statement made it read whole tables even for a
# single plot; those side by side are planned each by itself. What comes twice is taken once here: asked to,
# the database made ready for half a million rows where one was to come.
_OWN = "(SELECT unnest(%(ids{n})s::bigint[]) AS id) own"

_PEOPLE_ON = """
    SELECT h.land_user_id FROM {own} JOIN parcels_holding h ON h.plot_id = own.id
    WHERE h.land_user_id IS NOT NULL
"""
_PAPERS_ON = """
    SELECT h.certificate_id FROM {own} JOIN parcels_holding h ON h.plot_id = own.id
    WHERE h.certificate_id IS NOT NULL
"""
_OF_PEOPLE = "SELECT h.plot_id FROM {own} JOIN parcels_holding h ON h.land_user_id = own.id"
_OF_PAPERS = "SELECT h.plot_id FROM {own} JOIN parcels_holding h ON h.certificate_id = own.id"
_SAME_NUMBER = """
    SELECT t.id FROM {own}
    JOIN parcels_landuser u ON u.id = own.id AND u.id_number <> ''
    JOIN parcels_landuser t ON t.id_number = u.id_number AND t.id_number <> '' AND t.merged_into_id IS NULL
"""
_OF_NUMBERS = """
    SELECT h.plot_id FROM parcels_landuser t JOIN parcels_holding h ON h.land_user_id = t.id
    WHERE t.id_number = ANY (%s) AND t.id_number <> '' AND t.merged_into_id IS NULL
"""
_SAME_RESIDENT = """
    SELECT t.land_user_id FROM {own}
    JOIN reconciliation_verification v ON v.land_user_id = own.id
    JOIN reconciliation_verification t ON t.resident_id = v.resident_id
"""
_SAME_SERIAL = """
    SELECT t.id FROM {own}
    JOIN parcels_certificate c ON c.id = own.id AND c.serial <> ''
    JOIN parcels_certificate t ON t.serial = c.serial AND t.serial <> ''
"""
_NUMBERED = """
    SELECT t.id FROM {own}
    JOIN parcels_plot p ON p.id = own.id
    JOIN parcels_plot t ON t.commune_id = p.commune_id AND t.sheet = p.sheet AND t.number = p.number
"""
_OVERLAPPING = """
    SELECT o.second_id FROM {own} JOIN parcels_plotoverlap o ON o.first_id = own.id
    UNION ALL SELECT o.first_id FROM {own} JOIN parcels_plotoverlap o ON o.second_id = own.id
"""
_CODED = """
    SELECT t.id FROM {own}
    JOIN parcels_plot p ON p.id = own.id AND p.code <> ''
    JOIN parcels_plot t ON t.code = p.code AND t.code <> ''
"""
#: What is asked of the plots themselves: the land users and the papers on them first.
_FROM_PLOTS = (_PEOPLE_ON, _PAPERS_ON, _NUMBERED, _CODED, _OVERLAPPING)
