"""One module a page: from a request to a response."""
