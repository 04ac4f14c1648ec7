"""What those who wait are told by the shop, in the language of each."""
