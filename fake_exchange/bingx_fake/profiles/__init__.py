"""Which of the documented exchanges this one is."""
