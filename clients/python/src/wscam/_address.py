"""Addresses of a server: what users type, and the settings in them."""

from __future__ import annotations

from typing import Mapping, Optional, Tuple, Union
from urllib.parse import SplitResult, parse_qsl, quote, urlencode, urlsplit, urlunsplit

from .errors import WscamError

Value = Union[str, int, float, None]

_SCHEMES = {"ws": "ws", "http": "ws", "wss": "wss", "https": "wss"}


def split_token(url: str) -> Tuple[str, Optional[str]]:
    """The address without its token, and the token, which must not get into proxies' logs."""
    parts = _split(url)
    pairs = parse_qsl(parts.query, keep_blank_values=True)
    token = dict(pairs).get("token")
    rest = [(name, value) for name, value in pairs if name != "token"]
    return urlunsplit(parts._replace(query=urlencode(rest))), token


def socket_url(url: str, query: Mapping[str, Value]) -> str:
    """The address of the WebSocket, with settings; ``None`` leaves a field as it is."""
    parts = _split(url if "://" in url else f"ws://{url}")
    scheme = _SCHEMES.get(parts.scheme)
    if scheme is None or not parts.hostname:
        raise _not_like(url)
    if "://" not in url and parts.port is None:
        parts = parts._replace(netloc=f"{parts.netloc}:8765")
    fields = dict(parse_qsl(parts.query, keep_blank_values=True))
    fields.update({name: str(value) for name, value in query.items() if value is not None})
    path = parts.path or "/"
    return urlunsplit((scheme, parts.netloc, path, urlencode(fields, quote_via=quote), ""))


def push_url(url: str, query: Mapping[str, Value]) -> str:
    """The address that accepts pictures, under the same path."""
    parts = urlsplit(socket_url(url, query))
    folder = parts.path.rsplit("/", 1)[0]
    return urlunsplit(parts._replace(path=f"{folder}/push"))


def http_url(url: str, path: str, query: Mapping[str, Value]) -> str:
    """The address of something beside the WebSocket, under the same path."""
    parts = urlsplit(socket_url(url, query))
    scheme = {"ws": "http", "wss": "https"}[parts.scheme]
    folder = parts.path.rsplit("/", 1)[0]
    return urlunsplit(parts._replace(scheme=scheme, path=f"{folder}/{path}"))


def _split(url: str) -> SplitResult:
    try:
        parts = urlsplit(url)
        # Reading a port checks it.
        _ = parts.port
        return parts
    except ValueError as error:
        raise _not_like(url) from error


def _not_like(url: str) -> WscamError:
    return WscamError(f"url must be like ws://HOST:8765, got {url!r}")
