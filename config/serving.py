"""The worker that serves: gunicorn's own with threads, with two repairs for when no proxy is before it."""

import errno
import select
import selectors
import socket
import time
from functools import partial

from gunicorn.workers.gthread import TConn, ThreadWorker

# Seconds from the connection to the end of the headers. A proxy sends them at once.
HEADERS_WITHIN = 5.0
END_OF_HEADERS = b"\r\n\r\n"
# The server itself refuses headers long before.
LONGEST_HEADERS = 64 * 1024
PASSING = {errno.EAGAIN, errno.ECONNABORTED, errno.EWOULDBLOCK}


class DrainingWorker(ThreadWorker):
    """Gives no thread to half-sent headers, and answers all that are connected when the server stops."""

    def accept(self, listener: socket.socket) -> None:
        """Wait for the headers of a new connection without a thread."""
        try:
            client, address = listener.accept()
        except OSError as error:
            if error.errno not in PASSING:
                raise
            return
        self.nr_conns += 1
        connection = TConn(self.cfg, client, address, listener.getsockname())
        connection.timeout = time.monotonic() + HEADERS_WITHIN
        self.pending_conns.append(connection)
        readable = partial(self.on_pending_socket_readable, connection)
        self.poller.register(connection.sock, selectors.EVENT_READ, readable)

    def on_pending_socket_readable(self, conn: TConn, client: socket.socket) -> None:
        """Give the connection a thread once its headers are there. The poller closes it if they are late."""
        try:
            has_headers = are_headers_there(client)
        except OSError:
            has_headers = True  # the thread closes it
        if has_headers:
            super().on_pending_socket_readable(conn, client)

    def set_accept_enabled(self, enabled: bool) -> None:
        """Before it stops listening for good, accept those who are waiting: they would be cut off."""
        super().set_accept_enabled(enabled)
        if self.alive or enabled:
            return
        for listener in self.sockets:
            while listener.fileno() >= 0 and select.select([listener], [], [], 0)[0]:
                self.accept(listener)
            listener.close()

    def _cap_keepalive(self, deadline: float) -> None:
        """A stopping server waits no longer for headers than for a request on a connection that was kept."""
        super()._cap_keepalive(deadline)
        for connection in self.pending_conns:
            connection.timeout = min(connection.timeout, deadline)


def are_headers_there(client: socket.socket) -> bool:
    """Whether a request can be read without waiting for its headers. Reads nothing.

    If not, the socket becomes readable again only when more has come.
    """
    begun = client.recv(LONGEST_HEADERS, socket.MSG_PEEK)
    complete = not begun or END_OF_HEADERS in begun or len(begun) == LONGEST_HEADERS
    client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVLOWAT, 1 if complete else len(begun) + 1)
    return complete
