"""The services that are asked, and where they are."""

from __future__ import annotations

import os
from dataclasses import dataclass
from urllib.parse import urlsplit

from digikom.errors import InputError

LICENCE = "CC BY 4.0"
"""The licence that Statistics Norway gives everything in both services under."""

_LOOPBACK = ("127.0.0.1", "::1", "localhost")


@dataclass(frozen=True)
class Service:
    """A service of Statistics Norway: its name, its public address, and the environment variable that overrides it."""

    name: str
    address: str
    variable: str

    @property
    def url(self) -> str:
        """The address to ask, without a slash at the end.

        Raises `InputError` for one that is not a web address, or that is neither encrypted nor on this machine.
        """
        url = os.environ.get(self.variable) or self.address
        try:
            parts = urlsplit(url)
            encrypted, host, _ = parts.scheme == "https", parts.hostname, parts.port
        except ValueError:
            encrypted, host = False, None
        if not host or not (encrypted or (parts.scheme == "http" and host in _LOOPBACK)):
            raise InputError(f"{self.variable}: expected the https address of {self.name}; found {url!r}")
        return url.rstrip("/")


KLASS = Service("Klass", "https://data.ssb.no/api/klass/v1", "DIGIKOM_KLASS_URL")
"""Classifications and code lists."""

STATBANK = Service("StatBank", "https://data.ssb.no/api/pxwebapi/v2", "DIGIKOM_STATBANK_URL")
"""Tables of official statistics (PxWebApi, version 2)."""
