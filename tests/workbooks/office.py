"""A real LibreOffice, without a window: opens a workbook, types into cells, saves it in another format."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path

#: The Python that comes with the office's own bridge.
PYTHON = "/usr/bin/python3"
FILTERS = {".xlsx": "Calc MS Excel 2007 XML", ".xls": "MS Excel 97", ".ods": "calc8"}
#: Runs in that Python: no code of ours there.
_SCRIPT = """
import json, os, signal, subprocess, sys, time, uno
from com.sun.star.beans import PropertyValue
program, profile, source = sys.argv[1:4]
jobs, typed = map(json.loads, sys.argv[4:])
pipe = "landdb" + str(os.getpid())
office = subprocess.Popen([
    program, "--headless", "--norestore", "--nologo", "-env:UserInstallation=" + profile,
    "--accept=pipe,name=" + pipe + ";urp;",
], start_new_session=True)
def value(name, given):
    told = PropertyValue(); told.Name, told.Value = name, given
    return told
try:
    local = uno.getComponentContext()
    resolver = local.ServiceManager.createInstanceWithContext("com.sun.star.bridge.UnoUrlResolver", local)
    for _try in range(240):
        try:
            context = resolver.resolve("uno:pipe,name=" + pipe + ";urp;StarOffice.ComponentContext")
            break
        except Exception:
            time.sleep(0.25)
    desktop = context.ServiceManager.createInstanceWithContext("com.sun.star.frame.Desktop", context)
    book = desktop.loadComponentFromURL(source, "_blank", 0, (value("Hidden", True),))
    sheet = book.Sheets.getByIndex(0)
    for row, column, text in typed:
        cell = sheet.getCellByPosition(column - 1, row - 1)
        # As under the fingers: a number format of text would keep the formula from being one.
        if text.startswith("="):
            cell.NumberFormat = 0
            cell.setFormula(text)
        else:
            cell.setString(text)
    book.calculateAll()
    for target, how in jobs:
        book.storeToURL(target, (value("FilterName", how),))
    book.close(True)
    try:
        desktop.terminate()
    except Exception:
        pass
finally:
    # Now and then it hangs on its way out, all its work done.
    try:
        office.wait(timeout=30)
    except subprocess.TimeoutExpired:
        os.killpg(office.pid, signal.SIGKILL)
"""


def missing() -> str:
    """Why there is no office to test with; empty where there is one."""
    if shutil.which("soffice") is None:
        return "no LibreOffice here (soffice): apt-get install libreoffice-calc-nogui python3-uno"
    asked = subprocess.run([PYTHON, "-c", "import uno"], check=False, capture_output=True)
    return (
        "LibreOffice is here without its Python bridge: apt-get install python3-uno"
        if asked.returncode
        else ""
    )


def edit(source: Path, folder: Path, typed: Mapping[tuple[int, int], str]) -> dict[str, Path]:
    """Type texts and formulas into cells of the first sheet (row, column from 1); save in every format."""
    targets = {suffix: folder / f"saved{suffix}" for suffix in FILTERS}
    jobs = [[path.as_uri(), FILTERS[suffix]] for suffix, path in targets.items()]
    cells = [[row, column, text] for (row, column), text in typed.items()]
    profile = folder / f"office-{folder.name}"
    command = [
        PYTHON, "-c", _SCRIPT, str(shutil.which("soffice")), profile.as_uri(), source.as_uri(),
        json.dumps(jobs), json.dumps(cells),
    ]  # fmt: skip
    done = subprocess.run(command, check=False, capture_output=True, timeout=240)
    assert all(path.exists() for path in targets.values()), done.stderr.decode()[-2000:]
    return targets
