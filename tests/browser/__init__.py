"""The built pages in a real browser, held to what the report promises its readers."""
