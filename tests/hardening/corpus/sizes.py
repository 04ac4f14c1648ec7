"""Sizes: what is long but in order passes, what is beyond every limit is refused (RFC 9110 section 15.5)."""

from tests.hardening.verdicts import Case, Seen, get, passed, refused

_PASSES = "As in nginx and Apache: nearly 8 KiB of a target or a field are in order."
_TARGET = "RFC 9110 15.5.15: 414."
_FIELDS = "RFC 6585 5: 431."
_LONG = b"/TOKEN?" + b"a" * 7000

CASES = [
    Case("size-target-7000", get(target=_LONG), passed(Seen(target=_LONG)), _PASSES),
    Case("size-field-8000", get(b"X-Long: " + b"a" * 8000), passed(Seen(has=((b"x-long", b"a" * 8000),))),
         _PASSES),
    Case("size-cookie-8000", get(b"Cookie: a=" + b"b" * 7990),
         passed(Seen(has=((b"cookie", b"a=" + b"b" * 7990),))), _PASSES),
    Case("size-fifty-fields", get(*(b"X-%d: y" % n for n in range(50))), passed(),
         "Browsers and CDNs send some dozens."),
    Case("size-target-20000", get(target=b"/TOKEN" + b"a" * 20_000), refused(414), _TARGET),
    Case("size-query-20000", get(target=b"/TOKEN?" + b"a" * 20_000), refused(414), _TARGET),
    Case("size-target-200000", get(target=b"/TOKEN" + b"a" * 200_000), refused(414, 431), _TARGET),
    Case("size-target-endless", b"GET /TOKEN" + b"a" * 1_000_000, refused(414, 431), _TARGET),
    Case("size-method-endless", b"A" * 1_000_000, refused(400, 414, 431, 501),
         "RFC 9112 3: a request line has a limit."),
    Case("size-version-endless", b"GET /TOKEN HTTP/1." + b"1" * 1_000_000, refused(400, 414, 431, 505),
         "RFC 9112 3."),
    Case("size-field-20000", get(b"X: " + b"a" * 20_000), refused(431), _FIELDS),
    Case("size-field-200000", get(b"X: " + b"a" * 200_000), refused(431), _FIELDS),
    Case("size-field-endless", get()[:-2] + b"X: " + b"a" * 1_000_000, refused(431), _FIELDS),
    Case("size-field-of-spaces", get()[:-2] + b"X:" + b" " * 1_000_000, refused(400, 431), _FIELDS),
    Case("size-name-20000", get(b"X" * 20_000 + b": y"), refused(431), _FIELDS),
    Case("size-name-endless", get()[:-2] + b"X" * 1_000_000, refused(400, 431), _FIELDS),
    Case("size-host-20000", get()[:-2].replace(b"shop", b"s" * 20_000) + b"\r\n", refused(400, 431), _FIELDS),
    Case("size-cookie-20000", get(b"Cookie: a=" + b"b" * 20_000), refused(431), _FIELDS),
    Case("size-many-cookies", get(*(b"Cookie: a=" + b"b" * 4000 for _ in range(50))), refused(431), _FIELDS),
    Case("size-thousand-fields", get(*(b"X-%d: y" % n for n in range(1000))), refused(431), _FIELDS),
    Case("size-thousand-same-fields", get(*(b"X: y" for _ in range(1000))), refused(431), _FIELDS),
    Case("size-head-200000", get(*(b"X-%d: %b" % (n, b"y" * 4000) for n in range(50))), refused(431), _FIELDS),
    Case("size-fields-endless", get()[:-2] + b"X: y\r\n" * 100_000, refused(431), _FIELDS),
    Case("size-nameless-options", get(b"Connection: " + b"a," * 10_000), refused(431), _FIELDS),
]  # fmt: skip
