from kaohe.plugin import Pack

plugin = Pack(__name__)
