"""Ranks, groups and ties."""

from __future__ import annotations

import numpy as np
import pytest
from tests.unit.appraise.builder import dimension, measured, people, said, scheme, table, used

from kaohe.appraise import EVERYBODY, appraise
from kaohe.appraise.ranking import ranks
from kaohe.appraise.standing import stand
from kaohe.errors import KaoheError
from kaohe.scheme.model import Ranking


def ranked(ranking, *, staff=None, more=(), **columns):
    made = scheme(ranking=ranking, measured=more)
    return appraise(made, staff or people(len(columns["a"])), table(**columns))


@pytest.mark.parametrize(
    ("method", "expected"),
    [("competition", [1, 2, 2, 4, 5]), ("dense", [1, 2, 2, 3, 4]), ("ordinal", [1, 2, 3, 4, 5])],
)
def test_equals_share_a_rank_as_the_method_says(method, expected):
    assert ranked(Ranking(method=method), a=[90, 80, 80, 70, 60]).rank.tolist() == expected


def test_ranks_compare_the_rounded_total():
    made = scheme(decimals=1)
    assert appraise(made, people(3), table(a=["80.04", "80.01", "79.94"])).rank.tolist() == [1, 1, 3]


def test_people_rank_within_their_group():
    staff = people(5, region=["S", "N", "S", "N", "N"])
    result = ranked(Ranking(within=("region",)), staff=staff, a=[70, 60, 80, 90, 60])
    assert result.rank.tolist() == [2, 2, 1, 1, 2]
    assert result.group == ("S", "N", "S", "N", "N")
    assert result.group_size.tolist() == [2, 3, 2, 3, 3]


def test_a_group_is_made_of_all_its_attributes_and_an_unknown_one_is_a_group_too():
    staff = people(4, region=["S", "S", None, None], role=["x", "y", "x", "x"])
    result = ranked(Ranking(within=("region", "role")), staff=staff, a=[1, 2, 3, 4])
    assert result.group == ("S / x", "S / y", "— / x", "— / x")
    assert result.rank.tolist() == [1, 1, 2, 1]


def test_without_groups_everybody_is_one():
    result = ranked(Ranking(), a=[1, 2])
    assert result.group == (EVERYBODY, EVERYBODY)


def test_people_of_small_groups_are_ranked_among_everybody():
    staff = people(5, region=["S", "S", "S", "N", "N"])
    result = ranked(Ranking(within=("region",), min_group=3), staff=staff, a=[90, 70, 50, 80, 60])
    assert result.rank.tolist() == [1, 2, 3, 2, 4]
    assert result.group == ("S", "S", "S", EVERYBODY, EVERYBODY)
    assert result.group_size.tolist() == [3, 3, 3, 5, 5]
    assert said(result, 3) == ["2 graded in N, 3 needed: ranked among everybody"]


def test_people_of_small_groups_can_stay_unranked():
    staff = people(4, region=["S", "S", "S", "N"])
    ranking = Ranking(within=("region",), min_group=2, small_groups="unranked")
    result = ranked(ranking, staff=staff, a=[90, 70, 50, 80])
    assert result.rank.tolist() == [1, 2, 3, 0]
    assert result.group == ("S", "S", "S", None)
    assert said(result, 3) == ["1 graded in N, 2 needed: unranked"]


def test_only_graded_people_make_a_group_large_enough():
    staff = people(4, region=["S", "S", "N", "N"])
    ranking = Ranking(within=("region",), min_group=2, small_groups="unranked")
    assert ranked(ranking, staff=staff, a=[90, None, 80, 70]).rank.tolist() == [0, 0, 1, 2]


def test_tie_breakers_put_the_better_first_by_their_direction_and_the_unknown_last():
    more = [measured("m"), measured("n", direction="lower")]
    result = ranked(Ranking(tie_breakers=("m",)), more=more, a=[80, 80, 80], m=[1, None, 3], n=[0, 0, 0])
    assert result.rank.tolist() == [2, 3, 1]
    result = ranked(Ranking(tie_breakers=("n",)), more=more, a=[80, 80, 80], m=[0, 0, 0], n=[1, None, 3])
    assert result.rank.tolist() == [1, 3, 2]


def test_the_second_tie_breaker_counts_where_the_first_is_equal():
    more = [measured("m"), measured("n")]
    result = ranked(Ranking(tie_breakers=("m", "n")), more=more, a=[80] * 4, m=[5, 3, 3, 3], n=[0, 1, 2, 2])
    assert result.rank.tolist() == [1, 4, 2, 2]
    assert said(result, 0) == ["4 people have the same total: decided by M"]
    assert said(result, 1) == ["4 people have the same total: decided by N"]
    assert said(result, 2) == ["4 people have the same total: decided by N, 2 still share the rank"]


def test_whoever_is_still_equal_stays_equal_and_is_told():
    result = ranked(Ranking(), a=[80, 80, 70])
    assert result.rank.tolist() == [1, 1, 3]
    assert said(result, 0) == ["2 people have the same total and share the rank"]
    assert said(result, 2) == []


def test_ordinal_ranks_fall_back_on_the_order_of_codes_and_say_so():
    result = ranked(Ranking(method="ordinal"), a=[80, 80])
    assert result.rank.tolist() == [1, 2]
    assert said(result, 1) == ["2 people have the same total: decided by the order of their codes"]
    ranking = Ranking(method="ordinal", tie_breakers=("m",))
    result = ranked(ranking, more=[measured("m")], a=[80, 80, 80], m=[1, 1, 2])
    assert result.rank.tolist() == [2, 3, 1]
    assert said(result, 0) == ["3 people have the same total: decided by M, and among 2 by the order of their codes"]


def test_a_tie_breaker_without_direction_is_refused():
    made = scheme(dimension("d", used("a", direction="target")), ranking=Ranking(tie_breakers=("a",)))
    with pytest.raises(KaoheError) as caught:
        appraise(made, people(1), table(a=[1]))
    assert caught.value.problems[0].code == "appraise.tie-breaker-without-direction"


def test_the_first_key_sorts_first_and_extreme_figures_keep_their_order():
    rows = np.arange(4)
    keys = [np.array([-(2**63), 2**63 - 1, 0, 0]), np.array([0, 0, 1, 2])]
    standing = stand(rows, np.zeros(4, np.int64), keys)
    assert standing.rows.tolist() == [1, 3, 2, 0]
    assert ranks(standing, "competition").tolist() == [1, 2, 3, 4]


def test_an_attribute_that_nobody_has_is_unknown_for_everybody():
    result = ranked(Ranking(within=("office",)), a=[1, 2])
    assert result.group == ("—", "—")
    assert ranked(Ranking(within=("office",)), a=[]).group == ()


@pytest.mark.parametrize("method", ["competition", "dense", "ordinal"])
def test_the_percentile_rank_is_the_share_of_the_others_who_are_better_whatever_the_method(method):
    result = ranked(Ranking(method=method), a=[90, 90, 80, 70, None])
    assert result.percentile.tolist() == [0, 0, 666_667, 1_000_000, 0]


def test_somebody_alone_and_the_best_have_percentile_rank_zero():
    assert ranked(Ranking(), a=[7]).percentile.tolist() == [0]
    assert ranked(Ranking(), a=[7, 7, 7]).percentile.tolist() == [0, 0, 0]


def test_whoever_is_merged_has_a_percentile_rank_among_everybody():
    ranking = Ranking(within=("region",), min_group=2)
    result = ranked(ranking, staff=people(3, region=["N", "N", "S"]), a=[90, 80, 85])
    assert result.percentile.tolist() == [0, 1_000_000, 500_000]
