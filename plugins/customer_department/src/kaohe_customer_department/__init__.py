"""Customer department: everything is declared in pack.toml; sample.py invents a demonstration."""

from kaohe.plugin import Pack

plugin = Pack(__name__)
