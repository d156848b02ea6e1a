"""Public data sets as they are, where they are at hand: what the reader makes of their oddities."""

from collections import Counter
from pathlib import Path

import pytest
from tests.unit.records.reading_kit import CONTEXT

from kaohe.plugin.types import Field, RecordType
from kaohe.records.mapping import parse_mapping
from kaohe.records.reading import read_records
from kaohe.records.rows import ReadContext
from kaohe.text import Text

DATA = next(
    (folder / "shared" / "data" for folder in Path(__file__).parents if (folder / "shared/data").is_dir()), None
)
pytestmark = pytest.mark.skipif(DATA is None, reason="the public data sets are not beside the repository")


class Everybody:
    """Takes every name for a code."""

    codes = ()

    def find(self, code_or_name):
        return code_or_name

    def nearest(self, code_or_name):
        return ()


def field(name, kind, *, required=False, **more):
    return Field(name, kind, Text(name, name), required=required, **more)


def read(source, record_type, mapping):
    assert DATA is not None
    parsed = parse_mapping(f'format = 1\nrecords = "{record_type.name}"\n{mapping}', "map.toml", record_type)
    readings = list(read_records(DATA / source, record_type, parsed, ReadContext(CONTEXT.timezone, Everybody())))
    rows = [row.values for reading in readings for row in reading.rows]
    rejected = [one for reading in readings for one in reading.rejected]
    return rows, rejected, Counter(note.code for reading in readings for note in reading.notes)


def test_sales_pipeline():
    stages = {name: Text(name, name) for name in ("won", "lost", "open")}
    lead = RecordType(
        "lead", Text("线索", "Lead"),
        (field("id", "text", required=True), field("agent", "person"), field("stage", "choice", choices=stages),
         field("opened_on", "date"), field("closed_on", "date"), field("amount", "money"), field("product", "text")),
        ("id",), "opened_on", sequence=(("opened_on", "closed_on"),),
    )  # fmt: skip
    rows, rejected, _notes = read(
        "maven_crm_sales/sales_pipeline.csv",
        lead,
        """
        [columns]
        id = "opportunity_id"
        agent = "sales_agent"
        stage = { from = "deal_stage", values = { Won = "won", Lost = "lost", "*" = "open" } }
        opened_on = "engage_date"
        closed_on = "close_date"
        amount = "close_value"
        product = { from = "product", values = { GTXPro = "GTX Pro", GTK500 = "GTK 500" } }
        """,
    )
    assert (len(rows), rejected) == (8800, [])
    assert Counter(row["stage"] for row in rows) == {"won": 4238, "lost": 2473, "open": 2089}
    assert sum(row["opened_on"] is None for row in rows) == 500
    assert "GTXPro" not in {row["product"] for row in rows}


def test_call_centre_with_times_in_cells_of_their_own():
    call = RecordType(
        "call", Text("通话", "Call"),
        (field("id", "text", required=True), field("agent", "person"), field("at", "datetime", required=True),
         field("answered", "boolean"), field("resolved", "boolean"), field("speed", "integer"),
         field("rating", "integer")),
        ("id",), "at",
    )  # fmt: skip
    rows, rejected, _notes = read(
        "pwc_call_center/01 Call-Center-Dataset.xlsx",
        call,
        """
        [columns]
        id = "Call Id"
        agent = "Agent"
        at = { from = ["Date", "Time"] }
        answered = "Answered (Y/N)"
        resolved = "Resolved"
        speed = "Speed of answer in seconds"
        rating = "Satisfaction rating"
        """,
    )
    assert (len(rows), rejected) == (5000, [])
    assert sum(row["answered"] for row in rows) == 4054
    assert sum(row["resolved"] for row in rows) == 3646
    assert sum(row["speed"] is None for row in rows) == sum(row["rating"] is None for row in rows) == 946
    assert rows[0]["at"].isoformat() == "2021-01-01T01:12:58+00:00"


TICKET = RecordType(
    "ticket", Text("工单", "Ticket"),
    (field("id", "text", required=True), field("agent", "person"), field("opened", "datetime", required=True),
     field("responded", "datetime"), field("resolved", "datetime"), field("closed", "datetime"),
     field("rating", "integer")),
    ("id",), "opened", sequence=(("opened", "responded", "resolved", "closed"),),
)  # fmt: skip
TICKET_COLUMNS = """
[columns]
id = "Ticket ID"
agent = "Agent Name"
opened = "Created time"
responded = "First response time"
resolved = "Resolution time"
closed = "Close time"
rating = { from = "Survey results", missing = ["not rated"] }
"""


def test_support_tickets_with_reversed_times_rejected_or_cleared():
    source = "tech_support_tickets/Technical Support Dataset (1).xlsx"
    rows, rejected, notes = read(source, TICKET, TICKET_COLUMNS)
    assert (len(rows), len(rejected), notes["records.sheet"]) == (2268, 62, 1)
    assert Counter(mistake.field for one in rejected for mistake in one.mistakes) == {
        "responded": 2, "resolved": 18, "closed": 42,
    }  # fmt: skip
    rows, rejected, notes = read(source, TICKET, f'reversed = "clear"\n{TICKET_COLUMNS}')
    assert (len(rows), rejected, notes["records.reversed"]) == (2330, [], 62)
    assert rows[0]["id"] == "1012"
    assert sum(row["rating"] is None for row in rows) == 1157


def test_days_before_months_in_subscriptions():
    subscription = RecordType(
        "subscription", Text("订阅", "Subscription"),
        (field("id", "text", required=True), field("start", "date", required=True), field("end", "date"),
         field("amount", "money"), field("trial", "boolean")),
        ("id",), "start", sequence=(("start", "end"),),
    )  # fmt: skip
    columns = '[columns]\nid = "subscription_id"\namount = "mrr_amount"\ntrial = "is_trial"\n'
    source = "ravenstack_saas/ravenstack_subscriptions.csv"
    rows, rejected, _notes = read(source, subscription, f'{columns}start = "start_date"\nend = "end_date"')
    assert (len(rows), len(rejected)) == (0, 5000)
    form = 'format = "%d-%m-%Y"'
    dated = f'start = {{ from = "start_date", {form} }}\nend = {{ from = "end_date", {form} }}'
    rows, rejected, _notes = read(source, subscription, f"{columns}{dated}")
    assert (len(rows), rejected) == (5000, [])
    assert rows[0]["end"].isoformat() == "2024-04-12"
