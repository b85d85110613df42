"""Fetching a page or a feed, from public addresses only and within bounds.

Whoever names an address, and every page that redirects, may try to make whowhom ask a machine
inside the reader's network. So a host is resolved once, what it resolves to is checked, and the
connection goes to that very address; a redirect begins anew.
"""

from __future__ import annotations

import io
import ipaddress
import re
import socket
import time
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from email.message import Message
from importlib.metadata import PackageNotFoundError, version
from pathlib import PurePosixPath
from typing import Any

import httpcore
import httpx

from whowhom.readers.source import Source, SourceError

MAX_BYTES = 20_000_000
MAX_REDIRECTS = 5
# For everything: name, connection, redirects and content.
TOTAL_SECONDS = 30.0
# For one address of a host, so that a second one still has its chance.
_CONNECT_SECONDS = 10.0
_REDIRECTS = (301, 302, 303, 307, 308)
_MOVED = (301, 308)
_MAX_AGE = re.compile(r"(?:^|[,\s])max-age\s*=\s*\"?(\d{1,9})\b", re.I)
_MEDIA_TYPES = (
    "application/xhtml+xml",
    "application/xml",
    "application/json",
    "application/jsonl",
    "application/x-ndjson",
    "application/pdf",
)

# What no public server has: https://www.iana.org/assignments/iana-ipv4-special-registry and
# -ipv6-special-registry, 2025-10. A list of our own, because ipaddress.is_global differs between
# Python 3.11 and 3.13 and takes some ranges that lead back into IPv4 for public.
_FORBIDDEN_V4 = tuple(map(ipaddress.IPv4Network, (
    "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12",
    "192.0.0.0/24", "192.0.2.0/24", "192.31.196.0/24", "192.52.193.0/24", "192.88.99.0/24",
    "192.168.0.0/16", "192.175.48.0/24", "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24",
    "224.0.0.0/4", "240.0.0.0/4",
)))  # fmt: skip
# Of IPv6 only 2000::/3 is public, less these. Outside it lie loopback, link-local, multicast, unique
# local, IPv4-mapped and the two NAT64 prefixes.
_PUBLIC_V6 = ipaddress.IPv6Network("2000::/3")
_FORBIDDEN_V6 = tuple(map(ipaddress.IPv6Network, (
    "2001::/23",  # Teredo, ORCHID and other protocols
    "2001:db8::/32",  # documentation
    "2002::/16",  # 6to4, which leads into IPv4
    "2620:4f:8000::/48",  # AS112
    "3fff::/20",  # documentation
)))  # fmt: skip


class FetchError(SourceError):
    """An address was not fetched; the message is the reason.

    Attributes:
        status: What the server answered, None where none did.
        retry_after: Its Retry-After as it came, seconds or a date; "" where it sent none.
    """

    def __init__(self, message: str, *, status: int | None = None, retry_after: str = "") -> None:
        super().__init__(message)
        self.status = status
        self.retry_after = retry_after


@dataclass(frozen=True, slots=True)
class Fetched:
    """What a server answered.

    Attributes:
        url: The address in the end, after redirects.
        content: Unpacked; empty when `not_modified`.
        etag, modified: To be sent next time, "" where the server gave none.
        not_modified: The server says that nothing has changed since (HTTP 304).
        moved: Where the address has moved for good (HTTP 301 or 308), "" where it has not.
        fresh_seconds: How long the server takes its answer to be current (Cache-Control), 0 where it
            does not say.
    """

    url: str
    content: bytes = b""
    media_type: str = ""
    charset: str = ""
    etag: str = ""
    modified: str = ""
    not_modified: bool = False
    moved: str = ""
    fresh_seconds: int = 0

    def as_source(self) -> Source:
        """Return the content as the readers take it."""
        name = PurePosixPath(httpx.URL(self.url).path).name
        return Source(
            origin=self.url,
            stream=io.BytesIO(self.content),
            head=self.content[:65_536],
            name=name,
            url=self.url,
            media_type=self.media_type,
            charset=self.charset,
        )


