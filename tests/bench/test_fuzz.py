"""A seeded sample of the long run: whatever becomes of a file, it is read or refused in a sentence."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from reconciliation.bench.fuzz import mutations
from reconciliation.bench.fuzz.child import Told
from reconciliation.bench.fuzz.readers import READERS, Reader
from reconciliation.bench.fuzz.run import is_sentence, verdict
from reconciliation.models import Change, PoliceAnswer
from tests import factories
from tests.police.cast import Staff, issued, make_unknown

pytestmark = pytest.mark.django_db
FILES = 40


@pytest.mark.parametrize("reader", READERS, ids=lambda reader: reader.name)
def test_no_mutated_file_crashes_or_is_half_applied(reader: Reader, tmp_path: Path, settings) -> None:
    settings.FILES_DIR = tmp_path / "kept"
    staff = Staff.make()
    for _n in range(6):
        make_unknown(commune=factories.make_commune())
    issued(staff)
    before = Change.objects.count()
    samples = [path.read_bytes() for path in reader.samples(tmp_path)]
    for n in range(FILES):
        rng = random.Random(n)
        good = rng.choice(samples)
        content, name = mutations.mutated(good, rng)
        path = tmp_path / ("thu.xlsx" if good.startswith(b"PK") else "thu.csv")
        path.write_bytes(content)
        found = reader.read(path)
        told = Told("read" if found.is_read else "refused", found.words, found.rows, found.told)
        assert verdict(told) in ("read", "refused"), (n, name, told)
    assert Change.objects.count() == before
    assert not PoliceAnswer.objects.exists()


@pytest.mark.parametrize("reader", READERS, ids=lambda reader: reader.name)
def test_the_files_to_begin_with_are_good(reader: Reader, tmp_path: Path, settings) -> None:
    settings.FILES_DIR = tmp_path / "kept"
    staff = Staff.make()
    for _n in range(12):
        make_unknown()
    issued(staff)
    for path in reader.samples(tmp_path):
        found = reader.read(path)
        assert found.is_read, (path.name, found.words)
        assert found.rows == found.told


def test_what_is_wrong_is_told_apart() -> None:
    assert verdict(Told("hang")) == "hang"
    assert verdict(Told("read", gb=1.2)) == "memory"
    assert verdict(Told("refused", "ValueError: x")) == "unclear"
    assert verdict(Told("read", rows=3, told=2)) == "rows_lost"
    assert is_sentence("Tệp rỗng, không có nội dung nào.")
