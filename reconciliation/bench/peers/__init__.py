"""Other programs for the same work. They know nothing of our engine, only of the stored columns."""
