"""Curves: numbers worked by hand."""

from __future__ import annotations

from decimal import Decimal

import numpy as np
import pytest
from tests.unit.appraise.builder import bands_curve, per_unit_curve, points_curve, ratio_curve

from kaohe.appraise import explain_curve
from kaohe.appraise.curves import points
from kaohe.exact import from_micros, to_micros


def earned(curve, *numbers):
    """Points as text; every explanation must come to the same figure."""
    micros = np.array([to_micros(Decimal(str(number))) for number in numbers], np.int64)
    result = points(curve, micros, np.ones(len(numbers), np.bool_))
    explained = [explain_curve(curve, int(value)).arguments["points"] for value in micros]
    assert [to_micros(figure) for figure in explained] == result.tolist()
    return [str(from_micros(figure)) for figure in result]


PAYOUT = points_curve((620, "0.5"), (1997, 1), (2400, "1.5"), (3324, 2), (4000, 3))


def test_points_are_interpolated_between_the_two_neighbouring_points_only():
    # 0.5 + 0.5 × (1313 − 620) / (1997 − 620) = 0.5 + 346.5 / 1377 = 0.75163398…
    assert earned(PAYOUT, 1313) == ["0.751634"]


def test_the_end_points_hold_beyond_the_ends():
    assert earned(PAYOUT, 0, 619, 620, 4000, 4001, 99999) == ["0.5", "0.5", "0.5", "3", "3", "3"]


def test_below_and_above_replace_the_end_points_beyond_the_ends_only():
    curve = points_curve((80, 80), (100, 100), below=0, above=120)
    assert earned(curve, "79.999999", 80, 90, 100, "100.000001") == ["0", "80", "90", "100", "120"]


def test_a_curve_of_one_point_is_the_same_everywhere():
    assert earned(points_curve((10, 60)), 9, 10, 11) == ["60", "60", "60"]


def test_a_value_written_twice_is_a_jump_and_belongs_to_the_upper_step():
    curve = points_curve((0, 0), (10, 50), (10, 80), (20, 100))
    assert earned(curve, 5, "9.999999", 10, 15) == ["25", "49.999995", "80", "90"]


def test_a_point_written_twice_is_one_point():
    assert earned(points_curve((0, 0), (10, 50), (10, 50), (20, 100)), 5, 10, 15) == ["25", "50", "75"]


def test_a_falling_curve_rewards_lower_values():
    assert earned(points_curve((0, 100), (30, 0)), 0, 10, 29, 31) == ["100", "66.666667", "3.333333", "0"]


def test_interpolation_rounds_half_away_from_zero_at_six_decimals():
    assert earned(points_curve((0, 0), (2, "0.000001")), 1) == ["0.000001"]
    assert earned(points_curve((0, "-0.000001"), (2, 0)), 1) == ["-0.000001"]


def test_steps_whose_products_exceed_64_bits_stay_exact():
    # 1000 × 999999999999.5 / 1000000000000.000001 = 999.9999999994999…: to six decimals 999.999999 or 1000
    assert earned(points_curve((0, 0), ("1000000000000.000001", 1000)), "999999000000") == ["999.999"]
    assert earned(points_curve((0, 0), ("1000000000000.000001", 1000)), "333333333333.333334") == ["333.333333"]


def test_bands_put_a_boundary_into_the_higher_band_by_default():
    curve = bands_curve((None, 60, 0), (60, 90, 80), (90, None, 100))
    assert earned(curve, -5, "59.999999", 60, 89, 90, 1000) == ["0", "0", "80", "80", "100", "100"]


def test_bands_with_the_lower_boundary_put_it_into_the_lower_band():
    curve = bands_curve((None, 60, 0), (60, 90, 80), (90, None, 100), boundary="lower")
    assert earned(curve, 60, "60.000001", 90, "90.000001") == ["0", "80", "80", "100"]


def test_a_single_open_band_holds_every_value():
    assert earned(bands_curve((None, None, 70)), -1, 0, 1) == ["70", "70", "70"]


def test_a_ratio_is_attainment_in_percent():
    assert earned(ratio_curve(50), 45, 75, 40, 0) == ["90", "150", "80", "0"]
    assert earned(ratio_curve("0.80"), "0.85") == ["106.25"]
    assert earned(ratio_curve(3), 1, 2) == ["33.333333", "66.666667"]


def test_a_lower_ratio_loses_what_exceeds_the_target():
    assert earned(ratio_curve(50, "lower"), 45, 50, 55, 60, 100, 200, 0) == [
        "110",
        "100",
        "90",
        "80",
        "0",
        "-200",
        "200",
    ]


def test_an_on_target_ratio_loses_on_either_side():
    assert earned(ratio_curve(50, "on_target"), 55, 50, 45, 150, 151) == ["90", "100", "90", "-100", "-102"]


def test_floor_and_cap_hold_a_ratio():
    curve = ratio_curve(50, "lower", floor=0, cap=120)
    assert earned(curve, 0, 40, 45, 99, 100, 101) == ["120", "120", "110", "2", "0", "0"]


