"""The keys that streams of an account are opened with."""
