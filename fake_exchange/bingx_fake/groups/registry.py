"""Which handler carries out which endpoint.

Each group, which is a folder here, lists its own in ``handlers.py``; a new folder is found like the others.
"""

from collections.abc import Iterator, Mapping
from importlib import import_module
from pkgutil import iter_modules

from bingx_fake import groups
from bingx_fake.groups.call import Handler


def _found() -> Iterator[tuple[str, Handler]]:
    for folder in iter_modules(groups.__path__):
        if folder.ispkg:
            group = import_module(f"{groups.__name__}.{folder.name}.handlers")
            yield from ((f"{folder.name}.{name}", handler) for name, handler in group.HANDLERS.items())


HANDLERS: Mapping[str, Handler] = dict(_found())
"""By endpoint id."""
