"""Pages as text: everything escaped, charts where their figures put them, what is withheld left out."""

from __future__ import annotations

import re
from dataclasses import replace
from fractions import Fraction
from html.parser import HTMLParser
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.reference import run_data as plainly
from tests.scenarios.desk import Desk
from tests.tiny import SCHEME, evaluated
from tests.tiny import write as write_file

from kaohe.appraise.manual import Computed, ManualChange
from kaohe.cli.output import json_text
from kaohe.exact import MICRO
from kaohe.report.bonus_list import bonus_sheet
from kaohe.report.book import run_workbook
from kaohe.report.contributions import steps, with_weights
from kaohe.report.data import run_json
from kaohe.report.html import report_html, statement_html
from kaohe.report.html.element import el, write
from kaohe.report.html.histogram import MOST_BINS, histogram
from kaohe.report.html.scale import Scale, nice_step, percent
from kaohe.report.manual_sheet import manual_sheet
from kaohe.report.spread import spread
from kaohe.run.paying.model import Line
from kaohe.run.statement import Statements
from kaohe.text import LANGUAGES, Language, Text

HOSTILE = "<script>alert(1)</script>&\"'\u202e"
_VOID = {"meta", "link", "br"}


class Nesting(HTMLParser):
    """Raises where an element is not closed by its own end."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in _VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def well_formed(page: str) -> bool:
    parser = Nesting()
    parser.feed(page)
    return not parser.open


def test_texts_and_attributes_are_escaped() -> None:
    page = write(el("p", HOSTILE, title=HOSTILE, hidden=None, lang=False, open=True), "en")
    assert page == (
        '<p title="&lt;script&gt;alert(1)&lt;/script&gt;&amp;&quot;&#x27;\\u202e" open>'
        "&lt;script&gt;alert(1)&lt;/script&gt;&amp;\"'\\u202e</p>"
    )


@pytest.mark.parametrize("language", LANGUAGES)
def test_pages_are_well_formed_and_run_nothing_whatever_people_are_called(tiny: Desk, language: Language) -> None:
    run, number = evaluated(tiny)
    people = replace(run.appraisal.people, attributes={**run.appraisal.people.attributes, "team": (HOSTILE,) * 4})
    run = replace(run, names=(HOSTILE,) * 4, appraisal=replace(run.appraisal, people=people))
    for page in (report_html(run, number, language), statement_html(Statements(run, number).of(0), language)):
        assert well_formed(page)
        assert "<script" not in page
        assert re.findall(r"(?:src|href)=\"(?!#|data:,)", page) == []
        assert "url(" not in page
        assert "@import" not in page


def test_a_report_names_everybody_once_ranked_and_says_why_others_are_not(tiny: Desk) -> None:
    run, number = evaluated(tiny)
    page = report_html(run, number, "zh_CN")
    assert '<html lang="zh-CN">' in page
    for name in ("李四", "张三", "赵六", "王五"):
        assert name in page
    ranking = page[page.index('id="ranking"') :]
    assert ranking.index("李四") < ranking.index("张三") < ranking.index("赵六")
    assert run.digest in page
    assert "16,750.00" in page  # 5,000 + 9,000 + 2,750


TIERS, BONUS = (re.compile(rf"\\[{name}\\].*?\n\n", re.DOTALL) for name in ("tiers", "bonus"))
RULES = """
[[rules]]
id     = "less"
when   = 'points("in_time") < 90'
then   = { deduct = 3 }
reason = { zh = "扣分", en = "Deduct" }
unknown = "ignore"

[[rules]]
id     = "gone"
when   = 'points("in_time") < 50'
then   = { veto = true }
reason = { zh = "否决", en = "Veto" }
unknown = "ignore"

