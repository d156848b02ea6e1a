"""What can be wrong with the rule of an assessment: fields of the record type, names of relations and items, limits."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from kaohe.plugin.mistake import Mistake
from kaohe.plugin.types import AssessmentRule, RecordType
from kaohe.text import msg

_KINDS: Mapping[str, tuple[str, ...]] = {
    "rater": ("person", "customer", "text"),
    "relation": ("choice", "text"),
    "score": ("integer", "decimal"),
    "scale": ("integer", "decimal"),
    "item": ("choice", "text"),
}


def rule_mistakes(rule: AssessmentRule, records: RecordType) -> Iterator[Mistake]:
    """Everything that is wrong with a rule over records of this type, weights of relations apart."""
    for key, kinds in _KINDS.items():
        name = getattr(rule, key)
        fitting = tuple(field.name for field in records.fields if field.kind in kinds)
        if name is not None and name not in fitting:
            what = msg("{name} is no field of {records} that can say {key}", name=name, records=records.name, key=key)
            yield Mistake((key,), "unknown-field", what, name, fitting)
    yield from _unlisted(records, rule.relation, "relations", rule.relations)
    yield from _unlisted(records, rule.relation, "thresholds", rule.thresholds)
    if rule.item is not None:
        yield from _unlisted(records, rule.item, "items", rule.items)
    elif rule.items:
        what = msg("items are chosen, but no field names the item of a rating")
        yield Mistake(("items",), "no-effect", what, ", ".join(rule.items))
    yield from _limits(rule)


def weightless(rule: AssessmentRule) -> Mistake | None:
    """The mistake of a rule in which nothing counts: no relation, or none with a weight."""
    if any(weight > 0 for weight in rule.relations.values()):
        return None
    what = msg("no relation carries weight: nobody's rating would count")
    found = ", ".join(f"{relation} = {weight}" for relation, weight in rule.relations.items())
    return Mistake(("relations",), "no-weight", what, found)


def _unlisted(records: RecordType, field: str, key: str, names: Iterable[str]) -> Iterator[Mistake]:
    """Names that a choice field can never hold; any other field may hold any text."""
    choices = next((tuple(each.choices) for each in records.fields if each.name == field), ())
    for index, name in enumerate(names):
        if choices and name not in choices:
            what = msg("{field} of {records} is never {name}", field=field, records=records.name, name=name)
            yield Mistake((key, index if key == "items" else name), "unknown-choice", what, name, choices)


def _limits(rule: AssessmentRule) -> Iterator[Mistake]:
    scale = ", ".join(str(end) for end in rule.range)
    if len(rule.range) != 2 or rule.range[0] >= rule.range[1]:
        what = msg("the common scale has no width")
        yield Mistake(("range",), "no-width", what, f"[{scale}]", (), msg("two numbers, the lowest first"))
    for relation, weight in rule.relations.items():
        if weight < 0:
            what = msg("a weight is not negative")
            yield Mistake(("relations", relation), "negative-weight", what, str(weight))
    least = msg("1 or more")
    for keys, number in (
        (("others",), rule.others),
        *((("thresholds", name), n) for name, n in rule.thresholds.items()),
    ):
        if number < 1:
            yield Mistake(keys, "threshold", msg("a mean of nobody cannot be shown"), str(number), (), least)
    if rule.trim < 0:
        yield Mistake(("trim",), "trim", msg("fewer than no scores cannot be left out"), str(rule.trim))
