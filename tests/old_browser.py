"""Drives a Chromium of any age over its debugging line: what drives today's browsers no longer speaks to old ones.

A `Tab` hears everything the browser complains of, as `conftest.Visitor` does, in `complaints`.
"""

from __future__ import annotations

import base64
import json
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from urllib.parse import urlsplit

from websockets.sync.client import ClientConnection, connect

from conftest import CHROMIUM_FLAGS

PATIENCE = 20.0
"""So many seconds for anything to happen on a page."""
ITS_OWN = "'sha256-pILX+5FGCpLRHvNBgtABIdSMmytrYudGxJBUYXY1t0s='"
"""The style of the arrow beside a list of offers: Chromium 92 writes it inline itself, and refuses it itself."""
FOLDED = "'details:not([open]) > :not(summary)'"
"""What is folded away: today's browsers lay it out all the same."""
PAGE = "location.href + ': ' + document.body.innerText.slice(0, 400)"


class OldBrowser:
    """A running browser and the line to it."""

    def __init__(self, line: ClientConnection) -> None:
        self.line = line
        self.last = 0
        self.tabs: dict[str, Tab] = {}
        self.name: str = self.call("Browser.getVersion")["product"]

    def call(self, method: str, session: str = "", **parameters: Any) -> dict[str, Any]:
        """Ask the browser for something, hearing what it tells meanwhile; its answer."""
        self.last += 1
        call = {"id": self.last, "method": method, "params": parameters}
        self.line.send(json.dumps(call | ({"sessionId": session} if session else {})))
        while (told := self.hear(PATIENCE)).get("id") != self.last:
            pass
        assert "error" not in told, f"{method} {parameters}: {told['error']}"
        answer: dict[str, Any] = told["result"]
        return answer

    def hear(self, seconds: float) -> dict[str, Any]:
        """The next thing the browser says, given to the tab that it is about."""
        told: dict[str, Any] = json.loads(self.line.recv(seconds))
        if "method" in told and (tab := self.tabs.get(told.get("sessionId", ""))):
            tab.told(told["method"], told["params"])
        return told

    @contextmanager
    def tab(self, address: str) -> Iterator[Tab]:
        """A tab without cookies of its own, for the pages of an address."""
        context = self.call("Target.createBrowserContext")["browserContextId"]
        target = self.call("Target.createTarget", url="about:blank", browserContextId=context)["targetId"]
        session = self.call("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        tab = self.tabs[session] = Tab(self, session, address)
        for domain in ("Page", "Runtime", "Log", "Network", "DOM"):
            tab.call(f"{domain}.enable")
        tab.call("Emulation.setEmulatedMedia", features=[{"name": "prefers-reduced-motion", "value": "reduce"}])
        tab.resize(1280, 800)
        yield tab
        del self.tabs[session]
        self.call("Target.disposeBrowserContext", browserContextId=context)


class Tab:
    """A tab: what a person does in it, what it shows, and what the browser complains of."""

    def __init__(self, browser: OldBrowser, session: str, address: str) -> None:
        self.browser, self.session, self.address = browser, session, address
        self.complaints: list[str] = []
        self.loaded = 0

    def call(self, method: str, **parameters: Any) -> dict[str, Any]:
        return self.browser.call(method, self.session, **parameters)

    def told(self, method: str, what: dict[str, Any]) -> None:
        """Count the pages that were loaded, and keep every complaint."""
        if method == "Page.loadEventFired":
            self.loaded += 1
        elif method == "Runtime.exceptionThrown":
            details = what["exceptionDetails"]
            said = details.get("exception", {}).get("description") or details["text"]
            self.complaints.append(f"script: {said} {details.get('url', '')}")
        elif method == "Runtime.consoleAPICalled" and what["type"] in {"error", "warning", "assert"}:
            self.complaints.append(f"{what['type']}: {[one.get('value') for one in what['args']]}")
        elif method == "Log.entryAdded" and what["entry"]["level"] in {"error", "warning"}:
            said = f"{what['entry']['source']}: {what['entry']['text']} {what['entry'].get('url', '')}"
            if ITS_OWN not in said:
                self.complaints.append(said)
        elif method == "Network.requestWillBeSent":
            parts = urlsplit(what["request"]["url"])
            if parts.scheme not in {"data", "blob"} and parts.netloc != urlsplit(self.address).netloc:
                self.complaints.append(f"asked another host: {what['request']['url']}")

    def resize(self, width: int, height: int) -> None:
        self.call("Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=False)

    def goto(self, path: str) -> None:
        """Open a page of ours, its charts drawn."""
        before = self.loaded
        answer = self.call("Page.navigate", url=self.address + path)
        assert "errorText" not in answer, answer
        self._arrive(before)

    def _arrive(self, before: int) -> None:
        end = time.monotonic() + PATIENCE
        while self.loaded == before:
            self.browser.hear(end - time.monotonic())
        self.wait("[...document.querySelectorAll('[data-chart]')].every((one) => one.dataset.drawn)")

    def ask(self, expression: str) -> Any:
        """The value of an expression on the page."""
        answer = self.call("Runtime.evaluate", expression=expression, returnByValue=True, awaitPromise=True)
        assert "exceptionDetails" not in answer, f"{expression}: {answer['exceptionDetails']}"
        return answer["result"].get("value")

    def wait(self, expression: str) -> None:
        """Until an expression is true on the page."""
        end = time.monotonic() + PATIENCE
        while not self.ask(f"Boolean({expression})"):
            assert time.monotonic() < end, f"never true: {expression}; {self.complaints}; {self.ask(PAGE)}"
            time.sleep(0.03)

    def text(self, selector: str = "main") -> str:
        """What stands there to be read."""
        self.wait(f"document.querySelector({json.dumps(selector)})")
        return str(self.ask(f"document.querySelector({json.dumps(selector)}).innerText"))

    def click(self, selector: str, words: str = "", *, leads_on: bool = True) -> None:
        """Press the first thing seen there, of these words, with the mouse; by default that opens another page."""
        found = f"""(() => {{
            const seen = (each) => each.getClientRects().length && !each.closest({FOLDED});
            const one = [...document.querySelectorAll({json.dumps(selector)})].find((each) =>
                seen(each) && each.innerText.includes({json.dumps(words)}));
            if (!one) return 'it is not there';
            one.scrollIntoView({{block: 'center', behavior: 'instant'}});
            const box = one.getClientRects()[0], x = box.x + box.width / 2, y = box.y + box.height / 2;
            const there = document.elementFromPoint(x, y);
            return one.contains(there) ? [x, y] : 'covered by ' + (there && there.outerHTML.slice(0, 200));
        }})()"""
        place = self.ask(found)
        assert isinstance(place, list), f"cannot press {selector} {words}: {place}; {self.ask(PAGE)}"
        before = self.loaded
        for kind in ("mousePressed", "mouseReleased"):
            self.call("Input.dispatchMouseEvent", type=kind, x=place[0], y=place[1], button="left", clickCount=1)
        if leads_on:
            self._arrive(before)

    def type(self, selector: str, words: str) -> None:
        """Write into a field what a keyboard would; into a date or a choice what its own picker would."""
        field = f"document.querySelector({json.dumps(selector)})"
        self.ask(f"{field}.focus()")
        if self.ask(f"{field}.type === 'date' || {field}.tagName === 'SELECT'"):
            self.ask(f"{field}.value = {json.dumps(words)}, {field}.dispatchEvent(new Event('change'))")
        else:
            self.ask(f"{field}.select()")
            self.call("Input.insertText", text=words)
        assert self.ask(f"{field}.value") == words, f"{selector} does not take {words}"

    def choose_file(self, selector: str, file: Path) -> None:
        """Choose a file for a field."""
        root = self.call("DOM.getDocument")["root"]["nodeId"]
        node = self.call("DOM.querySelector", nodeId=root, selector=selector)["nodeId"]
        self.call("DOM.setFileInputFiles", files=[str(file)], nodeId=node)

    def picture(self, file: Path) -> None:
        """What is seen, as a file."""
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(base64.b64decode(self.call("Page.captureScreenshot")["data"]))


@contextmanager
def running(program: str) -> Iterator[OldBrowser]:
    """A browser, started without a window and ended afterwards.

    Raises:
        AssertionError: it does not start here; says what it said.
    """
    with TemporaryDirectory(prefix="old-browser-", ignore_cleanup_errors=True) as home, TemporaryDirectory() as out:
        said = Path(out) / "said"
        flags = [*CHROMIUM_FLAGS, "--headless", "--lang=zh-CN", "--hide-scrollbars", "--remote-debugging-port=0"]
        with said.open("wb") as log:
            process = subprocess.Popen([program, *flags, f"--user-data-dir={home}"], stdout=log, stderr=log)
        try:
            # An old browser hangs up when it is pinged.
            with connect(_address(process, said), max_size=None, proxy=None, ping_interval=None) as line:
                yield OldBrowser(line)
        finally:
            process.terminate()
            process.wait(PATIENCE)


def _address(process: subprocess.Popen[bytes], said: Path) -> str:
    """Where the browser listens, as it says when it has started."""
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end and process.poll() is None:
        for line in said.read_text(encoding="utf-8", errors="replace").splitlines():
            if line.startswith("DevTools listening on "):
                return line.rpartition(" ")[2]
        time.sleep(0.05)
    raise AssertionError(f"the browser did not start: {said.read_text(errors='replace')}; run tools/system.sh browser")
