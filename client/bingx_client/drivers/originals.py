"""Whether a function of a library is the library's own, or a test has put another in its place."""

from types import FunctionType, ModuleType


def is_original(function: object, module: ModuleType) -> bool:
    """Whether a function was written in this module, whenever we or its replacement were imported.

    A replacement copies names and may wrap the original, but keeps the globals of where it was written.
    """
    return type(function) is FunctionType and function.__globals__ is vars(module)
