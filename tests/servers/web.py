"""The application behind a real HTTP server, for browsers and for races between real threads."""

import socket
import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from werkzeug.serving import WSGIRequestHandler, make_server

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

LOOPBACK = "127.0.0.1"
_ANSWER = "paraphe.tests.answer"


def free_port() -> int:
    """A port nobody listens on, taken early: the application is configured with its base URL."""
    with socket.socket() as candidate:
        candidate.bind((LOOPBACK, 0))
        port: int = candidate.getsockname()[1]
        return port


def base_url(port: int) -> str:
    return f"http://{LOOPBACK}:{port}"


class _SilentHandler(WSGIRequestHandler):
    """Says nothing of each request: the output of tests is for tests."""

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        """Keeps quiet."""

    def connection_dropped(self, _error: BaseException, environ: "WSGIEnvironment | None" = None) -> None:
        """Close the answer that nobody reads to its end: Werkzeug forgets it, and leaves a static file open."""
        close = getattr((environ or {}).get(_ANSWER), "close", None)
        if close is not None:
            close()


def _remembering_its_answer(app: "WSGIApplication") -> "WSGIApplication":
    def remembering(environ: "WSGIEnvironment", start_response: "StartResponse") -> "Iterable[bytes]":
        environ[_ANSWER] = app(environ, start_response)
        answer: Iterable[bytes] = environ[_ANSWER]
        return answer

    return remembering


@contextmanager
def serving(app: "WSGIApplication", port: int | None = None) -> Iterator[str]:
    """Serves for as long as the block lasts, one thread for each request, and gives the base URL."""
    server = make_server(
        LOOPBACK, port or 0, _remembering_its_answer(app), threaded=True, request_handler=_SilentHandler
    )
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, name="tests-web")
    thread.start()
    try:
        yield base_url(server.server_port)
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
