"""What is said and agreed around results: interviews, acknowledgements, improvement items."""

from kaohe.run.feedback.improvement import (
    ITEM_STATES,
    NewItem,
    StoredItem,
    add_item,
    find_item,
    list_items,
    update_item,
)
from kaohe.run.feedback.talks import Acknowledgement, Talk, acknowledge, acknowledgements_of, keep_talk, talks_of

__all__ = [
    "ITEM_STATES",
    "Acknowledgement",
    "NewItem",
    "StoredItem",
    "Talk",
    "acknowledge",
    "acknowledgements_of",
    "add_item",
    "find_item",
    "keep_talk",
    "list_items",
    "talks_of",
    "update_item",
]
