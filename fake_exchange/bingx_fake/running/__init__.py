"""``bingx-fake run``: any program, unchanged, with BingX's host names answered by the fake.

``command`` puts the parts together, in an order that matters: the program's process is forked before
anything here starts a thread or an event loop (``program``), enters a network namespace of its own where
there is one (``namespace``), and waits. Its parent serves the exchange on the sockets that it hands over, or
behind a proxy (``proxy``), and lets it go (``session``). ``trust`` is what makes the program take the
throwaway certificates.
"""
