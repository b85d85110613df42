"""Starting the desk."""

from __future__ import annotations

import gc
import sys
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from urllib.parse import quote

from whowhom import store as stores
from whowhom.web.app import make_app
from whowhom.web.guarding import Gate

HOST = "127.0.0.1"
PORT = 8640
# A page that is put together has the interpreter for so long before others may; by default five times that,
# which each of a dozen short questions of another page would wait for.
_SWITCH_SECONDS = 0.001
# What a page makes is in no cycles, and remembered answers are many: to look through them all for some took
# a twentieth of the time, and now and then a tenth of a second in which no page moved.
_COLLECT_AFTER = (50_000, 20, 100)


def serve(
    store: str | Path = stores.DEFAULT_PATH,
    *,
    host: str = HOST,
    port: int = PORT,
    token: str = "",
    started: Callable[[str], None] | None = None,
) -> None:
    """Open the desk over a store, until the program is interrupted.

    Args:
        store: The DuckDB file; `read` and `watch` may write to it at the same time.
        host: Address to bind to; any but this computer's own needs a token.
        port: Port; 0 for any that is free.
        token: What a reader has to show once, in `?token=`.
        started: Called with the address that a reader opens, when the desk answers.

    Raises:
        ValueError: An address that others reach, without a token; or a token that is too short.
        StoreError: There is no store, or it cannot be read.
        OSError: The address or port cannot be bound to.
    """
    import socket

    import uvicorn

    Gate(host, port, token)
    stores.open(store, read_only=True).close()
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind((host, port))
        except OSError as error:
            raise OSError(error.errno, error.strerror, f"{host}:{port}") from error
        # Listening now, so that whoever opens the address at once waits instead of being refused.
        listener.listen(128)
        port = listener.getsockname()[1]
        server = uvicorn.Server(
            uvicorn.Config(
                make_app(store, gate=Gate(host, port, token)),
                log_level="warning",
                access_log=False,
                server_header=False,
                # No proxy stands before it, so nobody else may say where a request came from.
                proxy_headers=False,
                timeout_graceful_shutdown=2,
            )
        )
        if started is not None:
            shown = f"[{host}]" if ":" in host else host
            started(f"http://{shown}:{port}/" + (f"?token={quote(token)}" if token else ""))
        sys.setswitchinterval(_SWITCH_SECONDS)
        gc.freeze()
        gc.set_threshold(*_COLLECT_AFTER)
        # Ctrl-C is how a desk is closed; uvicorn has let running answers end by then.
        with suppress(KeyboardInterrupt):
            server.run(sockets=[listener])
