"""Speed measurements: ``python -m benchmarks`` from the repository root prints one table, met or not met.

Nothing here asserts a speed; a measurement that cannot be made fails loudly. To add one, write a module
with a function that takes a ``Plan`` and returns rows (``table.Row``), and name it in
``__main__.MEASUREMENTS``. Children come from ``processes.Child``, which stops them on the way out.
"""
