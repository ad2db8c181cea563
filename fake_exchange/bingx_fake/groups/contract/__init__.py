"""The account of standard futures."""
