"""The decisions of a call, without I/O: attempts, fallback, limits, and the settling of lost writes."""
