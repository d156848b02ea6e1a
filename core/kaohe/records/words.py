"""Cells that hold words: text, codes, choices, yes and no, people."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping
from difflib import get_close_matches

from kaohe.records.rows import PeopleDirectory, Unfit
from kaohe.text import Message, Text, msg

LONGEST_CELL = 32_767  # what a cell of a spreadsheet can hold
_INVISIBLE = "\u200b\u200c\u200d\u2060\ufeff"
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")
_SHORTENED = re.compile(r"\d(?:\.\d+)?E\+1\d", re.ASCII)
_SPACING = re.compile(r"[\s_]+")
_YES = frozenset({"是", "y", "yes", "true", "1", "√", "✓", "✔"})
_NO = frozenset({"否", "n", "no", "false", "0", "×", "✗", "✘"})
_SHOWN = 8
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠")


def trim(cell: str) -> str:
    """Without spaces (also full-width, no-break and invisible ones) around it."""
    return cell.strip() if cell.isascii() else cell.strip().strip(_INVISIBLE).strip()


def guarded(cell: str) -> str:
    """A cell that no spreadsheet takes for a formula: text that begins like one gets an apostrophe in front."""
    return f"'{cell}" if cell.startswith(_FORMULA) and not _is_number(cell) else cell


def unguarded(cell: str) -> str:
    """The cell that ``guarded`` was given."""
    return cell[1:] if cell[:1] == "'" and cell.startswith(_FORMULA, 1) else cell


def _is_number(cell: str) -> bool:
    return cell.lstrip("+-").replace(",", "").replace(".", "", 1).isdecimal()


def fold(name: str) -> str:
    """A name reduced to what tells names apart: no width, case, spaces or underscores."""
    plain = name if name.isascii() else unicodedata.normalize("NFKC", trim(name))
    return _SPACING.sub("", plain.casefold())


def nearest(name: str, names: Iterable[str]) -> str | None:
    """The name that reads most alike, if any does."""
    candidates: dict[str, str] = {}
    for candidate in names:
        candidates.setdefault(fold(candidate), candidate)
    found = get_close_matches(fold(name), candidates, n=1, cutoff=0.6)
    return candidates[found[0]] if found else None


def parse_text(cell: str) -> str:
    """Text as it was written, composed (NFC) and trimmed, its lines divided by a line feed alone."""
    if "\r" in cell:
        cell = cell.replace("\r\n", "\n").replace("\r", "\n")
    if _CONTROL.search(cell):
        raise Unfit(msg("the text holds control characters"), msg("Delete the invisible characters."))
    if _SHORTENED.fullmatch(cell):
        raise Unfit(
            msg("this looks like a long number whose last digits the spreadsheet has lost"),
            msg("Format the column as text before the numbers are entered, and export it again."),
        )
    return cell if cell.isascii() else unicodedata.normalize("NFC", cell)


def parse_code(cell: str) -> str:
    """A code: as text, with full-width letters and digits made plain."""
    return trim(unicodedata.normalize("NFKC", parse_text(cell)))


def parse_boolean(cell: str) -> bool:
    word = fold(cell)
    if word in _YES:
        return True
    if word in _NO:
        return False
    raise Unfit(msg("this is neither yes nor no"), msg("Write yes or no (是 or 否); other words go into values."))


def choice_names(choices: Mapping[str, Text]) -> dict[str, str]:
    """Folded stored values and names in both languages → stored value; what would mean two of them is left out."""
    meant: dict[str, set[str]] = {}
    for value, label in choices.items():
        for name in {fold(value), fold(label.zh), fold(label.en)}:
            meant.setdefault(name, set()).add(value)
    return {name: values.pop() for name, values in meant.items() if len(values) == 1}


def choice_parser(choices: Mapping[str, Text]) -> Callable[[str], str]:
    """Finds a choice by its stored value, or by its value or name in either language however it is spaced."""
    folded = choice_names(choices)

    def parse(cell: str) -> str:
        if cell in choices:
            return cell
        try:
            return folded[fold(cell)]
        except KeyError:
            raise Unfit(msg("this is not one of the choices"), _choose(cell, choices)) from None

    return parse


def _choose(cell: str, choices: Mapping[str, Text]) -> Message:
    names = {name: value for value, label in choices.items() for name in (value, label.zh, label.en)}
    near = nearest(cell, names)
    if near is not None:
        value = names[near]
        return msg("Did you mean {value} ({label})?", value=value, label=choices[value])
    labels = list(choices.values())[:_SHOWN]
    more = ", …" if len(choices) > _SHOWN else ""
    listed = Text(*(", ".join(names) + more for names in ([one.zh for one in labels], [one.en for one in labels])))
    return msg("Write one of {choices}, or translate the word under values in the mapping.", choices=listed)


def person_parser(people: PeopleDirectory) -> Callable[[str], str]:
    """Finds a person by code or by a name that only one person bears."""
    first = msg("Import the person first (kaohe people import), or correct the name.")
    unknown = msg("nobody is known by this code or name")
    return _finder(people, msg("several people bear this name"), unknown, first)


def team_parser(teams: PeopleDirectory) -> Callable[[str], str]:
    """Finds a team by code or by a name that only one team bears."""
    first = msg("Import the team's people first (kaohe people import), or correct the name.")
    unknown = msg("no team is known by this code or name")
    return _finder(teams, msg("several teams bear this name"), unknown, first)


def _finder(directory: PeopleDirectory, several: Message, unknown: Message, first: Message) -> Callable[[str], str]:
    def parse(cell: str) -> str:
        wanted = parse_code(cell)
        found = directory.find(wanted)
        if isinstance(found, str):
            return found
        if found:
            raise Unfit(several, msg("Write the code of the one that is meant: {codes}.", codes=", ".join(found)))
        near = directory.nearest(wanted)
        raise Unfit(unknown, msg("Did you mean {names}?", names=", ".join(near)) if near else first)

    return parse
