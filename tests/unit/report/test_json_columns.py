"""Objects written column by column: the text is that of the objects one by one."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from kaohe.appraise.coded import Lists
from kaohe.exact import from_micros, plain_fen
from kaohe.report import json_columns
from kaohe.report.json_columns import Sometimes, decimal, each, lists, said, whole, written
from kaohe.text import visible

NUMBERS = st.integers(-(2**63), 2**63 - 1) | st.integers(-2_000_000, 2_000_000)
WORDS = st.sampled_from(["", "北区", 'a "quoted" \\ word', "two\nlines", "\x07\x9b\u202e", "\u2028", "'", "😀", "null"])
ROW = st.tuples(NUMBERS, st.booleans(), WORDS | st.none(), st.lists(WORDS, max_size=3))


@settings(deadline=None)
@given(st.lists(ROW, max_size=9), st.randoms(use_true_random=False), st.integers(1, 4))
def test_every_kind_of_member_is_written_as_json_writes_it(
    rows: list[tuple[int, bool, str | None, list[str]]], chance: Any, block: int
) -> None:
    number = np.array([row[0] for row in rows], np.int64)
    there = np.array([row[1] for row in rows], np.bool_)
    begins = np.cumsum([0, *(len(row[3]) for row in rows)])
    entries = Lists(begins, np.arange(begins[-1]), tuple(word for row in rows for word in row[3]))
    form = {
        "first": Sometimes(there, "true"),
        "number": whole(number, there),
        "micros": decimal(number, 6, there, short=True),
        "money": decimal(number, 2),
        "word\x7f": each([row[2] for row in rows]),
        "same": said({"a": ["\u2028"]}, 3),
        "inner": {"empty": {}, "none": [], "listed": [whole(number), {"last": Sometimes(~there, [said(1)], "[]")}]},
        "lists": lists(entries, lambda word: {"word": word}, 3),
        "end": Sometimes(~there, {"deep": "null"}),
    }

    def plainly(row: int) -> dict[str, Any]:
        value, known, word, listed = rows[row]
        return {
            **({"first": True} if known else {}),
            "number": value if known else None,
            "micros": str(from_micros(value)) if known else None,
            "money": plain_fen(value),
            "word\x7f": word,
            "same": {"a": ["\u2028"]},
            "inner": {"empty": {}, "none": [], "listed": [value, {"last": [] if known else [1]}]},
            "lists": [{"word": each} for each in listed],
            **({} if known else {"end": {"deep": None}}),
        }

    order = list(range(len(rows)))
    chance.shuffle(order)
    usual, json_columns.ROWS = json_columns.ROWS, block
    try:
        pieces = [bytes(piece) for piece in written(form, np.array(order, np.int64), 2)]
    finally:
        json_columns.ROWS = usual
    expected = json.dumps({"people": [plainly(row) for row in order]}, ensure_ascii=False, indent=2)
    text = b"".join(pieces).decode() + ("\n  " if rows else "")
    assert f'{{\n  "people": [{text}]\n}}' == visible(expected)
