"""Addresses opened over https and nothing else, redirects too."""

from contextlib import AbstractContextManager
from http.client import HTTPMessage
from typing import IO, cast
from urllib.error import URLError
from urllib.request import HTTPRedirectHandler, Request, build_opener

__all__ = ["HttpsOnly", "open_https"]

_TIMEOUT_SECONDS = 60.0


class HttpsOnly(HTTPRedirectHandler):
    """Follow a redirect only to another https address."""

    def redirect_request(
        self, req: Request, fp: IO[bytes], code: int, msg: str, headers: HTTPMessage, newurl: str
    ) -> Request | None:
        """Return the request of the other address.

        Raises
        ------
        URLError
            If it is not https.
        """
        if not newurl.startswith("https://"):
            text = f"redirected to {newurl}, which is not https"
            raise URLError(text)
        return super().redirect_request(req, fp, code, msg, headers, newurl)


def open_https(address: str) -> AbstractContextManager[IO[bytes]]:
    """Return a stream of what is at `address`."""
    opened = build_opener(HttpsOnly()).open(address, timeout=_TIMEOUT_SECONDS)
    return cast("AbstractContextManager[IO[bytes]]", opened)
