"""Kinds of long work of this room; each module announces its own to `landdb.jobs`."""

from importlib import import_module
from pkgutil import iter_modules

for _module in iter_modules(__path__):
    import_module(f"{__name__}.{_module.name}")
