"""Many who want the same: mixed attempts through the use cases, on purpose crowded, and the books looked at after."""
