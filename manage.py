#!/usr/bin/env python3
"""Django's command line for landdb; `./run manage …` also sees to the services."""

import os
import sys

from landdb.env import EnvError


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "landdb.settings")
    from django.core.management import execute_from_command_line

    try:
        execute_from_command_line(sys.argv)
    except EnvError as error:
        sys.exit(str(error))


if __name__ == "__main__":
    main()
