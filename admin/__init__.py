"""The ops console: an application of its own, in a process of its own, on an address of its own."""
