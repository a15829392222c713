"""The cluster behind one interface of two methods, `read` and `write`, and what is built on them: pages and retries.

Three ways lead there: the official client where it is installed, a pod's own service account, and kubectl.
"""

from __future__ import annotations

import json
import time
from typing import Any, Callable, Dict, Iterator, Mapping, Optional, Protocol, TypeVar
from urllib.parse import quote, urlencode

TIMEOUT = 20.0  # seconds per request
PAGE = 500  # objects per page, as kubectl asks for
RETRIES = 3
NO_ANSWER = "no answer in time"
LONGEST_WAIT = 10.0  # seconds; a server that asks for more is given up on
MAX_RESPONSE = 64 * 1024 * 1024  # bytes; a page of 500 pods takes some 5 MiB
JSON = "application/json"
APPLY = "application/apply-patch+yaml"
FIELD_MANAGER = "aicr-matrix"


class KubeError(Exception):
    """A request failed; `status` is the HTTP status or 0, the text says why without any address."""

    def __init__(self, text: str, status: int = 0, wait: Optional[float] = None, token: str = "") -> None:
        super().__init__(text)
        self.status = status
        self.wait = wait  # seconds the server asks to wait
        self.token = token  # where a list may go on after a 410

    @property
    def timed_out(self) -> bool:
        """Whether the server said nothing for as long as a request may take; asking again would take as long."""
        return str(self) == NO_ANSWER


class Cluster(Protocol):
    """A Kubernetes API server. `name` says by which way it is reached."""

    name: str

    def read(self, path: str, query: Mapping[str, str], accept: str = JSON) -> bytes:
        """GET; the body of a 200. Raises KubeError."""

    def write(
        self, method: str, path: str, query: Mapping[str, str], body: bytes, content_type: str
    ) -> bytes:
        """Any changing request; the body of a 2xx. Raises KubeError."""


def failure(status: int, body: bytes, headers: Mapping[str, str]) -> KubeError:
    """The KubeError of an HTTP answer; words from the server's Status object stay out: they may name things."""
    words = {
        400: "the server does not understand the request",
        401: "not authenticated; the token or certificate was refused",
        403: "not allowed; grant the permission or use an account that has it",
        404: "the server does not have it",
        409: "in conflict with another writer",
        410: "the list expired while it was read",
        413: "too large for the server",
        422: "refused as invalid",
        429: "too many requests",
    }
    text = words.get(status, "the server failed" if status >= 500 else "refused")
    wait: Optional[float] = None
    asked = {key.lower(): value for key, value in headers.items()}.get("retry-after", "")
    if asked.isdigit():
        wait = float(asked)
    token = ""
    if status == 410:
        try:
            token = str(json.loads(body)["metadata"].get("continue", ""))
        except (ValueError, KeyError, TypeError, AttributeError):
            token = ""
    return KubeError(f"{text} (HTTP {status})", status, wait, token)


def retried(request: Callable[[], bytes], sleep: Callable[[float], None] = time.sleep) -> bytes:
    """The request's answer; 429, 5xx and broken connections are tried again, waiting as the server asks."""
    for attempt in range(RETRIES):
        try:
            return request()
        except KubeError as error:
            passing = error.status in (0, 429, 500, 502, 503, 504) and not error.timed_out
            wait = 0.2 * 2**attempt if error.wait is None else error.wait
            if not passing or attempt == RETRIES - 1 or wait > LONGEST_WAIT:
                raise
            sleep(wait)
    raise AssertionError("the loop returns or raises")


def get_object(
    cluster: Cluster, path: str, query: Optional[Mapping[str, str]] = None, accept: str = JSON
) -> Any:
    """The JSON mapping at *path*; raises KubeError, also where the answer is cut off or no mapping."""

    def request() -> bytes:
        body = cluster.read(path, query or {}, accept)
        try:
            document = json.loads(body)
        except ValueError:
            raise KubeError("the answer is cut off or not JSON") from None
        if not isinstance(document, dict):
            raise KubeError("the answer is not an object")
        parsed.append(document)
        return body

    parsed: list[Dict[str, Any]] = []
    retried(request)
    return parsed[-1]


def list_pages(
    cluster: Cluster, path: str, query: Optional[Mapping[str, str]] = None, accept: str = JSON
) -> Iterator[Mapping[str, Any]]:
    """The pages of a list, one at a time; a 410 whose answer says where to go on is followed."""
    asked = {**(query or {}), "limit": str(PAGE)}
    while True:
        try:
            page = get_object(cluster, path, asked, accept)
        except KubeError as error:
            if error.status != 410 or not error.token:
                raise
            asked["continue"] = error.token
            continue
        yield page
        token = str((page.get("metadata") or {}).get("continue") or "")
        if not token:
            return
        asked["continue"] = token


Sum = TypeVar("Sum")


def fold_items(
    cluster: Cluster,
    path: str,
    start: Callable[[], Sum],
    add: Callable[[Sum, Mapping[str, Any]], None],
    query: Optional[Mapping[str, str]] = None,
) -> Sum:
    """*start()* with every object of the list added, page by page, so that memory does not grow with the list.

    A list that expires without a way on (410) is read once more from its beginning.
    """
    for attempt in (1, 2):
        total = start()
        try:
            for page in list_pages(cluster, path, query):
                for item in page.get("items") or ():
                    if isinstance(item, dict):
                        add(total, item)
            return total
        except KubeError as error:
            if error.status != 410 or attempt == 2:
                raise
    raise AssertionError("the loop returns or raises")


def apply_object(cluster: Cluster, path: str, manifest: Mapping[str, Any]) -> Any:
    """Server-side apply of *manifest* at *path*, overriding other writers' fields; the object as it then is."""
    query = {"fieldManager": FIELD_MANAGER, "force": "true"}
    body = json.dumps(manifest).encode()
    return json.loads(retried(lambda: cluster.write("PATCH", path, query, body, APPLY)))


def delete_object(cluster: Cluster, path: str) -> bool:
    """Delete in the background; False where the object was not there."""
    body = json.dumps(
        {"kind": "DeleteOptions", "apiVersion": "v1", "propagationPolicy": "Background"}
    ).encode()
    try:
        retried(lambda: cluster.write("DELETE", path, {}, body, JSON))
    except KubeError as error:
        if error.status == 404:
            return False
        raise
    return True


def target(path: str, query: Mapping[str, str]) -> str:
    """Path and query as they stand in a request line."""
    return quote(path, safe="/:@") + ("?" + urlencode(sorted(query.items())) if query else "")
