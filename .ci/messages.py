"""Translations: list what is missing, merge the rooms' .po files, build the .mo that ships.

python .ci/messages.py missing [ROOM]   templates of the source without a Chinese sentence; exit 1 if any
python .ci/messages.py build            merge core/kaohe/locale/zh_CN/*.po into LC_MESSAGES/kaohe.mo
python .ci/messages.py check            nothing missing, nothing left over, places equal, the .mo up to date
"""

from __future__ import annotations

import io
import re
import sys
from datetime import UTC, datetime
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

ROOT = Path(__file__).parent.parent
SOURCE = ROOT / "core" / "kaohe"
CHINESE = SOURCE / "locale" / "zh_CN"
COMPILED = CHINESE / "LC_MESSAGES" / "kaohe.mo"
# Templates that a library looks up, not our source.
FOREIGN = CHINESE / "click.po"
_CREATED = datetime(2026, 1, 1, tzinfo=UTC)
KEYWORDS = {"msg": (1,), "_": (1,)}


def templates(room: str | None = None) -> dict[str, str]:
    """Every translatable template of the source → the first place that uses it."""
    found: dict[str, str] = {}
    for file, line, text, _comments, _context in extract_from_dir(
        SOURCE, [("**.py", "python")], keywords=KEYWORDS, comment_tags=()
    ):
        if room is None or file.startswith((f"{room}/", f"{room}.py")):
            found.setdefault(text if isinstance(text, str) else text[0], f"{file}:{line}")
    return found


def translations() -> tuple[dict[str, str], list[str]]:
    """Template → Chinese, over all rooms; and complaints about the files themselves."""
    merged: dict[str, str] = {}
    complaints: list[str] = []
    for path in sorted(CHINESE.glob("*.po")):
        with path.open("rb") as file:
            catalogue = read_po(file, locale="zh_CN")
        for message in catalogue:
            if not isinstance(message.id, str) or not message.id or not message.string:
                continue
            if merged.setdefault(message.id, message.string) != message.string:
                complaints.append(f"{path.name}: two different translations of {message.id!r}")
    return merged, complaints


def compiled(merged: dict[str, str]) -> bytes:
    # Babel writes the day of creation into the header; a fixed one lets the same sentences give the same file.
    catalogue = Catalog(locale="zh_CN", domain="kaohe", fuzzy=False, creation_date=_CREATED)
    catalogue.mime_headers = [("Content-Type", "text/plain; charset=utf-8")]
    for template in sorted(merged):
        catalogue.add(template, merged[template])
    for forms, chinese in sorted(plurals().items()):
        catalogue.add(forms, chinese)
    buffer = io.BytesIO()
    write_mo(buffer, catalogue)
    return buffer.getvalue()


def problems() -> list[str]:
    wanted = templates()
    merged, complaints = translations()
    complaints += [f"{place}: no Chinese for {text!r}" for text, place in wanted.items() if text not in merged]
    complaints += [f"no longer used: {text!r}" for text in merged if text not in wanted and text not in foreign()]
    complaints += [
        f"the places differ: {text!r} / {chinese!r}"
        for text, chinese in merged.items()
        if places(text) != places(chinese)
    ]
    if not COMPILED.exists() or COMPILED.read_bytes() != compiled(merged):
        complaints.append("kaohe.mo is not up to date: run python .ci/messages.py build")
    return complaints


def plurals() -> dict[tuple[str, str], tuple[str]]:
    """A library's templates for one and for several → the one Chinese form of both."""
    with FOREIGN.open("rb") as file:
        found = [message for message in read_po(file, locale="zh_CN") if isinstance(message.id, tuple)]
    return {(each.id[0], each.id[1]): (each.string[0],) for each in found}


def foreign() -> set[str]:
    with FOREIGN.open("rb") as file:
        return {message.id for message in read_po(file, locale="zh_CN") if isinstance(message.id, str)}


def places(template: str) -> set[str]:
    return set(re.findall(r"(?<!\{)\{(\w*)", template.replace("{{", "")))


def main(arguments: list[str]) -> int:
    match arguments:
        case ["missing", *room]:
            merged, _complaints = translations()
            listed = [
                f'# {place}\nmsgid {quoted(text)}\nmsgstr ""\n'
                for text, place in templates(*room).items()
                if text not in merged
            ]
            sys.stdout.write("\n".join(listed))
            return 1 if listed else 0
        case ["build"]:
            merged, complaints = translations()
            COMPILED.parent.mkdir(parents=True, exist_ok=True)
            COMPILED.write_bytes(compiled(merged))
        case ["check"]:
            complaints = problems()
        case _:
            complaints = [__doc__ or ""]
    sys.stderr.writelines(f"{complaint}\n" for complaint in complaints)
    return 1 if complaints else 0


def quoted(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n") + '"'


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
