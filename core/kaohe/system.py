"""What the operating system says of a file, in the reader's language."""

from __future__ import annotations

import errno
from collections.abc import Mapping
from types import MappingProxyType

from kaohe.text import Message, msg

_SAID: Mapping[int, Message] = MappingProxyType(
    {
        errno.ENOENT: msg("No such file or directory"),
        errno.EACCES: msg("Permission denied"),
        errno.EPERM: msg("Operation not permitted"),
        errno.ENOSPC: msg("No space left on device"),
        errno.EROFS: msg("Read-only file system"),
        errno.EISDIR: msg("Is a directory"),
        errno.ENOTDIR: msg("Not a directory"),
        errno.EEXIST: msg("File exists"),
        errno.ENAMETOOLONG: msg("File name too long"),
        errno.EBUSY: msg("Device or resource busy"),
    }
)


def said_by_system(error: OSError) -> Message | str:
    """The reason of an error: in the system's own words where it is a rare one."""
    return _SAID.get(error.errno or 0, error.strerror or str(error))
