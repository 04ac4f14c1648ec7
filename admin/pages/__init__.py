"""The console's pages: rendered here, kept live by scripts of their own."""
