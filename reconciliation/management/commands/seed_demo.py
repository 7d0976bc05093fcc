"""A synthetic province, for trying landdb out and for measuring it."""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction

import parcels.reference
from landdb.reference import units
from reconciliation.demo import accounts, campaign, delivered_scans, files, state, workbooks, writing
from reconciliation.demo.province import MOST_PLOTS, Size


class Command(BaseCommand):
    help = "Tạo tỉnh giả lập: dân cư, sổ địa chính, thửa đất, tài khoản, tệp mẫu. Chỉ người không có thật."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--plots", type=int, default=20_000, help=f"số thửa, 100 đến {MOST_PLOTS}")
        parser.add_argument("--seed", type=int, default=1, help="số khởi đầu; cùng số thì cùng dữ liệu")
        parser.add_argument("--fresh", action="store_true", help="xoá mọi dữ liệu đang có rồi tạo lại")
        parser.add_argument("--status", action="store_true", help="chỉ nói đang có gì")
        parser.add_argument("--json", action="store_true", help="in một đối tượng JSON")
        parser.add_argument("--files", metavar="DIR", help="thư mục cho các tệp mẫu; all: sổ dân cư đầy đủ")
        parser.add_argument("--files-only", action="store_true", help="chỉ ghi tệp, không đụng cơ sở dữ liệu")
        parser.add_argument("--owners", type=int, help="với --files-only: số người sử dụng đất")
        parser.add_argument("--residents", type=int, help="với --files-only: số dân cư")
        parser.add_argument(
            "--scans",
            action="store_true",
            help=f"sau khi đã đối chiếu: nộp tối đa {delivered_scans.MOST} bản quét vẽ sẵn",
        )
        parser.add_argument(
            "--weeks",
            type=int,
            metavar="N",
            help=f"sau khi đã đối chiếu, phân loại: N tuần chiến dịch đã qua, 1 đến {campaign.MOST_WEEKS}",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        started = time.monotonic()
        size = self._size(options)
        if options["status"]:
            told = state.read().as_dict()
            if options["weeks"] is not None:
                told |= campaign.status(self._weeks(options))
        elif options["files_only"]:
            if not options["files"]:
                raise CommandError("--files-only wants --files DIR.")
            told = files.write(Path(options["files"]), size)
        elif options["weeks"] is not None:
            told = self._play(options)
        elif options["scans"]:
            told = self._deliver()
        else:
            told = self._seed(size, options)
        told |= {"seconds": round(time.monotonic() - started, 1)} if not options["status"] else {}
        self.stdout.write(json.dumps(told) if options["json"] else _in_words(told))

    def _size(self, options: dict[str, Any]) -> Size:
        plots, seed = options["plots"], options["seed"]
        if not 100 <= plots <= MOST_PLOTS:
            raise CommandError(f"--plots {plots}: from 100 to {MOST_PLOTS}, please.")
        if not 0 <= seed < 2**31:
            raise CommandError(f"--seed {seed}: a whole number from 0 to {2**31 - 1}, please.")
        size = Size.of_plots(plots, seed)
        owners, residents = options["owners"] or size.land_users, options["residents"] or size.residents
        if options["files_only"] and not (100 <= owners <= residents <= MOST_PLOTS):
            raise CommandError(
                "--owners and --residents: at least 100, and more residents than owners, please."
            )
        return Size(plots, owners, residents, seed) if options["files_only"] else size

    def _weeks(self, options: dict[str, Any]) -> int:
        weeks = int(options["weeks"])
        if not 1 <= weeks <= campaign.MOST_WEEKS:
            raise CommandError(f"--weeks {weeks}: from 1 to {campaign.MOST_WEEKS}, please.")
        return weeks

    def _play(self, options: dict[str, Any]) -> dict[str, Any]:
        """Weeks of work in the province that is there."""
        weeks, held = self._weeks(options), state.held()
        if held is None or options["fresh"]:
            raise CommandError(
                "--weeks plays in a demo that is matched and classified; ./run demo --weeks N does it all."
            )
        try:
            return campaign.play(weeks, held.seed, say=lambda words: print(words, file=sys.stderr))
        except campaign.NoGround as error:
            raise CommandError(str(error)) from None

    def _deliver(self) -> dict[str, Any]:
        """Files for some of the scans that the register lists."""
        if state.held() is None:
            raise CommandError("--scans draws for a demo, and there is none here.")
        return dict(delivered_scans.deliver())

    def _seed(self, size: Size, options: dict[str, Any]) -> dict[str, Any]:
        """Make the province, unless it is there already."""
        there = state.held()
        wanted = state.Held(size.plots, size.seed, state.VERSION)
        if not options["fresh"]:
            if there == wanted:
                self._complete(size, options)
                return state.read().as_dict()
            if there is not None:
                raise CommandError(
                    f"This database holds a demo of {there.plots} plots (seed {there.seed}); "
                    f"--fresh replaces it by one of {size.plots} (seed {size.seed})."
                )
            if state.has_plots():
                raise CommandError("This database holds a register that is no demo; --fresh would delete it.")
        with transaction.atomic():
            units.ensure_loaded()
            parcels.reference.load()
            if options["fresh"]:
                writing.clear()
            rows = writing.write(size)
            accounts.make()
        self._files(size, options)
        return state.read().as_dict() | {"found": False, "rows": rows}

    def _complete(self, size: Size, options: dict[str, Any]) -> None:
        """Make again what lay beside the database and is gone: a new folder, or a run that was stopped."""
        if not writing.truth_path().exists():
            writing.keep_truth(size)
            self._files(size, options)
        if accounts.password() is None:
            accounts.make()

    def _files(self, size: Size, options: dict[str, Any]) -> None:
        """What a real office would hold, beside the truth."""
        where = writing.folder()
        every = options["files"] == "all"
        files.from_database(Path(options["files"]) if options["files"] and not every else where, every=every)
        for path in workbooks.write(where, size.seed):
            print(f"  {path}", file=sys.stderr)


def _in_words(told: dict[str, Any]) -> str:
    rows = told.pop("rows", {})
    lines = [f"{name}: {value}" for name, value in told.items()]
    return "\n".join([*lines, *(f"  {table}: {count}" for table, count in rows.items())])
