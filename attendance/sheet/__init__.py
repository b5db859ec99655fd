"""The attendance sheet in words and as a PDF, for the pages and for the API alike."""
