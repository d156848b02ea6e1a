"""kaohe 考核: records become rankings, tiers and bonuses by rules that a person can read."""

__version__ = "0.1.0"
