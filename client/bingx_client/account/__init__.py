"""The command ``bingx-account``: the client for people at a terminal, and for programs without Python."""
