"""All officers at once, in a process of their own."""

from __future__ import annotations

import os
import threading
import time
from dataclasses import dataclass

from .browser import Took
from .officer import Officer, Word

#: Seconds of work before anything is measured: both web processes have loaded what they need by then.
WARM = 15.0
WARM_PREFIX = "warm-"
#: The officers' own programs would run on their own machines: they step back behind the site's.
_STEP_BACK = 10


@dataclass(slots=True)
class Done:
    """What all officers sent, what they decided, and what stopped any of them."""

    took: list[Took]
    words: list[Word]
    failures: list[str]


def work(port: int, names: list[str], password: str, seconds: float) -> Done:
    """Sign all in, one after the other; then let all work at once for so many seconds after WARM."""
    os.nice(_STEP_BACK)
    officers = [Officer(number, port, name, password) for number, name in enumerate(names)]
    for officer in officers:
        officer.sign_in()
    failures: list[str] = []
    begin = time.monotonic()

    def shift(officer: Officer) -> None:
        try:
            officer.browser.prefix = WARM_PREFIX
            officer.work(begin + WARM)
            officer.browser.prefix = ""
            officer.work(begin + WARM + seconds)
        except Exception as error:  # whatever stops an officer is told with the figures
            failures.append(f"{officer.username}: {type(error).__name__} {error}")

    threads = [threading.Thread(target=shift, args=[officer], daemon=True) for officer in officers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    took = [each for officer in officers for each in officer.browser.log]
    return Done(took, [each for officer in officers for each in officer.words], failures)
