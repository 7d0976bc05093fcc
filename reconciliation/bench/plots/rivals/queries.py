"""The checks as a folder of scripts: a query for each rule, over the province, into one table of findings.

Conditions and facts are those of the rules, so the checks are the same. Each query reads the tables for
itself; of the facts' joins the database leaves out what its rule does not name. Two connections take the
queries in turn, as the job has two workers. What was found before is not looked at: there is no difference,
no waiver, no group and no ledger.
"""

from __future__ import annotations

import re
import time
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor

import psycopg
from django.db import connection

from landdb import bulk

from ....rules.base import Facts
from ....rules.book import Ruling
from ....rules.plot_facts import PlotFacts
from ....rules.scope import TABLES
from ....rules.statements import Statement, condition
from ..floor import CONNECTIONS
from . import Run

TABLE = "rival_finding"

#: Tables that the queries read and that making the province does not analyse; a query over all plots whose
#: planner takes a table of a hundred rows for one of a thousand may take minutes.
_LOOKED_UP = (
    "landdb_adminunit", "landdb_delivery", "citizens_registryextract", "parcels_landusecode",
    "parcels_mapsheet", "parcels_plotoutline", "parcels_plotoverlap",
    "parcels_sheetcrosswalk", "reconciliation_pairword",
)  # fmt: skip

#: What is said so that one reading serves all rules, or a commune alone; a query that serves one rule over
#: the province does without.
SHARED = re.compile(r"WHERE [uc]\.id IN \(SELECT \w+ FROM judging_holding WHERE is_(standing|valid)\)")
SCOPED = re.compile(r"FROM judging_plot s\s+JOIN (parcels_\w+ h) ON h\.plot_id = s\.plot_id {stretch}")

_ASKED = """
    WITH {tables}, facts AS ({facts})
    SELECT {distinct} p.id AS plot_id, p.commune_id, hits.id AS subject_id
    FROM ({hits}) hits {places}
    JOIN parcels_plot p ON p.id = {plot} AND p.state = 'live' {delivered}
"""
_WRITE = """
    INSERT INTO {table} (plot_id, commune_id, rule, subject, subject_id, state, opened_at, reason)
    SELECT plot_id, commune_id, '{rule}', '{subject}', subject_id, 'open', transaction_timestamp(), ''
    FROM ({asked}) asked
"""


def run(rulings: Iterable[Ruling]) -> Run:
    """Ask every rule and keep what it finds, in a table like that of the findings with the same indexes."""
    try:
        with connection.cursor() as cursor:
            cursor.execute(f"DROP TABLE IF EXISTS {TABLE}")
            cursor.execute(f"CREATE TABLE {TABLE} (LIKE reconciliation_finding INCLUDING ALL)")
            cursor.execute(f"ANALYZE {', '.join(_LOOKED_UP)}")
            cursor.execute("CHECKPOINT")
        started = time.monotonic()
        with ThreadPoolExecutor(CONNECTIONS) as pool:
            found = dict(pool.map(_write, rulings))
        return Run({"ask": round(time.monotonic() - started, 2)}, found)
    finally:
        with connection.cursor() as cursor:
            cursor.execute(f"DROP TABLE IF EXISTS {TABLE}")


def asked(ruling: Ruling) -> Statement:
    """The query of one rule: (plot_id, commune_id, subject_id) of all that it finds in the province."""
    facts = ruling.rule.subject
    hits, params = facts._default_manager.filter(condition(ruling)).values_list("id").query.sql_with_params()
    pairs = facts.plots.replace("SELECT DISTINCT", "SELECT")
    is_plot = facts is PlotFacts
    sql = _ASKED.format(
        tables=", ".join(f"{name} AS NOT MATERIALIZED ({_table(name)})" for name in TABLES),
        facts=_plain(facts).replace("%", "%%"),
        hits=hits,
        places="" if is_plot else f"JOIN ({pairs}) pairs ON pairs.id = hits.id",
        plot="hits.id" if is_plot else "pairs.plot_id",
        distinct="" if is_plot or pairs == facts.plots else "DISTINCT",
        delivered=_delivered(ruling),
    )
    return sql, tuple(params)


def _write(ruling: Ruling) -> tuple[str, int]:
    sql, params = asked(ruling)
    write = _WRITE.format(
        table=TABLE, rule=ruling.rule.id, subject=ruling.rule.subject.subject.value, asked=sql
    )
    # As Django asks: the values stand in the text, so that the planner knows them.
    with psycopg.connect(bulk.conninfo(), autocommit=True, cursor_factory=psycopg.ClientCursor) as own:
        return ruling.rule.id, own.execute(write, params).rowcount


def _delivered(ruling: Ruling) -> str:
    """In the communes for which the rule's sources were delivered."""
    return "".join(
        " AND p.commune_id IN "  # noqa: S608  our own names
        f"(SELECT commune_id FROM landdb_delivery WHERE source = '{source.value}')"
        for source in ruling.rule.needs
    )


def _table(name: str) -> str:
    """A table of the scope over the whole province; which plots are live is asked once, of what was found."""
    query, _columns = TABLES[name]
    return SCOPED.sub(r"FROM \1", query).format(scope="p.state = 'live'")


def _plain(facts: type[Facts]) -> str:
    """The facts' query without what is there for the sake of other rules."""
    return SHARED.sub("", facts.query).replace(" AS MATERIALIZED ", " AS NOT MATERIALIZED ")
