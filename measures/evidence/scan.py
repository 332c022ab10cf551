"""Asks a clamd, the daemon of ClamAV, about a file, if CLAMD_SOCKET names one.

Its protocol INSTREAM: chunks, each after its length in four bytes; a length of zero ends the file. The answer
is one line such as `stream: OK` or `stream: Eicar-Signature FOUND`.
"""

import socket
import struct
from typing import IO

from django.conf import settings

CHUNK = 64 * 1024
SECONDS = 30.0
ANSWER_LIMIT = 4096  # bytes


class ScannerUnavailable(Exception):
    """Nobody says whether the file is clean."""


def scan_file(file: IO[bytes]) -> str:
    """The name of what the scanner found; empty for nothing, or without a scanner.

    Raises ScannerUnavailable.
    """
    if not settings.CLAMD_SOCKET:
        return ""
    try:
        answer = _ask(file)
    except OSError as error:
        raise ScannerUnavailable(str(error)) from error
    verdict = answer.removeprefix("stream: ")
    if verdict == "OK":
        return ""
    if verdict.endswith(" FOUND"):
        return verdict.removesuffix(" FOUND")
    raise ScannerUnavailable(answer)


def _ask(file: IO[bytes]) -> str:
    file.seek(0)
    with _connected() as clamd:
        clamd.sendall(b"zINSTREAM\0")
        while chunk := file.read(CHUNK):
            clamd.sendall(struct.pack(">L", len(chunk)) + chunk)
        clamd.sendall(struct.pack(">L", 0))
        answer = b""
        while not answer.endswith(b"\0") and len(answer) < ANSWER_LIMIT:
            part = clamd.recv(ANSWER_LIMIT)
            if not part:
                break
            answer += part
    return answer.rstrip(b"\0\n").decode("utf-8", errors="replace")


def _connected() -> socket.socket:
    """A path is a socket in the file system; anything else is host:port."""
    where = str(settings.CLAMD_SOCKET)
    host, colon, port = where.rpartition(":")
    if colon and port.isdecimal() and not where.startswith("/"):
        return socket.create_connection((host.strip("[]"), int(port)), timeout=SECONDS)
    made = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    made.settimeout(SECONDS)
    try:
        made.connect(where)
    except OSError:
        made.close()
        raise
    return made
