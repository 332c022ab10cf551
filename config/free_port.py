"""Say in one line why PORT cannot be used; nothing if it can. Works before anything is installed."""

import errno
import os
import socket
import sys

LAST_PORT = 65_535
RESERVED = 1_024  # below, only root may listen
INSTEAD = "Choose another: make run PORT=8001"


def problem(written: str) -> str:
    """Why a server of ours cannot listen on this port of the loopback address. Empty if it can."""
    if not (written.isascii() and written.isdecimal() and 1 <= int(written) <= LAST_PORT):
        return f"PORT={written}: write a number from {RESERVED} to {LAST_PORT}, such as make run PORT=8001"
    try:
        socket.create_server(("127.0.0.1", int(written))).close()
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            return f"Port {written} is already in use. {INSTEAD}"
        if error.errno in (errno.EACCES, errno.EPERM) and int(written) < RESERVED:
            return f"Port {written} is only for root: ports below {RESERVED} are reserved. {INSTEAD}"
        return f"Port {written} cannot be used: {error.strerror}. {INSTEAD}"
    return ""


if __name__ == "__main__":
    sys.exit(problem(os.environ.get("PORT", "8000")) or 0)
