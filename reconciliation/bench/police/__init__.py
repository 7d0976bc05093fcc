"""A list of the size of a province, answered messily: no line lost, twice the same changes nothing."""
