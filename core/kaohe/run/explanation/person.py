"""The tree behind one person's figures: bonus ← tier ← rank ← total ← dimensions ← indicators ← counts ← records.

What it prints it computes once more; where a figure disagrees with the run, that is a fault and not shown as if true.
"""

from __future__ import annotations

from kaohe.errors import Place, Problem, fail
from kaohe.exact import MICRO, divide, from_micros
from kaohe.run.assessment.disclosure import GIVES_AWAY
from kaohe.run.explanation.better import why_node
from kaohe.run.explanation.bonus import bonus_node
from kaohe.run.explanation.common import Common
from kaohe.run.explanation.evidence import Evidence
from kaohe.run.explanation.indicator import measured_node
from kaohe.run.explanation.remarks import remarks
from kaohe.run.explanation.score import dimension_node, total_node
from kaohe.run.explanation.service import service_node
from kaohe.run.explanation.tier import tier_node
from kaohe.run.explanation.weights import weight_nodes
from kaohe.run.model import Run
from kaohe.run.node import Node, agree
from kaohe.text import msg

_RANK_TIE = "rank"  # what a decision about a tied rank, rather than a tied tier, is about


def find_person(run: Run, code_or_name: str) -> int:
    """The row of a person by code, or by a name that only one person bears."""
    codes = run.appraisal.people.code
    if code_or_name in codes:
        return codes.index(code_or_name)
    rows = [row for row, name in enumerate(run.names) if name == code_or_name]
    if len(rows) == 1:
        return rows[0]
    if rows:
        what, found = msg("several people bear this name"), ", ".join(codes[row] for row in rows)
        fix = msg("name the person by code")
    else:
        left_out = [each for each in run.left_out if code_or_name in (each.code, each.name)]
        nobody = msg("nobody of this code or name is in the run")
        if run.scheme.subject == "team":
            nobody = msg("no team of this code or name is in the run")
        what = left_out[0].reason if left_out else nobody
        words = {"scheme": run.scheme.id, "period": run.period.name}
        found, fix = code_or_name, msg("see who is: kaohe evaluate {scheme} --period {period}", **words)
    raise fail(Problem("explain.person", what, Place(key=code_or_name), found=found, fix=fix))


def explain(run: Run, row: int, evidence: Evidence | None = None, *, records: bool = False) -> Node:
    """Everything about one person, from the bonus down to the counts of records; with ``evidence`` these are counted
    once more, record by record, and with ``records`` listed."""
    return explain_person(Common.of(run, evidence, listed=records), row)


def explain_person(common: Common, row: int) -> Node:
    """Likewise for one of many people of the same run."""
    run = common.run
    appraisal, scheme = run.appraisal, run.scheme
    code = appraisal.people.code[row]
    person = msg(
        "{name} ({code}) · {scheme} · {period}",
        name=run.names[row],
        code=code,
        scheme=scheme.name,
        period=run.period.name,
    )
    facts = {"name": run.names[row], "scheme": scheme.id, "period": run.period.name}
    hidden = common.discretion.of(row)
    if not appraisal.graded[row]:
        reasons = remarks(run, row, ("coverage", "missing", "rule"), totals=not hidden.total)
        children = [dimension_node(common, row, each, hidden) for each in scheme.dimensions]
        if appraisal.people.counted_days and (service := service_node(run, row)) is not None:
            children.append(service)
        return Node(person, msg("not graded"), reasons, tuple(children), "person", code, facts)
    parts = [total_node(common, row, hidden), _rank(run, row)]
    if scheme.tiers is not None:
        parts.append(tier_node(run, row, scheme.tiers, totals=not hidden.total))
        if (why := why_node(common, row, scheme.tiers, hidden)) is not None:
            parts.append(why)
    if (service := service_node(run, row)) is not None:
        parts.append(service)
    if scheme.bonus is not None:
        hushed = Node(msg("bonus"), GIVES_AWAY, kind="bonus")
        parts.append(hushed if hidden.bonus else bonus_node(common, row, scheme.bonus))
    parts += weight_nodes(run)
    if scheme.measured:
        measured = tuple(measured_node(common, row, each, hidden) for each in scheme.measured)
        parts.append(Node(msg("measured besides"), None, (), measured, "measured_besides"))
    if appraisal.outcomes[row]:
        notes = tuple(
            Node(
                scheme.outcomes[index].note,
                None,
                (msg("follows because: {condition}", condition=scheme.outcomes[index].when.text.strip()),),
                kind="outcome",
                id=scheme.outcomes[index].kind,
            )
            for index in appraisal.outcomes[row]
        )
        parts.append(Node(msg("outcomes"), None, (), notes, "outcomes"))
    condition = scheme.population
    covered = (
        () if condition is None else (msg("covered by the scheme: {condition}", condition=condition.text.strip()),)
    )
    return Node(person, None, covered, tuple(parts), "person", code, facts)


def _rank(run: Run, row: int) -> Node:
    appraisal = run.appraisal
    rank = int(appraisal.rank[row])
    if not rank:
        return Node(msg("rank"), msg("unranked"), remarks(run, row, ("group",)), kind="rank")
    size, percentile = int(appraisal.group_size[row]), int(appraisal.percentile[row])
    of_teams = run.scheme.subject == "team"
    figure = msg("{rank} of {size}", rank=rank, size=size)
    if of_teams:
        figure = msg("{rank} of {size} teams", rank=rank, size=size)
    better = divide(percentile * (size - 1), MICRO)
    agree(run, "percentile", percentile, divide(better * MICRO, max(size - 1, 1)))
    words = {"better": better, "others": size - 1, "share": from_micros(percentile)}
    said = msg("{better} of {others} others are better: percentile rank {share}", **words)
    if of_teams:
        said = msg("{better} of {others} other teams are better: percentile rank {share}", **words)
    place = (said,) if size > 1 else ()
    about = (*place, *remarks(run, row, ("tie",), _RANK_TIE), *remarks(run, row, ("group",)))
    if run.scheme.ranking.method == "dense":
        about = (*about, msg("equals share a rank, and the next rank follows without a gap"))
    if run.scheme.ranking.within:
        about = (msg("within: {group}", group=appraisal.group[row]), *about)
    facts = {"rank": str(rank), "of": str(size), "percentile": str(from_micros(percentile))}
    if appraisal.computed is not None and appraisal.computed.rank[row] != rank:
        facts["computed"] = str(int(appraisal.computed.rank[row]))
        about = (*about, msg("computed rank {rank}, before changes by hand", rank=int(appraisal.computed.rank[row])))
    return Node(msg("rank"), figure, about, (), "rank", facts=facts)
