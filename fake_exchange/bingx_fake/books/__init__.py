"""Who there is, what each has, and what was moved."""
