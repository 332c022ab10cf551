"""The nginx that is shipped and the one in the documentation: accepted, and bounding sign-ins by address."""

import re
import shutil
import ssl
import subprocess
import threading
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import ClassVar

import pytest

from tests.nginx import command, free_port, start_nginx
from tests.serving import ROOT

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not shutil.which("openssl"), reason="no openssl to make a certificate with"),
]
NAME = "ledger.example.org"
TRUSTING = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
TRUSTING.check_hostname, TRUSTING.verify_mode = False, ssl.CERT_NONE
SHIPPED = (ROOT / "deploy" / "nginx.conf").read_text(encoding="utf-8").replace("${SITE_NAME}", NAME)
DOCUMENTED = (
    (ROOT / "docs" / "operations.md")
    .read_text(encoding="utf-8")
    .partition("```nginx\n")[2]
    .partition("```")[0]
)


class Upstream(BaseHTTPRequestHandler):
    """A site that answers everything with the number of bytes that it was sent, and keeps connections."""

    protocol_version = "HTTP/1.1"
    connections: ClassVar[list[object]] = []

    def setup(self) -> None:
        super().setup()
        self.connections.append(self.client_address)

    def do_GET(self) -> None:
        length = int(self.headers.get("Content-Length", 0))
        self.rfile.read(length)
        answer = str(length).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    do_POST = do_GET

    def log_message(self, format: str, *args: object) -> None:
        pass


class Server(ThreadingHTTPServer):
    """With room for the thirty that a test asks at once; the default is five."""

    request_queue_size = 128


@pytest.fixture(scope="module")
def upstream() -> Iterator[int]:
    server = Server(("127.0.0.1", 0), Upstream)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server.server_address[1]
    server.shutdown()
    server.server_close()


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("certificate")
    made = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-subj", f"/CN={NAME}"]
    made += ["-keyout", str(folder / "site.key"), "-out", str(folder / "site.pem")]
    subprocess.run(made, check=True, capture_output=True)
    return folder


def here(lines: str, *, port: int, plain: int, site: int, certificate: Path) -> str:
    """The lines with this machine's ports and certificate, and a smaller limit: 4 a second and 4 more."""
    assert "limit_req zone=sign_in burst=100;" in lines
    replaced = {
        r"\S+/[\w.]+\.pem": f"{certificate}/site.pem",
        r"\S+/[\w.]+\.key": f"{certificate}/site.key",
        r"listen 443 ssl": f"listen 127.0.0.1:{port} ssl",
        r"listen 80": f"listen 127.0.0.1:{plain}",
        r"server web[12]:8000": f"server 127.0.0.1:{site}",
        r"http://127\.0\.0\.1:8000": f"http://127.0.0.1:{site}",
        r"rate=5r/s": "rate=4r/s",
        r"burst=100": "burst=4",
    }
    for pattern, text in replaced.items():
        lines = re.sub(pattern, text, lines)
    return lines


@pytest.fixture(scope="module", params=["shipped", "documented"])
def ports(
    request: pytest.FixtureRequest,
    tmp_path_factory: pytest.TempPathFactory,
    upstream: int,
    certificate: Path,
) -> Iterator[tuple[int, int]]:
    """The ports for TLS and without it, of nginx as it is shipped and as it is documented."""
    folder, plain = tmp_path_factory.mktemp("nginx"), free_port()
    lines = SHIPPED if request.param == "shipped" else DOCUMENTED
    port, nginx = start_nginx(
        folder, lambda port: here(lines, port=port, plain=plain, site=upstream, certificate=certificate)
    )
    yield port, plain
    nginx.terminate()
    nginx.wait(timeout=20)


def ask(port: int, method: str, path: str, body: bytes = b"", name: str = NAME) -> tuple[int, bytes]:
    """The status and the text of the answer, asked under this name."""
    connection = HTTPSConnection("127.0.0.1", port, timeout=20, context=TRUSTING)
    connection.sock = TRUSTING.wrap_socket(
        connection._create_connection(("127.0.0.1", port), 20),  # type: ignore[attr-defined]
        server_hostname=name,
    )
    try:
        connection.request(method, path, body, headers={"Host": name})
        response = connection.getresponse()
        return response.status, response.read()
    finally:
        connection.close()


def thirty(port: int, method: str, path: str) -> Counter[int]:
    """The statuses of thirty requests at once."""
    with ThreadPoolExecutor(30) as pool:
        return Counter(pool.map(lambda _number: ask(port, method, path)[0], range(30)))


@pytest.mark.parametrize("lines", [SHIPPED, DOCUMENTED], ids=["shipped", "documented"])
def test_nginx_accepts_the_lines_with_their_own_figures(
    lines: str, tmp_path: Path, certificate: Path
) -> None:
    quick = here(lines, port=free_port(), plain=free_port(), site=1, certificate=certificate)
    own = quick.replace("rate=4r/s", "rate=5r/s").replace("burst=4", "burst=100")

    tried = subprocess.run([*command(tmp_path, own), "-t"], check=False, capture_output=True, text=True)

    assert "test is successful" in tried.stderr
    assert "warn" not in tried.stderr


def test_sign_ins_of_one_address_are_bounded(ports: tuple[int, int]) -> None:
    for path in ("/sign-in/", "/sign-in/code/"):
        statuses = thirty(ports[0], "POST", path)

        assert set(statuses) == {200, 429}
        assert statuses[200] < 25


@pytest.mark.parametrize(("method", "path"), [("GET", "/sign-in/"), ("GET", "/"), ("POST", "/password/")])
def test_pages_and_other_forms_are_let_through(ports: tuple[int, int], method: str, path: str) -> None:
    assert thirty(ports[0], method, path) == {200: 30}


def test_a_spreadsheet_of_five_megabytes_passes(ports: tuple[int, int]) -> None:
    body = b"x" * (5 * 1024 * 1024 + 10_000)

    assert ask(ports[0], "POST", "/checklists/henan/import/", body) == (200, str(len(body)).encode())


def test_a_file_of_evidence_passes_at_its_own_address_alone(ports: tuple[int, int]) -> None:
    address, body = "/checklists/henan/items/1.1.1/evidence/", b"x" * (20 * 1024 * 1024 + 10_000)

    assert ask(ports[0], "POST", address, body) == (200, str(len(body)).encode())
    for other in ("/checklists/henan/import/", f"{address}1/withdraw/", f"/evidence{address}", f"{address}x"):
        assert ask(ports[0], "POST", other, body)[0] == 413
    assert ask(ports[0], "POST", address, body + bytes(1024 * 1024))[0] == 413


def test_no_request_is_sent_on_a_connection_that_the_site_may_be_closing(ports: tuple[int, int]) -> None:
    """A POST that meets the close is lost: nginx does not send it twice."""
    before = len(Upstream.connections)

    for _ in range(5):
        ask(ports[0], "POST", "/theme/", b"theme=dark")

    assert len(Upstream.connections) - before == 5


def test_without_tls_one_is_led_to_it_and_other_names_get_nothing(ports: tuple[int, int]) -> None:
    connection = HTTPConnection("127.0.0.1", ports[1], timeout=20)
    connection.request("GET", "/sign-in/", headers={"Host": NAME})
    assert connection.getresponse().getheader("Location") == f"https://{NAME}/sign-in/"
    connection.close()

    with pytest.raises(ssl.SSLError):
        ask(ports[0], "GET", "/", name="elsewhere.example")
    connection.request("GET", "/", headers={"Host": "elsewhere.example"})
    with pytest.raises((HTTPException, ConnectionError)):
        connection.getresponse()
    connection.close()
