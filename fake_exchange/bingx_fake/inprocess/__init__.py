"""The exchange inside a Python program: FakeExchange and the interception of calls."""
