"""A visitor of the server from outside, who is told only its name and its authority's certificate."""

from __future__ import annotations

import http.client
import re
import socket
import ssl
import time
from collections.abc import Callable
from http.cookies import SimpleCookie
from typing import Any
from urllib.parse import urlencode

import pytest

from deploy_stage import NAME, Server

VISITOR = "127.0.0.2"
"""Where visitors come from here: an address of this machine that is not the proxy's."""
PATIENCE = 120


class Visitor:
    """A browser without a screen: it trusts the own authority alone, keeps cookies."""

    def __init__(self, server: Server) -> None:
        self.server = server
        self.cookies = SimpleCookie()
        self.trust = ssl.create_default_context(cafile=server.root / "etc/baolei/tls/ca.crt")

    def asked(self, path: str, body: bytes | None = None, name: str = NAME, **headers: str) -> Answer:
        """The answer to one question over HTTPS."""
        told = {
            "Host": name,
            "Referer": f"https://{name}/",
            **{key.replace("_", "-"): one for key, one in headers.items()},
        }
        if self.cookies:
            told["Cookie"] = "; ".join(f"{key}={one.value}" for key, one in self.cookies.items())
        where = ("127.0.0.1", self.server.https)
        with (
            socket.create_connection(where, 30, (VISITOR, 0)) as plain,
            self.trust.wrap_socket(plain, server_hostname=name if name.endswith(NAME) else NAME) as safe,
        ):
            certificate = safe.getpeercert(binary_form=True) or b""
            answer = Answer(safe, "GET" if body is None else "POST", path, body, told)
        answer.certificate = certificate
        for line in answer.headers.get_all("Set-Cookie") or []:
            self.cookies.load(line)
        return answer

    def sent(self, path: str, **fields: str | tuple[str, bytes]) -> Answer:
        """The answer to a form of a page; a pair is a file, its name and its bytes."""
        page = self.asked(path)
        token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', page.text)
        assert token, page.text
        fields = {"csrfmiddlewaretoken": token[1], **fields}
        if not any(isinstance(one, tuple) for one in fields.values()):
            return self.asked(path, urlencode(fields).encode(), Content_Type="application/x-www-form-urlencoded")
        parts = b""
        for key, one in fields.items():
            file = f'; filename="{one[0]}"'.encode() if isinstance(one, tuple) else b""
            said = one[1] if isinstance(one, tuple) else one.encode()
            parts += b'--part\r\nContent-Disposition: form-data; name="%b"%b\r\n\r\n%b\r\n' % (key.encode(), file, said)
        return self.asked(path, parts + b"--part--\r\n", Content_Type="multipart/form-data; boundary=part")


class Answer:
    """What came back: status, headers, text; the certificate it came under."""

    certificate = b""

    def __init__(
        self, over: socket.socket, method: str, path: str, body: bytes | None, headers: dict[str, str]
    ) -> None:
        line = http.client.HTTPConnection(headers["Host"])
        line.sock = over
        line.request(method, path, body, {**headers, "Connection": "close"})
        got = line.getresponse()
        self.status, self.headers, self.text = got.status, got.headers, got.read().decode(errors="replace")


def until(asked: Callable[[], Any], what: str, server: Server) -> Any:
    """What is answered as soon as it is something; a failure with the logs where it is not in time."""
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        try:
            if found := asked():
                return found
        except OSError:
            pass
        time.sleep(0.3)
    return pytest.fail(f"not in {PATIENCE} s: {what}\n{server.logs()}")
