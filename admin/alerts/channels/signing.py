"""Signs what leaves, by Standard Webhooks.

Source: https://github.com/standard-webhooks/standard-webhooks, spec, version 1.0.0. What takes such messages here is
``waitroom/shaping/signatures/standard.py``.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

from standardwebhooks import Webhook


def signed_fields(secrets: Sequence[str], message_id: str, at: float, body: bytes) -> dict[str, str]:
    """The header fields of a message that is sent at ``at``: one signature by each of the secrets. The id stays the
    same with each try, the time does not."""
    moment = datetime.fromtimestamp(int(at), UTC)
    fields = {"webhook-id": message_id, "webhook-timestamp": str(int(at))}
    signatures = [Webhook(secret).sign(message_id, moment, body.decode()) for secret in secrets]
    if signatures:
        fields["webhook-signature"] = " ".join(signatures)
    return fields
