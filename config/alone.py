"""Run a command, but only one at a time: `python config/alone.py LOCK COMMAND…`.

A second one waits until the first has ended, however it ends: the kernel holds the lock. It works before
anything is installed.
"""

import fcntl
import os
import sys
from pathlib import Path


def main(lock: str, *command: str) -> None:
    """Replace this process by the command, once the lock is free. It holds the lock until it ends."""
    Path(lock).parent.mkdir(parents=True, exist_ok=True)
    file = os.open(lock, os.O_CREAT | os.O_RDWR, 0o600)
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        sys.stdout.write(f"Waiting for another make in this folder (it holds {lock})\n")
        sys.stdout.flush()
        fcntl.flock(file, fcntl.LOCK_EX)
    os.set_inheritable(file, True)
    os.execvp(command[0], command)  # noqa: S606 - the Makefile names the command


if __name__ == "__main__":
    try:
        main(*sys.argv[1:])
    except KeyboardInterrupt:
        sys.exit(130)
