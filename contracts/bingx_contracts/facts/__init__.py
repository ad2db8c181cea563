"""The types that give the facts in ``spec/`` their shape. Every fact names its source."""
