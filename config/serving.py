"""The worker that serves: gunicorn's own with threads, with repairs for when no proxy is before it."""

import ctypes
import errno
import re
import select
import selectors
import socket
import struct
import sys
import time
from concurrent.futures import Future
from contextlib import suppress
from functools import partial

from gunicorn.http.unreader import SocketUnreader
from gunicorn.workers.gthread import TConn, ThreadWorker

# Seconds until the headers and the first part of the body are there. A proxy sends them at once.
REQUEST_WITHIN = 5.0
# Seconds in which a thread reads the rest of a long body: 21 MB at 350 kB/s.
BODY_WITHIN = 60.0
END_OF_HEADERS = b"\r\n\r\n"
LENGTH = re.compile(rb"\r\ncontent-length:[ \t]*(\d{1,15})[ \t]*\r\n", re.IGNORECASE)
EXPECT = re.compile(rb"\r\nexpect:", re.IGNORECASE)
# Bytes of a request to wait for without a thread. The server itself refuses headers long before.
LONGEST_WAITED_FOR = 64 * 1024
PASSING = {errno.EAGAIN, errno.ECONNABORTED, errno.EWOULDBLOCK}
CLOSED = getattr(select, "POLLRDHUP", 0)  # 0 where the system does not tell
SO_ATTACH_FILTER = 26  # Linux
# A filter of packets as in Linux's filter.rst: each step is its code, two jumps and a value.
TAKE_NO_SYN = struct.pack(
    "=HBBI HBBI HBBI HBBI",
    *(0x30, 0, 0, 13),  # load the byte of the flags of a TCP header
    *(0x45, 0, 1, 0x02),  # SYN set: go on, else skip one step
    *(0x06, 0, 0, 0),  # drop the packet
    *(0x06, 0, 0, 0xFFFFFFFF),  # take the whole packet
)
# Seconds for handshakes that have begun.
HANDSHAKE_WITHIN = 0.1


class BoundedConnection(TConn):
    """A connection whose thread waits for a body until `body_by`, by the monotonic clock."""

    body_by = 0.0
    drained = 0  # bytes read after the last answer

    worker: "DrainingWorker"

    def close(self, graceful: bool = False) -> None:
        """A graceful close waits until the client closes too. Gunicorn's own holds up the worker for it."""
        if graceful:
            self.worker.await_close(self)
        else:
            super().close()

    def init(self) -> None:
        is_new = self.parser is None
        super().init()
        if is_new:
            self.parser.unreader = BoundedUnreader(self)


class BoundedUnreader(SocketUnreader):
    """Raises TimeoutError if a body is late: the request fails, and the thread is free."""

    def __init__(self, connection: BoundedConnection) -> None:
        super().__init__(connection.sock)
        self.connection = connection

    def chunk(self, size_hint: int | None = None) -> bytes:
        left = max(self.connection.body_by - time.monotonic(), 0)
        given = self.sock.gettimeout()
        if not is_readable(self.sock, left if given is None else min(left, given)):
            raise TimeoutError("The body of the request did not come in time.")
        found: bytes = super().chunk(size_hint)
        return found


