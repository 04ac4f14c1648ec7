"""The description of the gateway's own addresses, for programs: OpenAPI 3.1."""

from waitroom.gate.openapi.document import document

__all__ = ["document"]
