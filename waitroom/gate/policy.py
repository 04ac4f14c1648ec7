"""What the visitor's pages may load, run and send: the Content-Security-Policy of each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from waitroom.gate.inline import Element

_LEFT_OUT = {
    # Chromium would apply it to where the shop then sends the shopper on to as well, which may be another site; see MDN
    "return.html": "form-action",
    "form.html": "form-action",
    # it leads out of a frame of anybody's, and all it has is a link
    "framed.html": "frame-ancestors",
}


def policy_of(template: str, sources: Mapping[Element, Sequence[str]]) -> str:
    """The policy of a template in which these styles and scripts stand: they are named by their hashes, so that nothing
    else can be slipped in."""
    directives = {
        "default-src": "'none'",
        "style-src": " ".join(["'self'", *sources["style"]]),
        "script-src": " ".join(["'self'", *sources["script"]]),
        "connect-src": "'self'",
        "img-src": "'self' data:",
        "form-action": "'self'",
        "base-uri": "'none'",
        "frame-ancestors": "'self'",
    }
    directives.pop(_LEFT_OUT.get(template, ""), None)
    return "; ".join(f"{name} {value}" for name, value in directives.items())
