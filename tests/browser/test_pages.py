"""Report, statement and explanation as a browser shows them: all fits and can be read, nothing is fetched or said."""

from __future__ import annotations

from itertools import product
from pathlib import Path

import pytest
from tests.browser.chromium import Chromium

LOOKING = (Path(__file__).parent / "looking.js").read_text("utf-8")
KINDS = [*product(("report", "statement", "explanation"), ("zh_CN", "en"))]
# A letter that no font has is drawn as a box; Chinese letters must be neither that nor all the same.
LETTERS = """
(() => {
  const canvas = document.createElement("canvas");
  canvas.width = canvas.height = 40;
  const pen = canvas.getContext("2d", { willReadFrequently: true });
  pen.font = "32px " + getComputedStyle(document.body).fontFamily;
  return ["绩", "效", "\\u{10fffd}", "\\u{e0fff}"].map((letter) => {
    pen.clearRect(0, 0, 40, 40);
    pen.fillText(letter, 2, 34);
    return [...pen.getImageData(0, 0, 40, 40).data].join("");
  });
})()
"""


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("width", [360, 700, 1440])
@pytest.mark.parametrize(("kind", "language"), KINDS)
def test_everything_fits_and_can_be_read(
    browser: Chromium, pages: Path, kind: str, language: str, width: int, dark: bool
) -> None:
    with browser.page(pages / f"{kind}-{language}.html", width, dark=dark) as page:
        assert page.ask(LOOKING) == []


@pytest.mark.parametrize("width", [360, 1440])
@pytest.mark.parametrize(("kind", "language"), KINDS)
def test_everything_fits_with_all_lines_opened(
    browser: Chromium, pages: Path, kind: str, language: str, width: int
) -> None:
    with browser.page(pages / f"{kind}-{language}.html", width) as page:
        page.ask("document.querySelectorAll('details').forEach((each) => { each.open = true; })")
        assert page.ask(LOOKING) == []


@pytest.mark.parametrize(("kind", "language"), KINDS)
def test_nothing_is_fetched_and_nothing_said(browser: Chromium, pages: Path, kind: str, language: str) -> None:
    path = pages / f"{kind}-{language}.html"
    with browser.page(path, 1440) as page:
        page.ask("new Promise((done) => requestAnimationFrame(() => setTimeout(done, 50)))")
        assert page.said() == []
        assert [each for each in page.fetched() if each not in (path.as_uri(), "data:,")] == []
        assert page.ask("document.scripts.length") == 0


@pytest.mark.parametrize(("kind", "language"), KINDS)
def test_the_page_says_which_language_it_speaks(browser: Chromium, pages: Path, kind: str, language: str) -> None:
    with browser.page(pages / f"{kind}-{language}.html", 1440) as page:
        assert page.ask("document.documentElement.lang") == {"zh_CN": "zh-CN", "en": "en"}[language]
        chinese = page.ask("/[\\u4e00-\\u9fff]/.test(document.querySelector('h2').textContent)")
        assert chinese == (language == "zh_CN")
        assert page.ask("document.title.length") > 5


def test_chinese_letters_are_drawn(browser: Chromium, pages: Path) -> None:
    with browser.page(pages / "report-zh_CN.html", 1440) as page:
        first, second, *missing = page.ask(LETTERS)
        assert len({first, second, *missing}) >= 3
        assert first not in missing
        assert second not in missing


def test_light_and_dark_are_two_looks_of_the_same_page(browser: Chromium, pages: Path) -> None:
    papers = []
    for dark in (False, True):
        with browser.page(pages / "report-en.html", 1440, dark=dark) as page:
            papers.append(page.ask("getComputedStyle(document.querySelector('section')).backgroundColor"))
    assert papers[0] == "rgb(255, 255, 255)"
    assert papers[1] != papers[0]


BROKEN = """<!doctype html><html lang="en"><body style="background: #fff; color: #000; margin: 0"><main>
<p style="color: #999">too pale</p>
<p style="font-size: 8px">too small</p>
<div style="width: 50px; white-space: nowrap">wider than its box by far</div>
<div style="white-space: nowrap; margin-left: 300px">beyond the edge of the page it goes, on and on and on</div>
<svg role="img" width="100%" height="40"><text x="10" y="20">one figure</text><text x="12" y="20">another</text></svg>
<table><tr><th>no scope</th></tr></table><a href="#nowhere">a link</a>
</main></body></html>"""


@pytest.mark.parametrize(
    "fault",
    [
        "the page is",
        "text leaves its place",
        "contrast",
        "letters of 8px",
        "content is wider than its box",
        "texts lie on each other",
        "a chart without a name",
        "a header without a scope",
        "a link to nothing",
    ],
)
def test_a_broken_page_is_found_out(browser: Chromium, tmp_path: Path, fault: str) -> None:
    path = tmp_path / "broken.html"
    path.write_text(BROKEN, "utf-8")
    with browser.page(path, 360) as page:
        assert [each for each in page.ask(LOOKING) if fault in each]
