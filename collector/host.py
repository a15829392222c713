"""The machine's files, read with limits and below a chosen root; every host reader goes through here."""
# Plain system calls: pathlib alone would add a tenth to the start on a slow node.
# ruff: noqa: PTH110, PTH118, PTH208

from __future__ import annotations

import errno
import os
import stat
from dataclasses import dataclass
from typing import List

MAX_FILE = 1024 * 1024  # bytes; AICR's own limit for a parsed file


class HostError(Exception):
    """A file or folder could not be read; the text says why, without the machine's own paths above the root."""


@dataclass(frozen=True)
class Host:
    """Where the host's files are: everything below *root*, but /etc and /run below *files* where that is given.

    *files* is what the agent's host tier mounts: a container's own /proc and /sys already show the host's kernel.
    """

    root: str = "/"
    files: str = ""
    in_pod: bool = False

    def path(self, name: str) -> str:
        base = self.files if self.files and name.startswith(("/etc/", "/run/", "/usr/")) else self.root
        return os.path.join(base or "/", name.lstrip("/"))

    @property
    def release_is_the_hosts(self) -> bool:
        """Whether os-release describes the host and not the container image the collector runs in."""
        return bool(self.files) or self.root != "/" or not self.in_pod

    def exists(self, name: str) -> bool:
        return os.path.exists(self.path(name))

    def read(self, name: str, limit: int = MAX_FILE) -> str:
        """The text of a regular file of at most *limit* bytes of UTF-8; raises HostError with the reason."""
        try:
            # O_NONBLOCK: a pipe or device in the way must not hold the collector up.
            handle = os.open(self.path(name), os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
        except OSError as error:
            raise HostError(f"{name}: {reason_of(error)}") from None
        try:
            if not stat.S_ISREG(os.fstat(handle).st_mode):
                raise HostError(f"{name}: not a regular file")
            content = b""
            while len(content) <= limit:
                piece = os.read(handle, 65536)
                if not piece:
                    break
                content += piece
        except OSError as error:
            raise HostError(f"{name}: {reason_of(error)}") from None
        finally:
            os.close(handle)
        if len(content) > limit:
            raise HostError(f"{name}: larger than {limit} bytes")
        try:
            return content.decode("utf-8")
        except UnicodeDecodeError:
            raise HostError(f"{name}: not UTF-8 text") from None

    def names(self, name: str) -> List[str]:
        """The sorted names in a folder; raises HostError with the reason."""
        try:
            return sorted(os.listdir(self.path(name)))
        except OSError as error:
            raise HostError(f"{name}: {reason_of(error)}") from None


def reason_of(error: OSError) -> str:
    """Why a system call failed, in words and without any path."""
    words = {
        errno.ENOENT: "not there",
        errno.ENOTDIR: "not there",
        errno.EACCES: "permission denied; run as root to see it",
        errno.EPERM: "not permitted; run as root to see it",
    }
    return words.get(error.errno or 0, (error.strerror or "could not be read").lower())


def open_host(root: str, files: str) -> Host:
    """The host as this process sees it; a pod is recognised by the variable Kubernetes sets in every container."""
    return Host(root=root or "/", files=files, in_pod="KUBERNETES_SERVICE_HOST" in os.environ)
