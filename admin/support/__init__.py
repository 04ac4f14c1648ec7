"""The support desk of the console: shown to whoever asks, and told to help."""
