"""Formulas of the usual indicators, in the expression language, and the names that sources give to the same figure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import NamedTuple

from tests.oracles.case import Case


class Figure(NamedTuple):
    """What a figure needs among the inputs, and the expression; a figure named ``_pct`` is shown in percent.

    ``said``: only where the case says so among its inputs or in its title.
    """

    needs: tuple[str, ...]
    text: str
    said: str = ""

    def applies(self, case: Case) -> bool:
        words = case.said("direction", "formula", "method", "denominator", "definition", "convention")
        return not self.said or bool(re.search(self.said, words))


def _of(top: str, bottom: str) -> tuple[Figure, ...]:
    return (Figure((top, bottom), f"sum({top}) / sum({bottom})"),)


_GROWTH = (Figure(("previous", "current"), "sum(current) / sum(previous) - 1"),)

# One record holds all the inputs, so that sum(name) is the input itself.
FIGURES: Mapping[str, tuple[Figure, ...]] = {
    "nps": (Figure(("promoters_pct", "detractors_pct"), "sum(promoters_pct) - sum(detractors_pct)"),),
    "retained": (Figure(("end", "new", "start"), "sum(end) - sum(new)"),),
    "retention": (
        Figure(("end", "new", "start"), "(sum(end) - sum(new)) / sum(start)"),
        Figure(("retained", "start"), "sum(retained) / sum(start)"),
        Figure(("start", "lost"), "1 - sum(lost) / sum(start)"),
    ),
    "acquisition": _of("new", "start"),
    "churn": (
        Figure(("start", "end", "lost"), "sum(lost) / ((sum(start) + sum(end)) / 2)", r"average|平均"),
        *_of("lost", "start"),
        Figure(("end", "new", "start"), "1 - (sum(end) - sum(new)) / sum(start)"),
        Figure(("retained", "start"), "1 - sum(retained) / sum(start)"),
    ),
    "mrr_lost": (Figure(("mrr_start", "mrr_end"), "sum(mrr_start) - sum(mrr_end)"),),
    "revenue_churn": (
        Figure(("mrr_start", "mrr_end"), "1 - sum(mrr_end) / sum(mrr_start)"),
        Figure(("start", "contraction", "churned"), "(sum(contraction) + sum(churned)) / sum(start)"),
        *_of("churned", "start"),
    ),
    "gross_churn": _of("churned", "start"),
    "net_churn": (Figure(("start", "churned", "expansion"), "(sum(churned) - sum(expansion)) / sum(start)"),),
    "net_new": (
        Figure(
            ("new", "expansion", "contraction", "churned"),
            "sum(new) + sum(expansion) - sum(contraction) - sum(churned)",
        ),
    ),
    "mean": (
        *_of("total_minutes", "tickets"),
        *_of("total_hours", "tickets"),
        *_of("sum", "count"),
        *_of("sum", "responses"),
    ),
    "ces": (*_of("sum", "responses"), *_of("sum", "count")),
    "growth": _GROWTH,
    "closed": (Figure(("won", "lost"), "sum(won) + sum(lost)"),),
    "win": (
        Figure(
            ("won", "lost", "open"), "sum(won) / (sum(won) + sum(lost) + sum(open))", r"\ball\b|whole|pipeline|over all"
        ),
        Figure(("won", "lost"), "sum(won) / (sum(won) + sum(lost))"),
        *_of("won", "total"),
        *_of("won", "closed"),
    ),
    "conversion": (
        *_of("converted", "leads"),
        *_of("won", "leads"),
        *_of("orders", "visitors"),
        *_of("orders", "visits"),
        Figure(("won", "lost"), "sum(won) / (sum(won) + sum(lost))"),
    ),
    "response": (*_of("answered", "sent"), *_of("responses", "sent")),
    "attainment": (
        Figure(("actual", "target"), "sum(target) / sum(actual)", r"target\s*/\s*actual|lower"),
        *_of("actual", "target"),
        *_of("actual", "quota"),
    ),
    "expansion": _of("new", "start"),
    "abandonment": (*_of("abandoned", "offered"), *_of("abandoned", "total"), *_of("abandoned", "calls")),
    "on_time": _of("on_time", "total"),
    "within_sla": (*_of("within", "total"), *_of("met", "total")),
    "market_share": _of("own", "total"),
    "repurchase": _of("repeat", "customers"),
    "renewal": _of("renewed", "due"),
    "resolution": (*_of("resolved", "total"), *_of("resolved", "tickets")),
    "reopen": _of("reopened", "resolved"),
    "escalation": (*_of("escalated", "total"), *_of("escalated", "tickets")),
    "occupancy": _of("busy", "available"),
    "utilisation": (*_of("busy", "available"), *_of("billable", "available")),
    "aht": (Figure(("talk", "hold", "wrap", "calls"), "(sum(talk) + sum(hold) + sum(wrap)) / sum(calls)"),),
    "aov": _of("revenue", "orders"),
    "arpu": (*_of("revenue", "users"), *_of("revenue", "customers")),
    "cac": (*_of("cost", "new"), *_of("spend", "new")),
    "roi": (Figure(("gain", "cost"), "(sum(gain) - sum(cost)) / sum(cost)"),),
    "margin": (Figure(("revenue", "cost"), "(sum(revenue) - sum(cost)) / sum(revenue)"),),
    "clv": (
        Figure(("arpu", "gross_margin", "churn"), "sum(arpu) * sum(gross_margin) / sum(churn)"),
        *_of("arpu", "churn"),
    ),
    "nrr": (
        Figure(
            ("start", "expansion", "contraction", "churned"),
            "(sum(start) + sum(expansion) - sum(contraction) - sum(churned)) / sum(start)",
        ),
        Figure(("start", "expansion", "churned"), "(sum(start) + sum(expansion) - sum(churned)) / sum(start)"),
        *_of("end", "start"),
    ),
    "grr": (
        Figure(("start", "contraction", "churned"), "(sum(start) - sum(contraction) - sum(churned)) / sum(start)"),
        Figure(("start", "churned"), "(sum(start) - sum(churned)) / sum(start)"),
    ),
    "quick_ratio": (
        Figure(
            ("new", "expansion", "contraction", "churned"),
            "(sum(new) + sum(expansion)) / (sum(contraction) + sum(churned))",
        ),
    ),
    "coverage": _of("pipeline", "quota"),
    "turnover": (
        Figure(("leavers", "start", "end"), "sum(leavers) / ((sum(start) + sum(end)) / 2)"),
        *_of("leavers", "headcount"),
    ),
    "absence": _of("absent", "scheduled"),
    "fcr": (*_of("resolved_first", "total"), *_of("resolved_first", "resolved")),
    "csat": (
        *_of("satisfied", "total"),
        Figure(("sum", "responses", "max_score"), "sum(sum) / sum(responses) / sum(max_score)"),
    ),
    "satisfaction": _of("satisfied", "total"),
    "agree": _of("agree", "total"),
    "velocity": (
        Figure(
            ("opportunities", "deal_value", "win", "cycle"),
            "sum(opportunities) * sum(deal_value) * sum(win) / sum(cycle)",
        ),
    ),
}

# Customarily in percent whatever they are called.
PERCENT = {"csat"}


def _synonyms(**listed: str) -> dict[str, str]:
    return {other: name for name, others in listed.items() for other in others.split()}


CANONICAL: Mapping[str, str] = _synonyms(
    retention="customer_retention crr retention_rate customer_retention_rate logo_retention",
    churn="customer_churn churn_rate attrition attrition_rate logo_churn customer_churn_rate lost_rate",
    acquisition="acquisition_rate",
    gross_churn="gross_mrr_churn_rate gross_churn_rate",
    net_churn="net_mrr_churn net_revenue_churn net_churn_rate",
    revenue_churn="mrr_churn gross_mrr_churn gross_revenue_churn revenue_churn_rate mrr_churn_rate",
    growth="qoq yoy mom growth_rate yoy_growth qoq_growth mom_growth 环比 同比 revenue_growth",
    annualised="annualized annualised_growth annualized_growth",
    win="win_rate close_rate closing_rate",
    conversion="conversion_rate lead_conversion lead_conversion_rate cvr",
    response="response_rate",
    attainment="achievement attainment_rate quota_attainment target_attainment completion completion_rate 达成率",
    abandonment="abandonment_rate abandon abandon_rate call_abandonment",
    on_time="on_time_rate on_time_delivery otd",
    within_sla="sla sla_compliance sla_attainment compliance service_level sla_rate sla_met",
    repurchase="repeat_rate repurchase_rate repeat_purchase repeat_purchase_rate repeat 复购率",
    renewal="renewal_rate",
    resolution="resolution_rate",
    reopen="reopen_rate",
    escalation="escalation_rate",
    utilisation="utilization utilisation_rate utilization_rate",
    aht="average_handle_time average_handling_time handle_time",
    aov="average_order_value",
    arpu="average_revenue_per_user",
    clv="ltv customer_lifetime_value lifetime_value",
    nrr="net_revenue_retention ndr net_retention net_dollar_retention",
    grr="gross_revenue_retention gdr gross_retention gross_dollar_retention",
    quick_ratio="saas_quick_ratio",
    coverage="pipeline_coverage",
    turnover="turnover_rate employee_turnover",
    absence="absenteeism absence_rate absenteeism_rate",
    fcr="first_contact_resolution first_call_resolution fcr_rate",
    satisfaction="satisfaction_rate",
    ces="customer_effort_score",
    nps="net_promoter_score",
    mean="mean_minutes average_minutes frt mttr first_response_time avg_minutes mean_time average",
    velocity="pipeline_velocity sales_velocity",
)

NAMES: Mapping[str, str] = _synonyms(
    start="customers_at_start customers_start start_customers starting_customers customers_begin beginning begin"
    " opening starting_mrr mrr_start start_mrr beginning_mrr opening_mrr starting_revenue headcount_start"
    " start_headcount initial_customers period_start_customers starting_arr s",
    end="customers_at_end customers_end end_customers ending_customers ending closing headcount_end end_headcount"
    " final_customers ending_mrr e",
    new="new_customers customers_new customers_acquired acquired gained new_mrr customers_gained",
    lost="customers_lost lost_customers churned_customers lost_deals deals_lost lost_opportunities lost_value losses",
    won="won_deals deals_won closed_won wins won_opportunities deals won_value",
    closed="closed_deals",
    open="open_deals open_opportunities open_value",
    retained="retained_customers customers_retained",
    expansion="expansion_mrr upgrades upsell expansion_revenue expansion_arr",
    contraction="contraction_mrr downgrades downgrade contraction_revenue contraction_arr",
    churned="churned_mrr churn_mrr churned_revenue churn lost_mrr cancelled churned_arr cancellations",
    promoters_pct="pct_promoters promoters_percent promoter_pct percent_promoters promoters_percentage",
    detractors_pct="pct_detractors detractors_percent detractor_pct percent_detractors detractors_percentage",
    promoters="n_promoters promoter_count",
    passives="neutrals n_passives passive_count neutral",
    detractors="n_detractors detractor_count",
    satisfied="satisfied_responses positive positive_responses satisfied_customers n_satisfied happy",
    total="total_responses total_tickets total_calls responses_total total_orders total_cases total_customers"
    " market_sales market_total n total_deals total_opportunities offered_calls orders_total all",
    responses="response_count respondents",
    sum="total_score sum_scores score_sum sum_of_scores",
    previous="last_year last_quarter last_month prior previous_period last previous_value prior_year base 上期",
    current="this_year this_quarter this_month current_period this current_value 本期",
    resolved_first="resolved_first_contact first_contact_resolved resolved_on_first_contact first_call_resolved"
    " fcr_tickets",
    talk="talk_time talk_minutes talk_seconds",
    hold="hold_time hold_minutes hold_seconds",
    wrap="wrap_up_time wrap_time after_call_work acw wrap_up after_call",
    calls="calls_handled handled_calls total_calls number_of_calls",
    within="within_sla in_sla met_sla within_target on_target",
    met="sla_met",
    repeat="repeat_customers repeat_buyers returning_customers",
    customers="total_customers buyers customer_count",
    converted="conversions converted_leads",
    leads="total_leads",
    abandoned="abandoned_calls",
    offered="calls_offered offered_calls",
    own="company_sales own_sales our_sales company_revenue",
    users="active_users subscribers accounts",
    leavers="departures separations left employees_left exits",
    headcount="average_headcount avg_headcount average_employees",
    absent="absent_days days_absent absence_days",
    scheduled="scheduled_days working_days",
    sent="surveys_sent invitations invited",
    answered="surveys_answered completed",
    tickets="ticket_count number_of_tickets",
    total_minutes="minutes_total total_response_minutes total_time total_response_time sum_minutes",
    target="goal plan budget 目标",
    actual="achieved result sales 实际",
    resolved="resolved_tickets tickets_resolved",
    renewed="renewed_contracts contracts_renewed renewals",
    due="due_contracts contracts_due up_for_renewal expiring",
    periods_per_year="periods compounding_periods",
    win="win_rate",
    cycle="cycle_length sales_cycle cycle_days",
    deal_value="average_deal_value avg_deal_size average_deal_size",
)