def fetch(url: str, *, allow_local: bool = False, etag: str = "", modified: str = "") -> Fetched:
    """Return what stands at an http or https address.

    Bounds: 30 seconds in all, 20 MB unpacked, 5 redirects. Neither proxies nor credentials of the
    environment are used.

    Args:
        url: The address.
        allow_local: Also connect to private, loopback and link-local addresses.
        etag: The ETag of an earlier answer; with it the answer may be `not_modified`.
        modified: The Last-Modified of an earlier answer.

    Raises:
        FetchError: Refused, not found, too large, too slow, or no kind that whowhom reads.
    """
    deadline = time.monotonic() + TOTAL_SECONDS
    headers: dict[bytes | str, bytes | str] = {
        "User-Agent": _name_agent(),
        "Accept": "text/html, application/rss+xml, application/atom+xml, application/feed+json, "
        "application/xml, application/json, text/*, application/pdf",
        "Accept-Encoding": "gzip",
        "Connection": "close",
    }
    if etag:
        headers["If-None-Match"] = etag
    if modified:
        headers["If-Modified-Since"] = modified
    network = _CheckedNetwork(allow_local, deadline)
    try:
        address = _parse_address(url)
        moved, for_good = "", True
        with httpcore.ConnectionPool(network_backend=network) as pool:
            for _ in range(MAX_REDIRECTS + 1):
                with pool.stream("GET", str(address), headers=headers) as response:
                    fields = httpx.Headers(response.headers)
                    if response.status in _REDIRECTS and fields.get("location"):
                        address = _parse_address(str(address.join(fields["location"])))
                        # What lies behind a passing redirect may be elsewhere tomorrow.
                        for_good = for_good and response.status in _MOVED
                        moved = str(address) if for_good else moved
                        continue
                    received = _receive(response, fields, str(address), deadline)
                    return replace(received, moved=moved, fresh_seconds=_find_freshness(fields))
    except httpcore.TimeoutException as error:
        raise FetchError(f"no answer in full within {TOTAL_SECONDS:.0f} seconds") from error
    except (httpcore.NetworkError, httpcore.ProtocolError, OSError) as error:
        raise FetchError(f"cannot be fetched: {str(error) or type(error).__name__}") from error
    # Header values and redirects that the client will not write or parse.
    except (httpx.InvalidURL, UnicodeError, httpcore.UnsupportedProtocol) as error:
        raise FetchError(f"not a valid address, here or in a redirect: {error}") from error
    raise FetchError(f"more than {MAX_REDIRECTS} redirects")


def find_refusal(address: str) -> str:
    """Return why an IP address must not be asked, "" if it is public.

    >>> find_refusal("127.0.0.1"), find_refusal("::ffff:10.0.0.1"), find_refusal("8.8.8.8")
    ('127.0.0.1 is not a public address', '::ffff:10.0.0.1 is not a public address', '')
    """
    try:
        ip = ipaddress.ip_address(address)
    except ValueError:
        return f"{address!r} is not an IP address"
    if isinstance(ip, ipaddress.IPv4Address):
        public = not any(ip in net for net in _FORBIDDEN_V4)
    else:
        public = ip in _PUBLIC_V6 and not any(ip in net for net in _FORBIDDEN_V6)
    return "" if public else f"{address} is not a public address"


def _name_agent() -> str:
    try:
        return f"whowhom/{version('whowhom')} (news event coder)"
    except PackageNotFoundError:
        return "whowhom (news event coder)"


def _parse_address(url: str) -> httpx.URL:
    address = httpx.URL(url)
    if address.scheme not in ("http", "https"):
        raise FetchError(f"only http and https are fetched, not {address.scheme or 'no'!r}")
    if address.userinfo:
        raise FetchError("addresses with a user name or a password in them are not fetched")
    if not address.host:
        raise FetchError("the address names no host")
    return address


def _receive(response: httpcore.Response, fields: httpx.Headers, url: str, deadline: float) -> Fetched:
    etag, modified = fields.get("etag", ""), fields.get("last-modified", "")
    if response.status == 304:
        return Fetched(url, etag=etag, modified=modified, not_modified=True)
    if not 200 <= response.status < 300:
        phrase = response.extensions.get("reason_phrase", b"").decode("ascii", "replace")
        raise FetchError(
            f"server answered {response.status} {phrase}".strip(),
            status=response.status,
            retry_after=fields.get("retry-after", ""),
        )
    declared = Message()
    declared["Content-Type"] = fields.get("content-type", "").replace("\n", " ")
    media_type = declared.get_content_type() if fields.get("content-type") else ""
    if media_type and not (
        media_type.startswith("text/") or media_type.endswith(("+xml", "+json")) or media_type in _MEDIA_TYPES
    ):
        raise FetchError(
            f"content type {media_type} is not read: expected HTML, XML, JSON, plain text or PDF"
        )
    length = fields.get("content-length", "")
    if length.isdecimal() and int(length) > MAX_BYTES:
        raise FetchError(f"larger than {MAX_BYTES // 1_000_000} MB")
    content = _unpack(_within(response.iter_stream(), deadline), fields.get("content-encoding", ""))
    return Fetched(url, content, media_type, declared.get_content_charset() or "", etag, modified)


