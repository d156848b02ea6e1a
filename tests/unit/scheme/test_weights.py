"""Weights from comparisons in pairs or from data, and the total's method, as a scheme writes them."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from itertools import combinations

import pytest

from kaohe.scheme.describe import describe

HEAD = 'missing    = { policy = "renormalise", min_coverage = 0.7 }\n'
PAIRS = '{ more = "speed", than = "satisfaction", times = 3 }'
WITHIN = '{ more = "crm.response", than = "crm.response_time", times = 4 }'


def unweighted(valid, *, indicators=False):
    """The valid scheme without the weights of its dimensions, or without any."""
    lines = valid.splitlines(keepends=True)
    prefixes = ("weight = ", "  weight = ", "  weight  = ") if indicators else ("weight = ",)
    return "".join(line for line in lines if not line.startswith(prefixes))


def judged(valid, *comparisons, settings="", indicators=False):
    text = unweighted(valid, indicators=indicators).replace(HEAD, f'{HEAD}weights = "ahp"\n{settings}')
    return text + "".join(f"\n[[comparisons]]\n{each}\n" for each in comparisons)


def of(name, *pairs):
    return f'of = "{name}"\npairs = [{", ".join(pairs)}]'


def three(valid, *times):
    """Three dimensions compared: speed / satisfaction, speed / third, satisfaction / third."""
    third = '\n[[dimensions]]\nid = "third"\nname = "三"\n[[dimensions.indicators]]\nuse = "crm.violations"\n'
    third += 'weight = 100\ncurve = { kind = "points", at = [[0, 100], [5, 0]] }\n'
    names = [("speed", "satisfaction"), ("speed", "third"), ("satisfaction", "third")]
    pairs = [f'{{ more = "{a}", than = "{b}", times = {t} }}' for (a, b), t in zip(names, times, strict=False)]
    return judged(valid, of("scheme", *pairs)) + third


def errors(checked):
    return [problem for problem in checked.problems if problem.severity == "error"]


def codes(checked, severity="error"):
    return [problem.code.removeprefix("scheme.") for problem in checked.problems if problem.severity == severity]


def test_dimensions_compared_take_their_weights_from_it_and_indicators_keep_theirs(check, valid):
    scheme = check(judged(valid, of("scheme", PAIRS))).require()
    assert [each.weight for each in scheme.dimensions] == [75, 25]
    assert [used.weight for used in scheme.weighted] == [70, 30, 60, 40]


def test_indicators_of_a_dimension_may_be_compared_too(check, valid):
    other = '{ more = "csat_bonus", than = "crm.csat", times = "1/4" }'
    made = judged(valid, of("scheme", PAIRS), of("speed", WITHIN), of("satisfaction", other), indicators=True)
    scheme = check(made).require()
    assert [used.weight for used in scheme.weighted] == [80, 20, 80, 20]


def test_weights_have_six_decimals_and_sum_to_exactly_a_hundred(check, valid):
    scheme = check(three(valid, 1, 1, 1)).require()
    assert [each.weight for each in scheme.dimensions] == [Decimal("33.333334"), *[Decimal("33.333333")] * 2]


def test_a_matrix_with_its_own_order_means_the_same_as_pairs(check, valid):
    square = 'of = "scheme"\norder = ["satisfaction", "speed"]\nmatrix = [[1, "1/3"], [3, 1]]'
    assert [each.weight for each in check(judged(valid, square)).require().dimensions] == [75, 25]


def test_the_check_names_the_defaults_and_prints_the_ratio_with_its_table(check, valid):
    checked = check(three(valid, 2, 4, 2))
    assert {each.path for each in checked.defaults} >= {"scheme.ahp.method", "scheme.ahp.random_index", "scheme.total"}
    (note,) = [problem for problem in checked.problems if problem.code == "scheme.consistency"]
    said = "comparisons within scheme: consistency ratio 0, random index of saaty_1980"
    assert (note.severity, note.what.in_("en")) == ("note", said)


def four(valid, *times):
    """Indicators a, b, c, d of one dimension compared: ab, ac, ad, bc, bd, cd."""
    use = '\n[[dimensions.indicators]]\nuse = "crm.violations"\nas = "{}"\n'
    use += 'curve = {{ kind = "points", at = [[0, 9], [5, 0]] }}\n'
    one = '[[dimensions]]\nid = "one"\nname = "一"\nweight = 100\n' + "".join(map(use.format, "abcd"))
    pairs = [
        f'{{ more = "{a}", than = "{b}", times = {t} }}'
        for (a, b), t in zip(combinations("abcd", 2), times, strict=True)
    ]
    head, rest = valid.replace(HEAD, HEAD + 'weights = "ahp"\n').split("[[dimensions]]", 1)
    tail = rest[rest.index("[[indicators]]") : rest.index("[[outcomes]]")].replace("weekend_repairs", "w")
    return head.replace('["crm.csat"]', "[]") + one + "\n" + tail + "\n[[comparisons]]\n" + of("one", *pairs) + "\n"


def test_comparisons_that_do_not_agree_warn_and_name_the_one_that_fits_least(check, valid):
    # All agree with 8 : 4 : 2 : 1 but for b, which is said to be a quarter of d instead of four times as much.
    checked = check(four(valid, 2, 4, 8, 2, '"1/4"', 2))
    (warning,) = [problem for problem in checked.problems if problem.code == "scheme.inconsistent"]
    line = checked.scheme.text.splitlines()[warning.where.line - 1]
    assert line[warning.where.column - 1 :].startswith('{ more = "b", than = "d", times = "1/4" }')
    assert warning.severity == "warning"
    assert warning.found.in_("en") == "d matters 4 times as much as b"
    assert "saaty_1980" in warning.what.in_("en")


def test_what_is_said_to_fit_makes_the_ratio_that_is_promised(check, valid):
    checked = check(four(valid, 2, 4, 8, 2, '"1/4"', 2))
    (warning,) = [problem for problem in checked.problems if problem.code == "scheme.inconsistent"]
    words = warning.fix.arguments
    other_way = Fraction(1) / Fraction(words["times"])
    mended = check(four(valid, 2, 4, 8, 2, f'"{other_way}"', 2))
    ratio = mended.require().comparisons[0].judgement.consistency_ratio
    assert ratio == words["ratio"] == 0
    assert ratio < checked.require().comparisons[0].judgement.consistency_ratio


TWICE = '{ more = "satisfaction", than = "speed", times = "1/3" }'
AGAINST = '{ more = "satisfaction", than = "speed", times = 3 }'
SQUARE = 'of = "scheme"\norder = ["speed", "satisfaction"]\nmatrix = '
MISTAKES = [
    ([of("scheme")], "comparison-missing"),
    ([of("scheme", PAIRS, TWICE)], "compared-twice"),
    ([of("scheme", PAIRS, AGAINST)], "comparisons-contradict"),
    ([of("scheme", PAIRS, '{ more = "speed", than = "speed", times = 1 }')], "compared-with-itself"),
    ([of("scheme", '{ more = "sped", than = "satisfaction", times = 3 }')], "unknown-compared"),
    ([of("scheme", '{ more = "speed", than = "satisfaction", times = 0 }')], "out-of-range"),
    ([of("scheme", '{ more = "speed", than = "satisfaction", times = -2 }')], "out-of-range"),
    ([of("scheme", '{ more = "speed", than = "satisfaction", times = "0/3" }')], "wrong-value"),
    ([of("scheme", '{ more = "speed", than = "satisfaction" }')], "missing-key"),
    ([of("scheme", PAIRS), of("scheme", PAIRS)], "duplicate-id"),
    ([of("scheme", PAIRS), of("sped", WITHIN)], "unknown-dimension"),
    ([of("scheme", PAIRS), of("speed", WITHIN)], "weight-not-written weight-not-written"),
    (['of = "scheme"'], "comparison-form"),
    ([of("scheme", PAIRS) + '\norder = ["speed", "satisfaction"]\nmatrix = [[1, 3], ["1/3", 1]]'], "comparison-form"),
    ([SQUARE + '[[1, 3], ["1/2", 1]]'], "judgement.reciprocal"),
    ([SQUARE + '[[1, "x"], [3, 1]]'], "judgement.number"),
    ([SQUARE + '[[1, -3], ["-1/3", 1]]'], "judgement.sign"),
    ([SQUARE + "[[1, 3]]"], "judgement.shape"),
    ([SQUARE + "[[1]]"], "comparison-order"),
    (['of = "scheme"\norder = ["speed"]\nmatrix = [[1]]'], "comparison-order"),
]


@pytest.mark.parametrize(("comparisons", "code"), MISTAKES, ids=[f"{n} {code}" for n, (_, code) in enumerate(MISTAKES)])
def test_one_mistake_in_a_comparison_gives_one_message_at_its_line(check, valid, comparisons, code):
    text = judged(valid, *comparisons)
    found = errors(check(text))
    assert [problem.code.removeprefix("scheme.") for problem in found] == code.split()
    first = text.splitlines().index("[[comparisons]]") + 1
    for problem in found:
        assert problem.where.column is not None
        assert code.startswith("weight-not-written") or problem.where.line > first


def test_the_missing_pair_is_named_with_a_line_to_add(check, valid):
    (problem,) = errors(check(three(valid, 2, 3)))
    assert problem.found.in_("en") == "without: satisfaction / third"
    assert '{ more = "satisfaction", than = "third", times = … }' in problem.fix.in_("en")


def test_a_weight_written_beside_comparisons_is_a_mistake_and_so_is_none_at_all(check, valid):
    compared = judged(valid, of("scheme", PAIRS)).replace('id     = "speed"\n', 'id     = "speed"\nweight = 60\n')
    assert codes(check(compared)) == ["weight-not-written"]
    assert (
        codes(check(judged(valid, of("speed", WITHIN)).replace("  weight = 70\n", "").replace("  weight = 30\n", "")))
        == ["missing-key"] * 2
    )
    assert codes(check(valid.replace(HEAD, HEAD + 'weights = "ahp"\n'))) == ["no-comparisons"]


def test_more_things_than_the_random_index_reaches_is_a_mistake(check, valid):
    use = '\n[[dimensions.indicators]]\nuse = "crm.violations"\nas = "{}"\n'
    use += 'curve = {{ kind = "points", at = [[0, 9], [5, 0]] }}\n'
    keys = [f"k{number}" for number in range(16)]
    many = '\n[[dimensions]]\nid = "many"\nname = "多"\nweight = 100\n' + "".join(use.format(key) for key in keys)
    pairs = [f'{{ more = "{a}", than = "{b}", times = 1 }}' for n, a in enumerate(keys) for b in keys[n + 1 :]]
    head, rest = valid.split("[[dimensions]]", 1)
    tail = rest[rest.index("[[indicators]]") :]
    for table, expected in (("saaty_1980", ["judgement.too-many"]), ("donegan_dodd_1991", [])):
        settings = f'weights = "ahp"\nahp = {{ random_index = "{table}" }}\n'
        text = (
            head.replace(HEAD, HEAD + settings) + many + "\n" + tail + "\n[[comparisons]]\n" + of("many", *pairs) + "\n"
        )
        found = codes(check(text))
        assert [code for code in found if code.startswith("judgement")] == expected


def test_comparisons_without_ahp_have_no_effect_and_the_check_says_so(check, valid):
    checked = check(valid + "\n[[comparisons]]\n" + of("scheme", PAIRS) + "\n")
    assert "no-effect" in codes(checked, "warning")
    assert [each.weight for each in checked.require().dimensions] == [60, 40]


def test_more_than_nine_times_is_suspected(check, valid):
    assert "comparison-scale" in codes(check(judged(valid, of("scheme", PAIRS.replace("3", "80")))), "warning")


def test_weights_left_to_the_data_are_written_nowhere(check, valid):
    entropy = HEAD + 'weights = "entropy"\n'
    scheme = check(unweighted(valid, indicators=True).replace(HEAD, entropy)).require()
    assert [each.weight for each in scheme.dimensions] == [2, 2]
    assert codes(check(valid.replace(HEAD, entropy))) == ["weight-not-written"] * 6


def test_the_total_s_method_and_its_settings_are_read(check, valid):
    vikor = check(valid.replace(HEAD, HEAD + 'total = "vikor"\nvikor = { v = 0.25 }\n')).require()
    assert (vikor.total_by.method, vikor.total_by.v) == ("vikor", Decimal("0.25"))
    topsis = check(valid.replace(HEAD, HEAD + 'total = "topsis"\n'))
    assert topsis.require().total_by.normalisation == "vector"
    assert "scheme.topsis.normalisation" in {each.path for each in topsis.defaults}
    assert "no-effect" in codes(check(valid.replace(HEAD, HEAD + "vikor = { v = 0.25 }\n")), "warning")
    assert codes(check(valid.replace(HEAD, HEAD + 'total = "topsys"\n'))) == ["wrong-value"]


AHP_IN_ENGLISH = (
    "Weights of the dimensions come from comparisons in pairs (AHP, the eigenvector): "
    "consistency ratio 0, random index of saaty_1980."
)


def spoken(scheme, language):
    lines = []
    for section in describe(scheme):
        lines += [line.in_(language) for line in section.lines]
        lines += [
            " | ".join(getattr(cell, "in_", lambda _l, c=cell: c)(language) for cell in row) for row in section.rows
        ]
    return lines


@pytest.mark.parametrize(
    ("language", "expected"),
    [
        (
            "en",
            [
                AHP_IN_ENGLISH,
                "the dimensions | Speed | 3 | 满意度",
            ],
        ),
        (
            "zh_CN",
            [
                "各维度的权重由两两比较得出（层次分析法，特征根法）：一致性比率 0，随机指标取自 saaty_1980。",
                "各维度 | 速度 | 3 | 满意度",
            ],
        ),
    ],
)
def test_comparisons_are_read_aloud(check, valid, language, expected):
    lines = spoken(check(judged(valid, of("scheme", PAIRS))).require(), language)
    assert [line for line in expected if line not in lines] == []


@pytest.mark.parametrize(
    ("settings", "line"),
    [
        ('total = "vikor"', "The total is 100 × (1 − Q) among everybody (VIKOR, v = 0.5)."),
        (
            'total = "topsis"\ntopsis = { normalisation = "minmax" }',
            "The total is the closeness to the best there is, among everybody (TOPSIS; points divided by their range).",
        ),
    ],
)
def test_the_method_of_the_total_is_read_aloud(check, valid, settings, line):
    assert line in spoken(check(valid.replace(HEAD, f"{HEAD}{settings}\n")).require(), "en")
