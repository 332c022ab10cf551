"""How gunicorn serves Taizhang: `python -m gunicorn -c config/gunicorn.py config.wsgi`."""

import fcntl
import os
import shutil
import sys
from pathlib import Path
from typing import Any

from gunicorn.glogging import Logger

from config.env import env_bool, env_int
from config.logs import line_formatter

# Only this machine reaches it, unless BIND_ADDRESS says so; a proxy speaks TLS to the rest of the world.
bind = f"{os.environ.get('BIND_ADDRESS') or '127.0.0.1'}:{env_int('PORT', 8000, least=1)}"
workers = env_int("WEB_CONCURRENCY", 2, least=1)
worker_class = "config.serving.DrainingWorker"
threads = 4
timeout = 60
graceful_timeout = 30
# Workers show that they live by touching a file; a slow disk must not make them look dead.
worker_tmp_dir = "/dev/shm" if Path("/dev/shm").is_dir() else None  # noqa: S108
# One way less to steer the server from outside.
control_socket_disable = True


def on_starting(server: Any) -> None:
    """Hold a lock for as long as the server lives, however it ends: `restore` must not run meanwhile."""
    folder = Path(os.environ.get("DATA_DIR") or Path(__file__).parent.parent / "var")
    folder.mkdir(parents=True, exist_ok=True)
    # Each worker counts in a file there; what an earlier server counted is of no use.
    metrics = folder / "metrics"
    shutil.rmtree(metrics, ignore_errors=True)
    metrics.mkdir(mode=0o700, exist_ok=True)
    os.environ["PROMETHEUS_MULTIPROC_DIR"] = str(metrics)
    server.serving_lock = (folder / "serving.lock").open("a")
    fcntl.flock(server.serving_lock, fcntl.LOCK_SH)


def when_ready(server: object) -> None:
    """Print the address once the server listens on it, for `make run`."""
    if env_bool("PRINT_ADDRESS", False):
        sys.stdout.write(f"Taizhang is at http://{bind}/. Ctrl-C stops it.\n")
        sys.stdout.flush()


class SafeLogger(Logger):
    """Gunicorn's own lines hold what clients sent, so they are written as safely as ours."""

    def _set_handler(self, log: Any, output: Any, fmt: Any, stream: Any = None) -> None:
        super()._set_handler(log, output, line_formatter(), stream)


logger_class = SafeLogger