def test_a_ratio_refuses_a_target_that_is_not_above_zero():
    with pytest.raises(ValueError, match="target above zero"):
        points(ratio_curve(0), np.zeros(1, np.int64), np.ones(1, np.bool_))
    with pytest.raises(ValueError, match="target above zero"):
        points(ratio_curve(-2), np.zeros(1, np.int64), np.ones(1, np.bool_))


def test_per_unit_adds_points_pro_rata_up_to_its_maximum():
    # 每高 3% 加 1 分，最多 6 分: one point for each 3 % above 80 %, six at most
    curve = per_unit_curve(100, "0.80", "0.03", 1, maximum=6)
    assert earned(curve, "0.80", "0.83", "0.845", "0.98", "0.99", "0.77") == ["100", "101", "101.5", "106", "106", "99"]


def test_per_unit_in_whole_units_counts_towards_the_target_on_both_sides():
    curve = per_unit_curve(100, "0.80", "0.03", 1, whole=True)
    assert earned(curve, "0.8299", "0.83", "0.8599", "0.7701", "0.77", "0.7401") == [
        "100",
        "101",
        "101",
        "100",
        "99",
        "99",
    ]


def test_per_unit_bounds_what_is_taken_off():
    curve = per_unit_curve(100, "0.9", "0.01", 2, maximum=10, minimum=-30)
    assert earned(curve, "0.96", "0.80", "0.75", "0.74") == ["110", "80", "70", "70"]


def test_per_unit_with_negative_points_rewards_lower_values():
    assert earned(per_unit_curve(100, 24, 2, -5), 20, 24, 27) == ["110", "100", "92.5"]


def test_per_unit_rounds_the_sum_once():
    # 100 + 1/3 and 100 − 1/3
    assert earned(per_unit_curve(100, 0, 3, 1), 1, -1) == ["100.333333", "99.666667"]


def test_values_that_are_not_known_earn_zero_and_are_never_read():
    micros = np.array([2**63 - 1, 50_000_000], np.int64)
    known = np.array([False, True])
    assert points(ratio_curve(50), micros, known).tolist() == [0, 100_000_000]


def test_points_that_do_not_fit_are_an_overflow_and_a_cap_makes_them_fit():
    micros, known = np.array([4 * 10**18], np.int64), np.ones(1, np.bool_)
    with pytest.raises(OverflowError):
        points(ratio_curve("0.000001"), micros, known)
    assert points(ratio_curve("0.000001", cap=120), micros, known).tolist() == [120_000_000]


def test_a_curve_over_nobody_gives_nothing():
    nobody = np.zeros(0, np.int64)
    for curve in (PAYOUT, bands_curve((None, None, 1)), ratio_curve(1), per_unit_curve(0, 0, 1, 1)):
        assert points(curve, nobody, nobody.astype(np.bool_)).tolist() == []


def test_explanations_name_the_step():
    def explained(curve, number):
        return str(explain_curve(curve, to_micros(number)))

    assert explained(PAYOUT, 1313) == (
        "1313 lies between 620 (0.5 points) and 1997 (1 points): "
        "0.5 + (1 − 0.5) × (1313 − 620) / (1997 − 620) = 0.751634 points"
    )
    assert explained(PAYOUT, 5000) == "5000 is above the last value 4000 = 3 points"
    curve = bands_curve((None, 60, 0), (60, 90, 80), (90, None, 100))
    assert explained(curve, 60) == "60 falls into the band from 60 to 90 = 80 points"
    assert explained(curve, 59) == "59 falls into the band up to 60 = 0 points"
    assert explained(curve, 90) == "90 falls into the band from 90 = 100 points"
    assert explained(bands_curve((None, None, 70)), 5) == "5: one band for every value = 70 points"
    assert explained(ratio_curve(50, "lower", cap=105), 40) == "100 × (1 − (40 − 50) / 50); at most 105 points"
    curve = per_unit_curve(100, "0.8", "0.03", 1, whole=True)
    assert explained(curve, "0.87") == "2 × 0.03 from 0.8 to 0.87: 100 + 2 × 1 = 102 points"
    curve = per_unit_curve(100, "0.9", "0.01", 2, maximum=10, minimum=-30)
    assert explained(curve, "0.95") == "5 × 0.01 from 0.9 to 0.95: 100 + 5 × 2 = 110 points"
    assert explained(curve, "0.96") == "6 × 0.01 from 0.9 to 0.96, at most 10: 100 + 10 = 110 points"
    assert explained(curve, "0.75") == "-15 × 0.01 from 0.9 to 0.75: 100 + -15 × 2 = 70 points"
    assert explained(curve, "0.74") == "-16 × 0.01 from 0.9 to 0.74, at least -30: 100 + -30 = 70 points"


def test_a_floor_or_cap_is_told_only_where_it_changes_the_points():
    curve = ratio_curve(50, floor=50, cap=120)
    told = [str(explain_curve(curve, to_micros(number))) for number in (24, 25, 60, 61)]
    assert told == [
        "100 × 24 / 50; at least 50 points",
        "100 × 25 / 50 = 50 points",
        "100 × 60 / 50 = 120 points",
        "100 × 61 / 50; at most 120 points",
    ]