[tiers]"""
KINDS = {
    "without tiers": lambda text: TIERS.sub("", text),
    "without bonus": lambda text: BONUS.sub("", text),
    "with neither": lambda text: BONUS.sub("", TIERS.sub("", text)),
    "by comparison": lambda text: text.replace('"quarter"', '"quarter"\ntotal = "topsis"'),
    "with rules": lambda text: text.replace("[tiers]", RULES),
    "nobody graded": lambda text: text.replace("coverage = 0.5", "coverage = 1").replace("[0, 0], [1", "[0, 0], [9"),
    "of teams": lambda text: (
        text.replace('"quarter"', '"quarter"\nsubject = "team"')
        .replace("population = 'role == \"agent\"'", "")
        .replace("person.bonus_base", "1000")
        .replace('prorate = "days"', 'prorate = "none"')
    ),
}


@pytest.mark.parametrize("kind", KINDS)
def test_schemes_of_every_kind_have_page_and_workbook_and_totals_add_up(tiny: Desk, kind: str) -> None:
    write_file(tiny, "schemes/tiny.toml", KINDS[kind](SCHEME))
    run, number = evaluated(tiny)
    for language in LANGUAGES:
        assert well_formed(report_html(run, number, language))
        assert run_workbook(run, number, language).startswith(b"PK")
    for row in np.flatnonzero(run.appraisal.graded):
        assert steps(with_weights(run), int(row))[-1].after == int(run.appraisal.total[row])


def test_a_veto_is_a_step_of_its_own_down_to_nothing(tiny: Desk) -> None:
    write_file(tiny, "schemes/tiny.toml", KINDS["with rules"](SCHEME))
    run = with_weights(evaluated(tiny)[0])
    assert [(str(each.label), each.after // MICRO) for each in steps(run, 0)][-1] == (
        "Text(zh='扣分', en='Deduct')",
        79,
    )
    assert [each.after // MICRO for each in steps(run, 3)] == [20, 50, 51, 48, 0]
    assert "Not drawn: 1 with a veto" in report_html(run, 1, "en")


def test_changes_by_hand_stand_beside_what_was_computed(tiny: Desk) -> None:
    run, number = evaluated(tiny)
    appraisal = run.appraisal
    zero = np.zeros(4, np.int64)
    changes = (
        ManualChange(3, "P1", "points", 2 * MICRO, "客户来信表扬"),
        ManualChange(4, "P2", "tier", "B", "校准会"),
        ManualChange(5, "P4", "bonus", -10_000, "误发"),
    )
    computed = Computed(
        changes,
        zero + np.array([2 * MICRO, 0, 0, 0]),
        zero + np.array([0, 0, 0, -10_000]),
        appraisal.total,
        appraisal.rank,
        appraisal.tier,
        appraisal.coefficient,
        appraisal.bonus,
    )
    total = appraisal.total + computed.points
    tier, bonus = ("B", "B", None, "C"), appraisal.bonus + computed.fen
    run = replace(run, appraisal=replace(appraisal, total=total, tier=tier, bonus=bonus, computed=computed))
    assert run_json(run, "en") == json_text(plainly.run_data(run, "en"))
    assert manual_sheet(run, "en").rows == [
        (3, "P1", "张三", "points", "+2.00", "82.00", "84.00", "客户来信表扬"),
        (4, "P2", "李四", "tier", "B", "A", "B", "校准会"),
        (5, "P4", "赵六", "bonus", "-100.00", "2,750.00", "2,650.00", "误发"),
    ]
    assert steps(run, 0)[-1].change == 2 * MICRO
    assert "客户来信表扬" in report_html(run, number, "en")
    sheet = bonus_sheet(run, "en")
    assert [row[-3:] for row in sheet.rows] == [
        (500_000, 0, 500_000),
        (900_000, 0, 900_000),
        (275_000, -10_000, 265_000),
    ]
    assert sheet.total is not None
    assert sheet.total[-3:] == (1_675_000, -10_000, 1_665_000)
    fine = replace(computed, changes=(ManualChange(1, "P1", "points", -5_000, "去掉半分的百分之一"),))
    of_less = replace(run, appraisal=replace(run.appraisal, computed=fine))
    assert manual_sheet(of_less, "en").rows[0][4] == "-0.005", (
        "what was approved is not rounded to the scheme's decimals"
    )


def test_the_bonus_list_says_what_was_paid_also_to_those_who_have_no_bonus_now(tiny: Desk) -> None:
    run, _number = evaluated(tiny)
    lines = (Line("P1", 500_000, -20_000, -20_000, 0), Line("P5", 0, 5_000, 5_000, 0))
    rows = {row[0]: row for row in bonus_sheet(run, "en", lines).rows}
    assert rows["P1"][-4:] == (500_000, -20_000, 480_000, 0)
    assert (rows["P5"][1], *rows["P5"][-4:]) == ("钱七", 0, 5_000, 5_000, 0)
    assert bonus_sheet(run, "en", lines).total[-2] == 480_000 + 900_000 + 275_000 + 5_000  # type: ignore[index]


def test_more_facts_are_shown_in_the_language_of_the_page(tiny: Desk) -> None:
    run, number = evaluated(tiny)
    page = report_html(run, number, "en", [(Text("谁", "Who"), "somebody")])  # type: ignore[list-item]
    assert "<dt>Who</dt><dd>somebody</dd>" in page


def test_the_steps_of_a_total_add_up_to_it(tiny: Desk) -> None:
    run = with_weights(evaluated(tiny)[0])
    for row in np.flatnonzero(run.appraisal.graded):
        found = steps(run, int(row))
        assert found[0].before == 0
        assert all(one.after == other.before for one, other in pairwise(found))
        assert found[-1].after == int(run.appraisal.total[row])
    # P1: 0.6 × 75 + 0.4 × 90 = 81, and nothing else.
    assert [each.change for each in steps(run, 0)][:2] == [45 * MICRO, 36 * MICRO]


@pytest.mark.parametrize(
    ("share", "text"),
    [(0, "0%"), (1, "100%"), (Fraction(1, 3), "33.33%"), (Fraction(1, 8), "12.5%"), (Fraction(-1, 200), "-0.5%")],
)
def test_parts_are_written_to_a_hundredth_of_a_percent(share: Fraction, text: str) -> None:
    assert percent(share) == text


def test_figures_beyond_a_scale_stay_at_its_end() -> None:
    assert [Scale(10, 20).at(each) for each in (5, 10, 15, 20, 99)] == ["0%", "0%", "50%", "100%", "100%"]
    assert Scale(10, 20).between(18, 12) == ("20%", "60%")
    assert Scale(3, 3).at(3) == "0%"


@given(st.integers(1, 10**12), st.integers(1, 20), st.sampled_from([1, 10, 1000]))
def test_a_round_step_covers_the_span_in_no_more_than_so_many(span: int, most: int, least: int) -> None:
    step = nice_step(span, most, least)
    assert span <= step * most
    assert int(str(step).rstrip("0")) in (1, 2, 5)
    assert step == least or span > step // 3 * most


@given(st.lists(st.integers(-2000, 12000), min_size=1, max_size=60), st.integers(1, 4), st.data())
def test_a_histogram_counts_everybody_once(tenths: list[int], of: int, data: st.DataObject) -> None:
    totals = np.array(tenths, np.int64) * (MICRO // 10)
    series = np.array([data.draw(st.integers(0, of - 1)) for _ in tenths], np.int64)
    found = histogram(totals, series, of, 1)
    assert sum(found.heights) == len(tenths)
    assert len(found.heights) <= MOST_BINS + 1
    assert found.edges[0] <= totals.min() <= totals.max() < found.edges[-1]
    for number in range(of):
        assert sum(found.counts[number]) == int((series == number).sum())


@given(st.lists(st.integers(-(2**62), 2**62), min_size=1, max_size=30))
def test_a_spread_is_exact_whatever_the_size_of_the_figures(figures: list[int]) -> None:
    found = spread(np.array(figures, np.int64))
    assert found is not None
    assert (found.least, found.most) == (min(figures), max(figures))
    assert found.mean == Fraction(sum(figures), len(figures))
    assert found.least <= found.first <= found.median <= found.third <= found.most


def test_quartiles_are_those_of_type_7() -> None:
    found = spread(np.array([4, 1, 3, 2], np.int64))
    assert found is not None
    assert (found.first, found.median, found.third) == (Fraction(7, 4), Fraction(5, 2), Fraction(13, 4))
    assert spread(np.zeros(0, np.int64)) is None
