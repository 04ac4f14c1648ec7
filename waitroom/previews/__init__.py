"""The visitors' pages as they look, with sample data: the real templates, the real styles, the real script."""
