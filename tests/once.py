"""What several processes of a run need and take long to make: the first that asks makes it for all."""

import fcntl
from collections.abc import Callable
from pathlib import Path


def once(path: Path, make: Callable[[Path], None]) -> Path:
    """The path, after `make` has been called with another one to put the file or folder at, if nobody had."""
    with path.with_name(f"{path.name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not path.exists():
            part = path.with_name(f"{path.name}.part")
            make(part)
            part.rename(path)
    return path
