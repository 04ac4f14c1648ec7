"""What those who waited say, and when those leave who wait no longer, as the console shows and tells it."""
