"""The operations as a document: OpenAPI for programs, a page for people."""
