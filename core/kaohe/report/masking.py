"""Names made unreadable, for papers that leave the house: names as initials, codes as pseudonyms, also within texts.

Whoever the organisation knows is masked wherever the name or code stands: in figures' attributes, in decisions, in
reasons that people wrote. A name that nobody in the run bears cannot be told from other words and stays.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields, is_dataclass, replace
from types import MappingProxyType
from typing import Any, TypeVar

import numpy as np

from kaohe.run.model import Run
from kaohe.run.paying.model import Line
from kaohe.run.statement import Statement
from kaohe.text import Message

_Any = TypeVar("_Any")
_SHORT_NUMBER = 5
"""Codes of fewer digits than that, and of nothing but digits, are not looked for in texts: they would be figures."""
# Arguments of messages, and attributes of people, that hold a person's code and nothing else.
_CODES = frozenset({"manager", "person", "code", "people"})


def mask_name(name: str) -> str:
    """张三 → 张*, Ann Bell → A. B., and a name of one letter → *."""
    words = name.split()
    if len("".join(words)) < 2:
        return "*"
    if all(word.isascii() for word in words):
        return " ".join(f"{word[0].upper()}." for word in words)
    return f"{words[0][0]}*"


def masked(run: Run) -> Run:
    """The run with other names and codes, for any form of output. Figures stay, and so does the digest, which is that
    of the run as it was. Teams that are appraised keep their names: they are nobody's."""
    return Mask.of(run).run(run)


