"""Importing a plugin's verified code, from exactly the files that were verified.

Bytecode caches are not part of the digest and therefore neither read nor written. Whatever the plugin raises becomes a
KaoheError of this plugin alone.
"""

from __future__ import annotations

import os
import sys
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from importlib import import_module, invalidate_caches
from pathlib import Path
from typing import Any

from kaohe.errors import KaoheError, Place, Problem, fail
from kaohe.plugin import refusals
from kaohe.plugin.wheel_importer import WheelImporter, forget_importer

_DIGEST = "__kaohe_digest__"
_CORE = str(Path(__file__).parents[1])
_LIBRARY = str(Path(os.__file__).parent)


@dataclass(frozen=True)
class Code:
    """A plugin's code whose digest was compared. ``wheel`` is its file, ``content`` the bytes of it that were verified;
    None: it is installed.
    """

    name: str
    target: str
    digest: str
    wheel: Path | None
    where: Place
    content: bytes | None = field(default=None, repr=False)

    @property
    def package(self) -> str:
        """The top-level package that holds the target."""
        return self.target.partition(":")[0].split(".")[0]


def import_plugin(code: Code) -> Any:
    """The object that the entry point names. KaoheError where importing it raises anything."""
    with careful(lambda error, at: refusals.not_loaded(error, at, code.where)):
        module_name, _colon, attributes = code.target.partition(":")
        if getattr(sys.modules.get(code.package), _DIGEST, None) != code.digest:
            # Modules imported before from other code must not run in place of the verified one.
            _forget(code.package)
            invalidate_caches()
            if code.wheel is not None and code.content is not None:
                WheelImporter(code.wheel, code.content, code.package).install()
        target: Any = import_module(module_name)
        setattr(sys.modules[code.package], _DIGEST, code.digest)
        for attribute in filter(None, attributes.split(".")):
            target = getattr(target, attribute)
        return target


@contextmanager
def careful(problem: Callable[[BaseException, Place], Problem]) -> Iterator[None]:
    """Run code of a plugin: from its sources, and with whatever it raises turned into a problem of its own.

    KaoheErrors pass as they are: a pack reports its mistakes by them.
    """
    before = sys.pycache_prefix, sys.dont_write_bytecode
    sys.pycache_prefix, sys.dont_write_bytecode = os.devnull, True
    try:
        yield
    except (KaoheError, KeyboardInterrupt):
        raise
    except BaseException as error:  # a plugin's sys.exit() is no reason to end the program
        raise fail(problem(error, _raised_at(error))) from error
    finally:
        sys.pycache_prefix, sys.dont_write_bytecode = before


def _forget(package: str) -> None:
    forget_importer(package)
    for name in [name for name in sys.modules if name == package or name.startswith(f"{package}.")]:
        del sys.modules[name]


def _raised_at(error: BaseException) -> Place:
    """The innermost line outside of kaohe and the libraries that led to the exception."""
    frames = [frame for frame in traceback.extract_tb(error.__traceback__) if _of_a_plugin(frame.filename)]
    return Place("/".join(Path(frames[-1].filename).parts[-2:]), frames[-1].lineno) if frames else Place()


def _of_a_plugin(filename: str) -> bool:
    library = filename.startswith(_LIBRARY) and "site-packages" not in filename
    return not (library or filename.startswith((_CORE, "<")) or "pluggy" in Path(filename).parts)
