"""Runs `remind` in processes that can be killed: each line on stdin forks one, whose key is printed.

`python -m tests.reminding` with the environment of a site; the time is NOW. When a process has ended, its
exit status follows: negative for a signal.
"""

import io
import os
import sys

import django
import time_machine


def main() -> None:
    django.setup()
    from django.core.management import CommandError, call_command
    from django.db import connections

    from tests.make import NOW

    with time_machine.travel(NOW, tick=True):
        call_command("remind", stdout=io.StringIO())  # reads every module that it needs
        connections.close_all()
        say("ready")
        for _line in sys.stdin:
            child = os.fork()
            if not child:
                try:
                    call_command("remind", stdout=io.StringIO())
                except CommandError as error:
                    sys.stderr.write(str(error))
                    os._exit(1)
                os._exit(0)
            say(child)
            say(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))


def say(line: object) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
