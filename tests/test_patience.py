"""The tests themselves: whoever clicks is not asked anything before the next page stands whole."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

pytestmark = pytest.mark.browser


class Slow(BaseHTTPRequestHandler):
    """A form that leads to a page whose second half comes late."""

    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.end_headers()
        if not self.path.startswith("/late"):
            self.wfile.write(b"<form action=/late><button>go</button></form>")
            return
        self.wfile.write(b"<p>one</p>" + b" " * 4000)
        self.wfile.flush()
        time.sleep(1)
        self.wfile.write(b"<p>two</p>")

    def log_message(self, *_words: Any) -> None:
        """Say nothing."""


@pytest.fixture
def slow() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Slow)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()


def test_a_click_ends_when_the_next_page_stands(page: Any, slow: str) -> None:
    page.goto(slow)
    page.locator("button").click()
    assert page.locator("p").count() == 2
