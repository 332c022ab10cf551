"""Threads that end with the test that started them, also where it fails."""

import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager


@contextmanager
def at_work(threads: Iterable[threading.Thread], stop: threading.Event) -> Iterator[None]:
    """Run these meanwhile. In the end tell them to stop, and wait until they have."""
    started = []
    try:
        for thread in threads:
            thread.daemon = True  # One that does not listen must not keep the run from ending.
            thread.start()
            started.append(thread)
        yield
    finally:
        stop.set()
        for thread in started:
            thread.join(timeout=60)
    assert not [thread.name for thread in started if thread.is_alive()]
