"""The language of this process, settled before any command is loaded, and ``_`` for help texts."""

from __future__ import annotations

import gettext
import os
from collections.abc import Mapping, Sequence

from kaohe.text import LOCALES, Language, translate

_settled: Language = "zh_CN"


def settle(language: Language) -> None:
    """Choose the language once, at start."""
    global _settled  # noqa: PLW0603 - one choice per process, made before any help text is built
    _settled = language
    # click translates its own words (Usage, Options, Missing argument) by the process's text domain.
    gettext.bindtextdomain("kaohe", LOCALES)
    gettext.textdomain("kaohe")
    os.environ["LANGUAGE"] = language  # noqa: TID251 - the edge of the process


def language() -> Language:
    return _settled


def _(template: str) -> str:
    """The template in the settled language."""
    return translate(template, _settled)


def recognise(name: str | None) -> Language | None:
    """en, en_US.UTF-8, zh, zh-CN … as one of our languages; None for any other."""
    short = (name or "").strip().lower()[:2]
    if short == "en":
        return "en"
    return "zh_CN" if short == "zh" else None


def choose(option: str | None, environment: Mapping[str, str], workspace: str | None) -> Language:
    """``--lang``, then KAOHE_LANG, then the workspace's locale, then the system's; Chinese where nobody says."""
    system: Sequence[str | None] = [environment.get(name) for name in ("LC_ALL", "LC_MESSAGES", "LANG")]
    for name in (option, environment.get("KAOHE_LANG"), workspace, *system):
        if found := recognise(name):
            return found
    return "zh_CN"
