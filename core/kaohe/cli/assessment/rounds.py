"""``kaohe assessment``: open, list, close, reopen and drop rounds."""

from __future__ import annotations

import unicodedata
from datetime import datetime, timedelta

import click

from kaohe.cli.assessment.group import assessment
from kaohe.cli.assessment.words import chosen, reasoned, round_data, split, state_word, unfit
from kaohe.cli.context import App
from kaohe.cli.words import _
from kaohe.errors import Place, Problem, fail, refuse_if_any
from kaohe.text import msg

DAY = click.DateTime(["%Y-%m-%d"])


@assessment.command("open", help=_("Open a round: who rates whom follows from the organisation."))
@click.argument("name", metavar="ROUND")
@click.option("--period", required=True, metavar="PERIOD", help=_("2026-03, 2026-Q1, 2026-H1, 2026, or from..to."))
@click.option("--items", default="overall", show_default=True, metavar="ITEMS", help=_("What is rated, by commas."))
@click.option("--scale", type=click.IntRange(1, 1000), default=5, show_default=True, help=_("The full score."))
@click.option("--lowest", type=click.IntRange(0, 999), default=1, show_default=True, help=_("The lowest score."))
@click.option("--due", type=DAY, metavar="DATE", help=_("When forms are due; it is told, not enforced."))
@click.option(
    "--relations", metavar="RELATIONS", help=_("What is generated; left out: self,supervisor,peer,subordinate.")
)
@click.option("--peers", type=click.IntRange(0), default=5, show_default=True, help=_("The most peers of a person."))
@click.option("--anonymous", metavar="RELATIONS", help=_("Relations whose raters the records do not name."))
@click.option(
    "--team", "teams", multiple=True, metavar="TEAM", help=_("Only people of this team are rated; repeatable.")
)
@click.option("--on", type=DAY, metavar="DATE", help=_("The day of the organisation; left out: the period's last."))
@click.pass_obj
def open_(
    app: App,
    name: str,
    period: str,
    items: str,
    scale: int,
    lowest: int,
    due: datetime | None,
    relations: str | None,
    peers: int,
    anonymous: str | None,
    teams: tuple[str, ...],
    on: datetime | None,
) -> None:
    from kaohe.period import parse_period, usual
    from kaohe.records.people import list_people
    from kaohe.records.rounds.model import GENERATED, SELF, Round, rating_type
    from kaohe.records.rounds.pairing import pair_up
    from kaohe.records.rounds.store import open_round

    app.require("prepare")
    asked, ratings = usual(parse_period(period)), rating_type(app.registry.record_types)
    day = asked.end - timedelta(days=1) if on is None else on.date()
    organisation = list_people(app.store)
    words, problems = {}, unfit(name, lowest, scale, day, asked)
    for option, said, known in (
        ("--items", split(items), ratings.field("item").choices),
        ("--relations", GENERATED if relations is None else split(relations), GENERATED),
        ("--anonymous", split(anonymous or ""), set(ratings.field("relation").choices) - {SELF}),
        ("--team", teams, {one.team for _person, held in organisation for one in held if one.team is not None}),
    ):
        words[option], wrong = chosen(option, said, known)
        problems += wrong
    refuse_if_any(problems)
    new = Round(
        name=unicodedata.normalize("NFC", name).strip(),
        period=asked.name,
        day=day,
        items=words["--items"],
        lowest=lowest,
        scale=scale,
        due=None if due is None else due.date(),
        unnamed=frozenset(words["--anonymous"]),
        seed="",
        opened_at=app.now(),
    )
    paired = pair_up(new.name, organisation, day, teams=words["--team"], relations=words["--relations"], peers=peers)
    if not paired.pairs:
        what, fix = (
            msg("nobody is in service on {day} to be rated", day=day),
            msg("kaohe people list shows who is when"),
        )
        raise fail(Problem("assessment.nobody", what, fix=fix))
    open_round(app.store, new, paired.pairs)
    app.problems(paired.notes)
    subjects, raters = len({pair.subject for pair in paired.pairs}), len({pair.rater for pair in paired.pairs})
    counts = {"subjects": subjects, "raters": raters, "pairs": len(paired.pairs)}
    app.say(msg("opened {round}: {raters} people rate {subjects} in {pairs} assessments", round=new.name, **counts))
    app.say(
        msg("correct who rates whom: {command}", command=f"kaohe assessment assignments {new.word} --export FILE.xlsx")
    )
    app.say(msg("then write the forms: {command}", command=f"kaohe assessment forms {new.word} --output DIR"))


@assessment.command("list", help=_("List the rounds."))
@click.option(
    "--format", "form", type=click.Choice(["table", "json"]), default="table", show_default=True, help=_("The form.")
)
@click.pass_obj
def list_(app: App, form: str) -> None:
    from kaohe.cli.round_progress import status
    from kaohe.records.rounds.store import list_rounds

    listed = [(each, status(app, each)) for each in list_rounds(app.store)]
    if form == "json":
        app.json([{**round_data(each), "pairs": one.pairs, **one.counts} for each, one in listed])
        return
    heads = [msg("round"), msg("period"), msg("items"), msg("scale"), msg("due"), msg("state"), msg("complete")]
    rows = [
        [each.name, each.period, ", ".join(each.items), f"{each.lowest}-{each.scale}", each.due or "",
         state_word(each).in_(app.language), f"{one.counts['complete']:,} / {one.pairs:,}"]
        for each, one in listed
    ]  # fmt: skip
    app.table([head.in_(app.language) for head in heads], rows, right=[6])


@assessment.command(help=_("Close a round: no form is accepted any more."))
@click.argument("name", metavar="ROUND")
@click.pass_obj
def close(app: App, name: str) -> None:
    from kaohe.cli.round_progress import status
    from kaohe.records.rounds.store import close_round, find_round

    app.require("prepare")
    asked = find_round(app.store, name)
    now = status(app, asked)
    close_round(app.store, name, app.now(), {"pairs": now.pairs, **{str(key): n for key, n in now.counts.items()}})
    if now.waiting:
        what = msg("{count} assessments are not complete", count=now.waiting)
        fix = msg(
            "an evaluation will say so; to accept more forms: kaohe assessment reopen {round} --reason …",
            round=asked.word,
        )
        app.problems([Problem("assessment.incomplete", what, Place(key=name), fix=fix, severity="warning")])
    app.say(msg("closed {round}: {complete} of {pairs} assessments are complete", round=name, pairs=now.pairs,
                complete=now.counts["complete"]))  # fmt: skip


@assessment.command(help=_("Open a closed round again."))
@click.argument("name", metavar="ROUND")
@click.option("--reason", required=True, metavar="TEXT", help=_("Why; it is kept in the audit."))
@click.pass_obj
def reopen(app: App, name: str, reason: str) -> None:
    from kaohe.records.rounds.store import find_round, reopen_round

    app.require("prepare")
    reasoned(reason)
    reopen_round(app.store, find_round(app.store, name).name, app.now(), reason.strip())
    app.say(msg("{round} is open again", round=name))


@assessment.command(help=_("Take away a round that nobody has answered."))
@click.argument("name", metavar="ROUND")
@click.option("--reason", required=True, metavar="TEXT", help=_("Why; it is kept in the audit."))
@click.pass_obj
def drop(app: App, name: str, reason: str) -> None:
    from kaohe.records.rounds.store import drop_round, find_round

    app.require("prepare")
    reasoned(reason)
    drop_round(app.store, find_round(app.store, name).name, app.now(), reason.strip())
    app.say(msg("{round} is gone; the audit keeps what it was", round=name))
