"""How the visitors' pages look: colours, corners, fonts and pictures of a shop, out of a few settings."""
