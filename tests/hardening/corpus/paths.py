"""Percent-encodings and other spellings of a path: what arrives is what was sent, and none walks around a room."""

from tests.hardening.verdicts import Case, Seen, Verdicts, get, held, passed, refused

_AS_IT_IS = (
    "RFC 3986 2.2: decoding may change the meaning, so it is the shop's alone; no byte is changed on the way."
)
_NUL = "No path has a NUL in it; what is written in C ends there. nginx refuses it as well."
_ABOVE = "RFC 3986 5.2.4: there is nothing above the root; refused or untouched, but never resolved."
_BROKEN = "RFC 3986 2.1: a percent sign and no two hex digits; refused or untouched, but never mended."
_ROUND = "A path that some shop may read as one of the room's waits with it, or is refused as unclear."


def _unchanged(target: bytes) -> Verdicts:
    return passed(Seen(target=target))


def _same(name: str, target: bytes) -> Case:
    return Case(f"path-{name}", get(target=target), _unchanged(target), _AS_IT_IS)


_SPELLINGS = {
    "plain": b"/drop/TOKEN", "folder": b"/drop?TOKEN", "encoded": b"/%64rop/TOKEN",
    "twice-encoded": b"/%2564rop/TOKEN",
    "slash": b"/drop%2fTOKEN", "slashes": b"//drop/TOKEN", "dots": b"/x/../drop/TOKEN", "dot": b"/./drop/TOKEN",
    "encoded-dots": b"/x/%2e%2e/drop/TOKEN", "mixed-dots": b"/x/.%2E/drop/TOKEN", "back-slash": b"/\\drop/TOKEN",
    "encoded-back-slash": b"/x%5c..%5cdrop/TOKEN", "upper-case": b"/DROP/TOKEN", "parameter": b"/drop;x=y/TOKEN",
    "dots-and-parameter": b"/x/..;/drop/TOKEN", "out-and-in": b"/drop/../drop/TOKEN",
    "out-encoded": b"/drop/%2e%2e/TOKEN",
    "long-way": b"/a/b/c/../../../drop/TOKEN", "overlong-query": b"/drop/TOKEN?" + b"a" * 300,
}  # fmt: skip

CASES = [
    _same("slash", b"/TOKEN%2fx"),
    _same("slash-upper", b"/TOKEN%2Fx"),
    _same("dots-encoded", b"/x/%2e%2e/TOKEN"),
    _same("dots-plain", b"/x/../TOKEN"),
    _same("dot", b"/./TOKEN/."),
    _same("slashes", b"/TOKEN//x///"),
    _same("back-slash", b"/TOKEN\\x"),
    _same("back-slash-encoded", b"/TOKEN%5cx"),
    _same("question-encoded", b"/TOKEN%3fx=1"),
    _same("hash-encoded", b"/TOKEN%23x"),
    _same("percent-encoded", b"/TOKEN%2500"),
    _same("line-break-encoded", b"/TOKEN%0d%0aX:%20y"),
    _same("space-encoded", b"/TOKEN%20HTTP/1.1"),
    _same("utf8-encoded", b"/TOKEN/kr%C3%BCge"),
    _same("overlong-utf8", b"/TOKEN/%c0%ae%c0%ae/x"),
    _same("invalid-utf8", b"/TOKEN/%ff%fe"),
    _same("empty-query", b"/TOKEN?"),
    _same("two-queries", b"/TOKEN?a?b??"),
    _same("nul-in-query", b"/TOKEN?a=%00"),
    _same("parameter", b"/TOKEN;a=b/x"),
    _same("plus", b"/TOKEN+x"),
    Case("path-nul", get(target=b"/TOKEN%00.png"), refused(), _NUL),
    Case("path-above-root", get(target=b"/../TOKEN"), _unchanged(b"/../TOKEN") + refused(), _ABOVE),
    Case("path-percent-alone", get(target=b"/TOKEN%"), _unchanged(b"/TOKEN%") + refused(), _BROKEN),
    Case("path-percent-letters", get(target=b"/TOKEN%zz"), _unchanged(b"/TOKEN%zz") + refused(), _BROKEN),
    Case("path-percent-u", get(target=b"/TOKEN%u002f"), _unchanged(b"/TOKEN%u002f") + refused(), _BROKEN),
    *(
        Case(f"held-path-{name}", get(target=target), held() + refused(), _ROUND)
        for name, target in _SPELLINGS.items()
    ),
    Case("held-path-original-url", get(b"X-Original-URL: /TOKEN", b"X-Rewrite-URL: /TOKEN", target=b"/drop/x"),
         held(),
         "A field does not replace the target."),
    Case("held-path-method-override", get(b"X-HTTP-Method-Override: OPTIONS", target=b"/drop/TOKEN"), held(),
         "A field does not replace the method."),
]  # fmt: skip
