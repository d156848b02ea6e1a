"""The only place that asks the operating system who is at work."""

from __future__ import annotations

import getpass


def login() -> str:
    """The account that this process runs under."""
    try:
        import pwd
    except ImportError:  # Windows has no such list; there the account is in the environment
        return getpass.getuser()
    import os

    number = os.getuid()
    try:
        return pwd.getpwuid(number).pw_name
    except KeyError:
        return str(number)
