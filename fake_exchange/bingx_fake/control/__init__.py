"""The control API, and the page that uses it."""
