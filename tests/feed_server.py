"""A real HTTP server on loopback whose answers a test sets, and which notes what it was asked."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from html import escape
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass
class Answer:
    """What is sent for a path; `seconds` is how long the server takes over it."""

    body: str | bytes = ""
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    seconds: float = 0.0


@dataclass
class Asked:
    """One request, with the time at which it came and was answered."""

    path: str
    headers: dict[str, str]
    began: float
    ended: float = 0.0


class FeedServer:
    """Answers by path; an ETag that comes back is answered with 304."""

    def __init__(self, port: int) -> None:
        self.answers: dict[str, Answer] = {}
        self.asked: list[Asked] = []
        self.port = port

    def url(self, path: str, host: str = "127.0.0.1") -> str:
        return f"http://{host}:{self.port}{path}"

    def set(self, path: str, body: str | bytes = "", status: int = 200, **options: Any) -> str:
        self.answers[path] = Answer(body, status, **options)
        return self.url(path)

    def count(self, path: str) -> int:
        return sum(one.path == path for one in self.asked)


@contextmanager
def serve_feeds() -> Iterator[FeedServer]:
    """Run a server for the block."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked = Asked(self.path, {name.lower(): value for name, value in self.headers.items()},
                          time.monotonic())  # fmt: skip
            server.asked.append(asked)
            answer = server.answers.get(self.path, Answer(status=404))
            time.sleep(answer.seconds)
            body = answer.body.encode() if isinstance(answer.body, str) else answer.body
            etag = answer.headers.get("ETag")
            status = 304 if etag and asked.headers.get("if-none-match") == etag else answer.status
            self.send_response(status)
            for name, value in answer.headers.items():
                self.send_header(name, value)
            if status != 304:
                self.send_header("Content-Length", str(len(body)))
            asked.ended = time.monotonic()
            self.end_headers()
            if status != 304:
                self.wfile.write(body)

        def log_message(self, format: str, *arguments: Any) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as http:
        http.daemon_threads = True
        server = FeedServer(http.server_address[1])
        thread = threading.Thread(target=http.serve_forever, args=(0.02,), daemon=True)
        thread.start()
        try:
            yield server
        finally:
            http.shutdown()
            thread.join()


def write_rss(*texts: str, title: str = "Demo News", published: str = "", head: str = "") -> str:
    """Write an RSS feed with one item a text."""
    day = f"<pubDate>{published}</pubDate>" if published else ""
    items = "".join(
        f"<item><guid>{make_guid(text)}</guid><description>{escape(text)}</description>{day}</item>"
        for text in texts
    )
    return f'<rss version="2.0"><channel><title>{escape(title)}</title>{head}{items}</channel></rss>'


def make_guid(text: str) -> str:
    """Return a guid that is the same in every process."""
    return text.encode().hex()[:40]
