"""Pages that come from Cloudflare's waiting rooms, as they are."""
