"""Invitations minted from the console: in batches with progress, listed, downloaded, revoked."""
