"""What libraries say in their logs."""

from __future__ import annotations

import logging

_SPEAKING = ("httpx", "httpcore", "urllib3", "apprise", "requests")


def keep_addresses_out_of_logs() -> None:
    """Libraries tell addresses in their logs, with all that is in them: what they say there is not passed on."""
    for name in _SPEAKING:
        logging.getLogger(name).setLevel(logging.WARNING)
    # its warnings are read where they arise, and told with the delivery
    logging.getLogger("apprise").propagate = False
