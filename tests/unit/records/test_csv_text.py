"""Text is left as it is where it is UTF-8 already: Python's decoder would say the same of it."""

from __future__ import annotations

import codecs
from pathlib import Path
from unittest import mock

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kaohe.records import csv_text
from kaohe.records.csv_files import detect_encoding
from kaohe.records.csv_text import CsvText, NotInEncoding, is_utf8, whole_characters

# Text, bytes that begin or continue characters, and bytes that are none: surrogates, overlong forms, beyond the planes.
PIECES = st.sampled_from(
    [
        b"",
        b"\n",
        codecs.BOM_UTF8,
        b"\xed\xa0\x80",
        b"\xc0\xaf",
        b"\xf4\x90\x80\x80",
        b"\xf0\x9f",
        b"\xe5",
        b"\x80",
        b"\xff",
    ]
)
BYTES = st.lists(st.text(max_size=4).map(lambda text: text.encode(errors="ignore")) | PIECES | st.binary(max_size=3))


def decoded(data: bytes, encoding: str) -> tuple[bytes, bool]:
    """All of it in UTF-8, and whether it is in the encoding to its end; else nothing is said of it."""
    try:
        return data.decode(encoding).encode(), True
    except UnicodeDecodeError:
        return b"", False


def read(path: Path, encoding: str, block: int) -> tuple[bytes, bool]:
    found = b""
    with mock.patch.object(csv_text, "BLOCK", block):
        text = CsvText(path, encoding)
        try:
            while not text.ended:
                text.fill(1)
                found += text.take(len(text.left), 0)
        except NotInEncoding:
            return b"", False
        finally:
            text.close()
    return found, True


@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=BYTES.map(b"".join), encoding=st.sampled_from(["utf-8", "utf-8-sig"]), block=st.integers(1, 9))
def test_a_file_of_utf8_reads_as_python_reads_it(tmp_path: Path, data: bytes, encoding: str, block: int) -> None:
    """In blocks of any size, which may end within a character."""
    path = tmp_path / "f.csv"
    path.write_bytes(data)
    expected = decoded(data, encoding)
    assert is_utf8(data) == decoded(data, "utf-8")[1]
    assert data[whole_characters(data) :].decode("utf-8", "ignore") == ""
    if len(codecs.BOM_UTF8) <= block or encoding == "utf-8":
        assert read(path, encoding, block) == expected


@pytest.mark.parametrize(("data", "encoding"), [("值".encode(), "utf-8"), ("数据".encode("gb18030"), "gb18030")])
def test_the_encoding_is_found_where_a_character_lies_across_two_blocks(
    tmp_path: Path, data: bytes, encoding: str
) -> None:
    path = tmp_path / "f.csv"
    path.write_bytes(b"a" * ((1 << 20) - 1) + data)
    assert detect_encoding(path) == encoding
