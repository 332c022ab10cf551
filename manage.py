#!/usr/bin/env python
"""Django's command line, for this project's settings."""

import os
import sys


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    try:
        from django.core.management import execute_from_command_line
    except ImportError as error:
        raise SystemExit(
            f"{error}. Run `make run` once: it installs what the app needs into .venv."
        ) from error
    try:
        execute_from_command_line(sys.argv)
    except KeyboardInterrupt:
        print(
            "\nInterrupted. Run the same command again: it continues from where it stopped.", file=sys.stderr
        )
        sys.exit(130)


if __name__ == "__main__":
    main()
