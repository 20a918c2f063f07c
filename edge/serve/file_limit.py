"""The limit of open files of this process."""

import resource
from typing import Final

# As in deploy/toeline.service; more than the web server and the station ever open.
_WANTED: Final = 4096


def raised_file_limit() -> int:
    """Raise the limit of open files as far as is useful and allowed, and return it."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    most = _WANTED if hard == resource.RLIM_INFINITY else min(_WANTED, hard)
    if soft == resource.RLIM_INFINITY or soft >= most:
        return _WANTED if soft == resource.RLIM_INFINITY else soft
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, hard))
    return most