@dataclass(frozen=True)
class Mask:
    """What stands for which ``code`` and which ``name``; ``lengths`` are those of whatever is looked for in texts."""

    codes: Mapping[str, str]
    names: Mapping[str, str]
    sought: Mapping[str, str]
    lengths: tuple[int, ...]

    @staticmethod
    def of(run: Run) -> Mask:
        """Everybody of the run, and everybody whom it leaves out."""
        if run.scheme.subject == "team":
            return Mask.over((), ())
        others = sorted(run.left_out, key=lambda each: each.code)
        codes = [*run.appraisal.people.code, *(each.code for each in others)]
        return Mask.over(codes, [*run.names, *(each.name for each in others)])

    @staticmethod
    def over(codes: Sequence[str], names: Iterable[str]) -> Mask:
        """Pseudonyms in the order of the codes, such as P-001, which then stand in that order too."""
        letter = next(each for each in "PQXYZ" if not any(code.startswith(f"{each}-") for code in codes))
        digits = max(3, len(str(len(codes))))
        by_code = {code: f"{letter}-{number:0{digits}d}" for number, code in enumerate(dict.fromkeys(codes), start=1)}
        by_name = {name: mask_name(name) for name in names if name.strip()}
        sought = {code: pseudonym for code, pseudonym in by_code.items() if _telling(code)} | by_name
        lengths = tuple(sorted({len(each) for each in sought}, reverse=True))
        return Mask(MappingProxyType(by_code), MappingProxyType(by_name), MappingProxyType(sought), lengths)

    def run(self, run: Run) -> Run:
        """The run masked, with everything that is said in it."""
        appraisal, people = run.appraisal, run.appraisal.people
        attributes = {
            name: tuple(self._attribute(name, value) for value in column) for name, column in people.attributes.items()
        }
        told = {
            each.name: self.anything(getattr(appraisal, each.name))
            for each in fields(appraisal)
            if each.name in ("group", "decisions", "money", "computed", "tier", "teams")
        }
        code = tuple(self.codes.get(each, each) for each in people.code)
        left_out = tuple(
            replace(
                each,
                code=self.codes.get(each.code, each.code),
                name=self.text(each.name),
                reason=self.anything(each.reason),
            )
            for each in run.left_out
        )
        shown = replace(people, code=code, attributes=attributes, spans=self.anything(people.spans))
        return replace(
            run,
            scheme=self.anything(run.scheme),
            names=tuple(self.text(name) for name in run.names),
            appraisal=replace(appraisal, people=shown, **told),
            left_out=left_out,
            notes=self.anything(run.notes),
        )

    def lines(self, lines: Sequence[Line]) -> tuple[Line, ...]:
        """Payments masked."""
        return tuple(replace(each, person=self.codes.get(each.person, each.person)) for each in lines)

    def statement(self, statement: Statement) -> Statement:
        """A statement masked, whoever spoke, agreed or signed too."""
        told: Statement = self.anything(statement)
        around = told.around
        interview, signed = around.interview, around.acknowledged
        around = replace(
            around,
            interview=None if interview is None else replace(interview, by=mask_name(interview.by)),
            acknowledged=None if signed is None else replace(signed, by=mask_name(signed.by)),
            items=tuple(replace(each, owner=mask_name(each.owner)) for each in around.items),
        )
        return replace(told, code=self.codes.get(statement.code, statement.code), around=around)

    def anything(self, value: _Any) -> _Any:
        """The same with every text in it masked; what has none is handed back itself."""
        return self._within(value)  # type: ignore[no-any-return]  # of the same type as what was given

    def text(self, text: str) -> str:
        """The text with every name and code masked. Words of letters are masked whole or not at all."""
        if text in self.sought:
            return self.sought[text]
        pieces, at, written = [], 0, 0
        while at < len(text):
            found = self._at(text, at)
            if found is None:
                at += 1
                continue
            pieces += [text[written:at], self.sought[found]]
            at = written = at + len(found)
        return "".join([*pieces, text[written:]]) if pieces else text

    def _at(self, text: str, at: int) -> str | None:
        """The longest name or code that begins here and does not end within a word."""
        for length in self.lengths:
            found = text[at : at + length]
            if found in self.sought and not (_joined(text, at) or _joined(text, at + length)):
                return found
        return None

    def _attribute(self, name: str, value: Any) -> Any:
        if not isinstance(value, str):
            return value
        return self.codes.get(value) or self.text(value) if name in _CODES else self.text(value)

    def _within(self, value: Any) -> Any:
        match value:
            case None | bool() | int() | float() | np.ndarray():
                return value
            case str():
                return self.text(value)
            case Message():
                return self._message(value)
            case tuple() | list():
                inside = [self._within(each) for each in value]
                same = all(new is old for new, old in zip(inside, value, strict=True))
                return value if same else type(value)(inside)
            case frozenset():
                return frozenset(self._within(each) for each in value)
            case Mapping():
                inner = {name: self._within(each) for name, each in value.items()}
                same = all(inner[name] is each for name, each in value.items())
                return value if same else MappingProxyType(inner)
        if is_dataclass(value) and not isinstance(value, type):
            found = {each.name: getattr(value, each.name) for each in fields(value) if each.init}
            changed = {name: new for name, old in found.items() if (new := self._within(old)) is not old}
            return replace(value, **changed) if changed else value
        return value

    def _message(self, message: Message) -> Message:
        inside = {
            name: self.codes.get(each) or self.text(each)
            if name in _CODES and isinstance(each, str)
            else self._within(each)
            for name, each in message.arguments.items()
        }
        if all(inside[name] is each for name, each in message.arguments.items()):
            return message
        return Message(message.template, MappingProxyType(inside))


def _telling(code: str) -> bool:
    """Whether a code can be told from a figure."""
    return len(code) >= _SHORT_NUMBER or not code.isdecimal()


def _joined(text: str, at: int) -> bool:
    """Whether a word, or a number with its decimals and thousands, goes on from before this place to behind it."""
    if not 0 < at < len(text):
        return False
    left, right = text[at - 1], text[at]
    if _plain(left) and _plain(right):
        return True
    before, after = text[at - 2 : at - 1], text[at + 1 : at + 2]
    return (left in ".," and right.isdecimal() and before.isdecimal()) or (
        right in ".," and left.isdecimal() and after.isdecimal()
    )


def _plain(letter: str) -> bool:
    """A letter or digit of a word that is parted from others by spaces, unlike Chinese."""
    return letter.isascii() and letter.isalnum()