def _find_freshness(fields: httpx.Headers) -> int:
    """Return for how many more seconds an answer is current, as its server and the caches between say."""
    found = _MAX_AGE.search(fields.get("cache-control", ""))
    age = fields.get("age", "")
    spent = int(age) if age.isdecimal() and len(age) < 10 else 0
    return max(int(found[1]) - spent, 0) if found else 0


def _within(chunks: Iterable[bytes], deadline: float) -> Iterator[bytes]:
    """Yield the chunks, and stop at the deadline however fast they come."""
    for chunk in chunks:
        if time.monotonic() > deadline:
            raise httpcore.ReadTimeout
        yield chunk


def _unpack(chunks: Iterable[bytes], coding: str) -> bytes:
    """Return the unpacked content; a gzip bomb is stopped at the bound, not after it went off."""
    coding = coding.strip().lower()
    if coding not in ("", "identity", "gzip", "x-gzip", "deflate"):
        raise FetchError(f"content is packed as {coding!r}, which was not asked for")
    packed = coding not in ("", "identity")
    unpacker: Any = None
    content = bytearray()
    for chunk in chunks:
        if not packed:
            content += chunk
        elif chunk:
            if unpacker is None:
                unpacker = zlib.decompressobj(_find_window(chunk, coding))
            try:
                content += unpacker.decompress(chunk, MAX_BYTES + 1 - len(content))
            except zlib.error as error:
                raise FetchError(f"packed content is damaged: {error}") from error
        if len(content) > MAX_BYTES or (unpacker is not None and unpacker.unconsumed_tail):
            raise FetchError(f"larger than {MAX_BYTES // 1_000_000} MB unpacked")
    if unpacker is not None and not unpacker.eof:
        raise FetchError("packed content is cut short")
    return bytes(content)


def _find_window(chunk: bytes, coding: str) -> int:
    """Return zlib's `wbits`: servers send "deflate" with zlib's header, or without."""
    raw = coding == "deflate" and (chunk[0] & 0x0F) != 8
    return -zlib.MAX_WBITS if raw else zlib.MAX_WBITS | 32


class _CheckedNetwork(httpcore.NetworkBackend):
    """Opens connections to checked addresses only, and none of them outlives the deadline."""

    def __init__(self, allow_local: bool, deadline: float) -> None:
        self._allow_local = allow_local
        self._deadline = deadline
        self._network = httpcore.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.NetworkStream:
        addresses = self._resolve(host, port)
        error: Exception = httpcore.ConnectError(f"host {host!r} has no address")
        for address in addresses:
            seconds = min(_CONNECT_SECONDS, _remaining(self._deadline))
            try:
                stream = self._network.connect_tcp(address, port, seconds, local_address, socket_options)
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as failed:
                error = failed
                continue
            return _TimedStream(stream, self._deadline)
        raise error

    def _resolve(self, host: str, port: int) -> list[str]:
        """Return the addresses of a host, all of them allowed.

        One forbidden address among public ones is no accident, so it refuses the host.
        """
        try:
            found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        except (OSError, UnicodeError) as error:
            raise FetchError(f"host {host!r} is not known: {error}") from error
        addresses = list(dict.fromkeys(str(row[4][0]) for row in found))
        if not self._allow_local:
            for address in addresses:
                refusal = find_refusal(address)
                if refusal:
                    raise FetchError(f"host {host!r} is refused: {refusal}. Use --allow-local to fetch it")
        return addresses


class _TimedStream(httpcore.NetworkStream):
    """A connection whose every wait ends at the deadline.

    A bound on each read alone would let a server drip one byte every few seconds for ever.
    """

    def __init__(self, stream: httpcore.NetworkStream, deadline: float) -> None:
        self._stream = stream
        self._deadline = deadline

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._stream.read(max_bytes, _remaining(self._deadline))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._stream.write(buffer, _remaining(self._deadline))

    def close(self) -> None:
        self._stream.close()

    def start_tls(
        self, ssl_context: Any, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        stream = self._stream.start_tls(ssl_context, server_hostname, _remaining(self._deadline))
        return _TimedStream(stream, self._deadline)

    def get_extra_info(self, info: str) -> Any:
        return self._stream.get_extra_info(info)


def _remaining(deadline: float) -> float:
    seconds = deadline - time.monotonic()
    if seconds <= 0:
        raise httpcore.ReadTimeout
    return seconds
