"""The signatures of webhooks: what a provider's message must carry to be taken for the provider's."""

from waitroom.shaping.signatures.adyen import Adyen
from waitroom.shaping.signatures.generic import Hmac
from waitroom.shaping.signatures.model import Delivery, Proof, Reason, Scheme, SignatureError
from waitroom.shaping.signatures.shopify import Shopify
from waitroom.shaping.signatures.standard import Standard
from waitroom.shaping.signatures.stripe import Stripe

__all__ = [
    "Adyen",
    "Delivery",
    "Hmac",
    "Proof",
    "Reason",
    "Scheme",
    "Shopify",
    "SignatureError",
    "Standard",
    "Stripe",
]