class DrainingWorker(ThreadWorker):
    """Gives no thread to half-sent requests, and answers all that are connected when the server stops.

    Workers share what there is to do. One without a free thread accepts nobody: another may be free. And one
    that is answering several at once keeps none of their connections: the next request may go to any worker.
    """

    in_hand = 0  # requests that have a thread, or wait for one

    def accept(self, listener: socket.socket) -> None:
        """Wait for the first request of a new connection without a thread."""
        try:
            client, address = listener.accept()
        except OSError as error:
            if error.errno not in PASSING:
                raise
            return
        self.nr_conns += 1
        connection = BoundedConnection(self.cfg, client, address, listener.getsockname())
        connection.worker = self
        self.await_request(connection)

    def on_client_socket_readable(self, conn: TConn, client: socket.socket) -> None:
        """Wait for the next request of a connection that was kept, as for the first one."""
        self.poller.unregister(client)
        self.keepalived_conns.remove(conn)
        self.await_request(conn)

    def await_request(self, connection: TConn) -> None:
        connection.timeout = time.monotonic() + REQUEST_WITHIN
        self.pending_conns.append(connection)
        readable = partial(self.on_pending_socket_readable, connection)
        self.poller.register(connection.sock, selectors.EVENT_READ, readable)

    def await_close(self, connection: BoundedConnection) -> None:
        """Close for writing, and read until the client closes too, which might miss the answer otherwise."""
        try:
            connection.sock.setblocking(False)
            connection.sock.shutdown(socket.SHUT_WR)
        except OSError:
            connection.close()
            return
        self.nr_conns += 1
        connection.timeout = time.monotonic() + REQUEST_WITHIN
        self.pending_conns.append(connection)
        readable = partial(self.on_closing_socket_readable, connection)
        self.poller.register(connection.sock, selectors.EVENT_READ, readable)

    def on_closing_socket_readable(self, connection: BoundedConnection, client: socket.socket) -> None:
        try:
            more = len(client.recv(LONGEST_WAITED_FOR))
        except BlockingIOError:
            return
        except OSError:
            more = 0
        connection.drained += more
        if not more or connection.drained > LONGEST_WAITED_FOR:
            self.drop(connection)

    def drop(self, connection: BoundedConnection) -> None:
        """Close one that was waited for."""
        self.poller.unregister(connection.sock)
        self.pending_conns.remove(connection)
        self.nr_conns -= 1
        connection.close()

    def on_pending_socket_readable(self, conn: TConn, client: socket.socket) -> None:
        """Give the connection a thread once its request is there. The poller closes it if it is late."""
        try:
            missing = missing_bytes(client)
        except OSError:
            missing = 0  # the thread closes it
        if missing and has_closed(client):
            self.drop(conn)
        elif not missing:
            super().on_pending_socket_readable(conn, client)

    def enqueue_req(self, conn: TConn) -> None:
        """Give the connection a thread, which may wait for the rest of a long body."""
        conn.body_by = time.monotonic() + BODY_WITHIN
        self.count_in_hand(1)
        super().enqueue_req(conn)

    def finish_request(self, conn: TConn, fs: Future[bool]) -> None:
        self.count_in_hand(-1)
        super().finish_request(conn, fs)

    def count_in_hand(self, more: int) -> None:
        self.in_hand += more
        self.max_keepalived = 0 if self.in_hand > 1 else self.worker_connections
        if self.alive and self.in_hand >= self.cfg.threads:
            self.set_accept_enabled(False)  # until a thread is free, which each turn of the loop looks for

    def set_accept_enabled(self, enabled: bool) -> None:
        """Before it stops listening for good, accept those who are waiting: they would be cut off."""
        super().set_accept_enabled(enabled and self.in_hand < self.cfg.threads)
        if self.alive or enabled:
            return
        for listener in self.sockets:
            if listener.fileno() >= 0:
                begin_no_connection(listener)
        time.sleep(HANDSHAKE_WITHIN)
        for listener in self.sockets:
            while listener.fileno() >= 0 and is_readable(listener, 0):
                self.accept(listener)
            listener.close()

    def _cap_keepalive(self, deadline: float) -> None:
        """A stopping server waits no longer for headers than for a request on a connection that was kept."""
        super()._cap_keepalive(deadline)
        for connection in self.pending_conns:
            connection.timeout = min(connection.timeout, deadline)


def begin_no_connection(listener: socket.socket) -> None:
    """Let handshakes end that have begun, and begin no other.

    A client that connects now tries again by itself a second later, and is refused once the listener is
    closed. Without this, one that connects between the last look for those who wait and the close is cut
    off. Not known on every system.
    """
    if sys.platform != "linux":
        return
    steps = ctypes.create_string_buffer(TAKE_NO_SYN, len(TAKE_NO_SYN))
    with suppress(OSError):
        listener.setsockopt(
            socket.SOL_SOCKET, SO_ATTACH_FILTER, struct.pack("HP", 4, ctypes.addressof(steps))
        )


def missing_bytes(client: socket.socket) -> int:
    """How many more bytes to wait for, at least; 0 if a thread can read the request. Reads nothing.

    The socket becomes readable again only when so many more have come.
    """
    begun = client.recv(LONGEST_WAITED_FOR, socket.MSG_PEEK)
    missing = 0 if not begun else max(wanted_bytes(begun) - len(begun), 0)
    client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVLOWAT, len(begun) + missing if missing else 1)
    return missing


def wanted_bytes(begun: bytes) -> int:
    """How long a request that begins so is, as far as that can be told and is waited for."""
    end = begun.find(END_OF_HEADERS)
    if end < 0:
        return min(len(begun) + 1, LONGEST_WAITED_FOR)
    headers = begun[: end + len(END_OF_HEADERS)]
    length = LENGTH.search(headers)
    # A client that expects an answer to its headers sends no body before.
    if length is None or EXPECT.search(headers):
        return len(headers)
    return min(len(headers) + int(length[1]), LONGEST_WAITED_FOR)


def is_readable(waiting: socket.socket, seconds: float) -> bool:
    """Whether there is something to read, or to accept, within so many seconds."""
    poll = select.poll()
    poll.register(waiting, select.POLLIN)
    return bool(poll.poll(seconds * 1000))


def has_closed(client: socket.socket) -> bool:
    """Whether the client sends no more. Not known on every system: then the request is late at last."""
    poll = select.poll()
    poll.register(client, CLOSED)
    return bool(CLOSED and poll.poll(0))
