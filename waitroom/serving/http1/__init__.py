"""HTTP/1.1 towards the visitor: the protocol class that uvicorn runs for each connection.

It is our own because a gateway must refuse what a server for applications may let pass, and because each
request's cost counts (docs/adr/0007). Nothing here knows of rooms: it carries requests to any ASGI application.
"""

from waitroom.serving.http1.limits import Limits
from waitroom.serving.http1.server import HttpServer

__all__ = ["HttpServer", "Limits"]
