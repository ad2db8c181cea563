"""Why a request was refused: what the exchange signed, what the client signed, and what to change.

``evidence`` is what is known about one signed request. ``orders``, ``spellings``, ``selections``,
``wholes`` and ``keys`` are tables of the usual mistakes, each a small function that gives what a client who
makes it signs. ``search`` goes through them until one reproduces the signature. ``causes`` knows the other
codes. ``explanation`` puts it together, ``text`` renders it, ``command`` is ``bingx-fake explain``.

Everything is computed on demand from what the journal keeps of a refused request.
"""
