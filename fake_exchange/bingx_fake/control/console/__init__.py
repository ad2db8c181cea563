"""The console: a page on the control port that shows the exchange and steers it.

``assets`` is the page: no build step, and nothing in it comes from outside. ``views`` are what it reads
besides the control API, ``changes`` tells when something is new, ``routes`` serves all of it.
"""
