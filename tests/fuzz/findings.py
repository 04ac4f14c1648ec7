"""What fuzzing has found. Every one is tried again in the ordinary suite."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Finding:
    """An input that once broke a rule."""

    target: str
    data: bytes
    what: str
    """What it did."""


FINDINGS = [
    Finding("path", b"/x\\y/../drop/1", "walks around: most shops see one name before the dots, others two"),
    Finding("path", b"/x%2fy/../drop/1", "walks around: an encoded slash is part of a name to some"),
    Finding("path", b"/x;%2fy/../drop/1", "walks around: Tomcat cuts the parameter with its slash"),
    Finding("path", b"/drop;x%2fy/vip", "walks from the room below into the one above, in the same way"),
    Finding("path", b"/a/../drop/%20../1", "walks around: the second dots are a name, the first are none"),
    Finding("path", b"/a/../drop/..;/1", "walks around: dots with a parameter are dots to Tomcat alone"),
    Finding("path", b"/a/../drop/..%2f1", "walks around: dots before an encoded slash are a name to some"),
    Finding("path", b"/y/../drop//../1", "walks around: dots take away an empty name where slashes are not merged"),
    Finding("path", b"/drop/vip/x\\y/../../buy", "one who may enter the inner room is served the outer one's page"),
    Finding("answer", b"H\x05\x40HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n",
            "an answer to HEAD of which the last line break came apart cost the connection"),
    Finding("answer", b"H\x05\x40HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
            "an answer to HEAD with the last chunk behind it passed for one with nothing behind it"),
    Finding("answer", b"G\x05\x40HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nokHTTP/1.1 200 OK\r\nX: forged\r\nC",
            "fields of a second answer became trailers of the first"),
    Finding("reply", b"\0\4Content-Length: +5", "what int() takes for a number is no length"),
    Finding("reply", b"\0\4Content-Length: 0_5", "what int() takes for a number is no length"),
    Finding("reply", b"\0\4Content-Length: -5", "what int() takes for a number is no length"),
    Finding("reply", b"\0\4Content-Length: 5\xfeContent-Length: 6", "of two lengths both were written"),
]  # fmt: skip
"""In the form that its target takes, not spelled."""
