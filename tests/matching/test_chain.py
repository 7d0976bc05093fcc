"""Statements told as one query, so that a single land user's answer is planned once."""

from __future__ import annotations

import datetime as dt
import re

import duckdb
import pytest

from reconciliation.matching import engine, statements, warm
from reconciliation.matching.chain import Chain
from reconciliation.matching.engine import Facts
from reconciliation.matching.weights import load


@pytest.fixture
def session():
    with duckdb.connect(":memory:") as opened:
        opened.execute("ATTACH ':memory:' AS registry")
        opened.execute("CREATE TABLE registry.person (id BIGINT, name VARCHAR)")
        yield opened


@pytest.fixture
def chain(session):
    return Chain(lambda table: [(row[0], row[1]) for row in session.execute(f"DESCRIBE {table}").fetchall()])


def answer(session, chain: Chain, table: str) -> list[tuple]:
    (rows,) = session.execute(chain.query([table])).fetchone()
    return [tuple(row.values()) for row in rows]


def test_each_table_reads_those_before_it(session, chain):
    chain.begin("incoming", "SELECT unnest([1, 2, 3]) AS id")
    chain.follow("CREATE TEMP TABLE doubled AS SELECT id * 2 AS id FROM incoming")
    chain.follow("DROP TABLE incoming")
    chain.follow("CREATE TEMP TABLE large AS SELECT id FROM doubled WHERE id > 2")
    assert answer(session, chain, "large") == [(4,), (6,)]


def test_a_table_of_the_registry_keeps_its_columns_and_types(session, chain):
    chain.begin("incoming", "SELECT 7::SMALLINT AS number, 'An' AS called")
    chain.follow("INSERT INTO registry.person SELECT number, called FROM incoming")
    chain.follow("CREATE TEMP TABLE told AS SELECT p.name, typeof(p.id) AS kind FROM registry.person p")
    assert answer(session, chain, "told") == [("An", "BIGINT")]


def test_a_table_that_is_filled_twice_is_read_as_it_stood(session, chain):
    chain.follow("CREATE TEMP TABLE seen AS SELECT 1 AS n")
    chain.follow("CREATE TEMP TABLE early AS SELECT count(*) AS n FROM seen")
    chain.follow("INSERT INTO seen SELECT n + 1 FROM seen")
    chain.follow("INSERT INTO seen SELECT n + 10 FROM seen s JOIN early e USING (n)")
    chain.follow("CREATE TEMP TABLE late AS SELECT n FROM seen ORDER BY n")
    assert answer(session, chain, "early") == [(1,)]
    assert answer(session, chain, "late") == [(1,), (2,), (11,)]


def test_an_empty_table_is_an_empty_list(session, chain):
    chain.begin("incoming", "SELECT 1 AS id WHERE false")
    assert answer(session, chain, "incoming") == []


def test_other_statements_are_turned_down(chain):
    with pytest.raises(ValueError, match="neither makes a table nor fills one: UPDATE"):
        chain.follow("UPDATE seen SET n = 1")


def test_the_engine_asks_no_function_whose_answer_depends_on_the_day(session):
    """DuckDB plans anew at every execution what asks for the date: 60 ms for a single land user."""
    moody = {
        name
        for name, stability in session.execute(
            "SELECT function_name, stability FROM duckdb_functions()"
        ).fetchall()
        if stability == "CONSISTENT_WITHIN_QUERY"
    }
    asked = {
        found.lower()
        for room in (*warm.BEFORE, *warm.AFTER)
        for sql in statements.split(room, load())
        for found in re.findall(r"\b\w+(?=\()|\bcurrent_\w+", sql)
    }
    assert "current_date" in moody
    assert "hash" in asked
    assert not asked & moody


def test_what_the_engine_is_told_names_the_year_of_today(monkeypatch):
    monkeypatch.setattr(engine.timezone, "localdate", lambda: dt.date(2031, 1, 1))
    assert engine.told(Facts(1, 1), load())["year"] == 2031
