"""Time per search on the public data set, for data of several ages, beside reading the same rows with plain SQL."""
