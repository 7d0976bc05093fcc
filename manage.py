#!/usr/bin/env python3
"""Django's command line for landdb; `./run manage …` also sees to the services."""

import os
import sys

from landdb.database import is_away
from landdb.env import EnvError


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "landdb.settings")
    from django.core.management import execute_from_command_line
    from django.db import OperationalError

    try:
        execute_from_command_line(sys.argv)
    except EnvError as error:
        sys.exit(str(error))
    except OperationalError as error:
        if not is_away(error):
            raise
        sys.exit(f"The database does not answer: {' '.join(str(error).split())}")


if __name__ == "__main__":
    main()
