"""Being told away from the page: by mail, text message or WhatsApp, when the turn nears and when it has come."""
