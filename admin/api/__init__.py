"""The console's API: what people do in the pages, and machines by token."""
