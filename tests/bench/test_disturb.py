"""A run is killed at every end, on services of its own: nothing double, nothing lost."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.db import connection

from landdb.services import postgres_programs
from landdb.services.folders import ROOT
from landdb.services.session import Session, session
from landdb.services.supervisor import Supervisor
from landdb.services.worker import worker
from reconciliation.bench.plots import judgement
from reconciliation.bench.plots.judgement import Difference
from reconciliation.classification import classify_commune
from reconciliation.models import CommuneJudgement, Finding, GroupMove
from tests import factories

DISTURB = """
import django, json, random, sys
from pathlib import Path
django.setup()
from reconciliation.bench.plots import disturb, strikes
blows = (strikes.WORKER, strikes.CRASH, strikes.QUEUE)
print(json.dumps(disturb.side_by_side(Path(sys.argv[1]), random.Random(1), blows)))
"""


@pytest.fixture
def own(monkeypatch: pytest.MonkeyPatch) -> Iterator[Session]:
    """Services that nobody else uses, and a database of its own in which the suite's stands as it is."""
    monkeypatch.setenv("LANDDB_TESTING", "1")
    for name in ("DATABASE_URL", "REDIS_URL"):
        monkeypatch.delenv(name, raising=False)
    folder = Path(tempfile.mkdtemp(prefix="landdb-test-"))
    folder.chmod(0o755)
    try:
        with session(folder) as services:
            copy_database(services.env["DATABASE_URL"])
            yield services
    finally:
        shutil.rmtree(folder)


def copy_database(url: str) -> None:
    programs, params = postgres_programs.folder(), connection.get_connection_params()
    source = f"postgresql://{params['user']}@/{params['dbname']}?host={params.get('host', '')}"
    if not all((programs / name).exists() for name in ("pg_dump", "psql")):
        pytest.skip(f"no pg_dump and psql in {programs}")
    dump = subprocess.run([programs / "pg_dump", "--no-owner", source], capture_output=True, check=True)
    load = [programs / "psql", "--quiet", "--set=ON_ERROR_STOP=1", url]
    subprocess.run(load, input=dump.stdout, check=True, stdout=subprocess.DEVNULL)


def make_plots(communes: int) -> None:
    """One plot in each; of three one is in order, one lacks its area, one has no papers at all."""
    for number in range(communes):
        commune = factories.make_commune()
        if number % 3 == 2:
            factories.make_plot(commune)
        else:
            factories.make_ready_plot(commune, **({"legal_area": None} if number % 3 else {}))


@pytest.mark.skipif(not os.environ.get("REDIS_URL"), reason="no Valkey: ./run test starts one")
@pytest.mark.django_db(transaction=True)
def test_a_run_whose_worker_database_and_queue_are_killed_says_what_an_undisturbed_one_says(
    request: pytest.FixtureRequest,
) -> None:
    make_plots(96)
    services: Session = request.getfixturevalue("own")
    supervisor = Supervisor(services, print)
    supervisor.add(worker(services.var, services.env))
    with supervisor.in_background():
        line = [sys.executable, "-c", DISTURB, str(services.var)]
        done = subprocess.run(line, env=services.env, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert "Traceback" not in done.stderr
    told = json.loads(done.stdout)
    assert told["differs"] == []
    # On a busy machine so small a run may be over before the last blow.
    assert told["spared"] <= 1
    assert told["failed_attempts"] == 0
    assert told["rows"] > 96 * 3


@pytest.mark.django_db
def test_what_stands_twice_or_is_missing_or_was_judged_twice_differs() -> None:
    plot = factories.make_plot()
    classify_commune(plot.commune_id)
    before = judgement.taken()
    assert judgement.differences(before, judgement.taken()) == []

    move = GroupMove.objects.get()
    move.pk = None
    move.save()
    Finding.objects.order_by("pk")[0].delete()
    CommuneJudgement.objects.update(times=2)
    found = judgement.differences(before, judgement.taken())

    findings = before["reconciliation_finding"][plot.commune_id][0]
    assert sorted(found, key=str) == [
        Difference("reconciliation_communejudgement", plot.commune_id, (1, 1)),
        Difference("reconciliation_finding", plot.commune_id, (findings, findings - 1)),
        Difference("reconciliation_groupmove", plot.commune_id, (1, 2)),
    ]


@pytest.mark.django_db
def test_times_numbers_and_jobs_make_no_difference() -> None:
    plot = factories.make_plot()
    classify_commune(plot.commune_id)
    before = judgement.taken()
    for model in (Finding, GroupMove):
        for row in model.objects.all():
            model.objects.filter(pk=row.pk).delete()
            row.pk = None
            row.save()
    assert judgement.differences(before, judgement.taken()) == []
