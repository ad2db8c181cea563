"""What cannot be, and where it stands."""

from bingx_contracts.reading.toml_lines import Path as KeyPath


class Wrong(Exception):
    """Something in a state cannot be.

    :param path: where it stands: keys, and indexes of lists.
    """

    def __init__(self, path: KeyPath, reason: str) -> None:
        super().__init__(reason)
        self.path, self.reason = path, reason
