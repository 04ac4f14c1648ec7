"""What kind of request it is: the header sets that browsers, libraries and robots really send."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from waitroom.gate.negotiate import Kind, classify

CHROME_PAGE = (
    "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,image/apng,*/*;q=0.8,"
    "application/signed-exchange;v=b3;q=0.7"
)
CHROME_IMAGE = "image/avif,image/webp,image/apng,image/svg+xml,image/*,*/*;q=0.8"
SAFARI_PAGE = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"
SAFARI_IMAGE = "image/webp,image/avif,video/*;q=0.8,image/png,image/svg+xml,image/*;q=0.8,*/*;q=0.5"
SAFARI_OLD_IMAGE = "image/png,image/svg+xml,image/*;q=0.8,video/*;q=0.8,*/*;q=0.5"
FIREFOX_IMAGE = "image/avif,image/webp,image/png,image/svg+xml,image/*;q=0.8,*/*;q=0.5"
FIREFOX_OLD_IMAGE = "image/webp,*/*"
EDGE_OLD_PAGE = "text/html, application/xhtml+xml, image/jxr, */*"
GOOGLEBOT = "text/html,application/xhtml+xml,application/signed-exchange;v=b3,application/xml;q=0.9,*/*;q=0.8"
RSS = "application/rss+xml, application/atom+xml;q=0.8, application/xml;q=0.7, */*;q=0.1"


def kind_of(*headers: tuple[str, str]) -> Kind:
    """The kind of a request with these headers."""
    return classify([(name.encode(), value.encode("latin-1")) for name, value in headers])


def fetched(mode: str, dest: str, accept: str = "*/*") -> Kind:
    """The kind of a request by a browser that sends Fetch Metadata."""
    return kind_of(
        ("accept", accept), ("sec-fetch-site", "same-origin"), ("sec-fetch-mode", mode), ("sec-fetch-dest", dest)
    )  # fmt: skip


@pytest.mark.parametrize(
    ("mode", "dest", "accept", "expected"),
    [
        ("navigate", "document", CHROME_PAGE, Kind.NAVIGATION),
        ("navigate", "iframe", CHROME_PAGE, Kind.NAVIGATION),
        ("navigate", "document", "*/*", Kind.NAVIGATION),
        ("navigate", "document", SAFARI_PAGE, Kind.NAVIGATION),
        ("navigate", "object", "*/*", Kind.SUBRESOURCE),
        ("no-cors", "image", CHROME_IMAGE, Kind.SUBRESOURCE),
        ("no-cors", "image", FIREFOX_IMAGE, Kind.SUBRESOURCE),
        ("no-cors", "script", "*/*", Kind.SUBRESOURCE),
        ("cors", "script", "*/*", Kind.SUBRESOURCE),
        ("no-cors", "style", "text/css,*/*;q=0.1", Kind.SUBRESOURCE),
        ("cors", "font", "*/*", Kind.SUBRESOURCE),
        ("no-cors", "video", "*/*", Kind.SUBRESOURCE),
        ("same-origin", "worker", "*/*", Kind.SUBRESOURCE),
        ("same-origin", "serviceworker", "*/*", Kind.SUBRESOURCE),
        ("cors", "manifest", "*/*", Kind.SUBRESOURCE),
        ("cors", "empty", "*/*", Kind.CALL),
        ("same-origin", "empty", "application/json", Kind.CALL),
        ("cors", "empty", "text/html", Kind.CALL),
        ("cors", "empty", "text/event-stream", Kind.CALL),
        ("websocket", "websocket", "*/*", Kind.CALL),
    ],
)
def test_fetch_metadata_is_believed(mode: str, dest: str, accept: str, expected: Kind) -> None:
    """A browser that says what it does is believed, whatever it accepts."""
    assert expected == fetched(mode, dest, accept)


@pytest.mark.parametrize(
    ("accept", "expected"),
    [
        (SAFARI_PAGE, Kind.NAVIGATION),
        (CHROME_PAGE, Kind.NAVIGATION),
        (EDGE_OLD_PAGE, Kind.NAVIGATION),
        (GOOGLEBOT, Kind.NAVIGATION),
        ("text/html", Kind.NAVIGATION),
        ("TEXT/HTML", Kind.NAVIGATION),
        ("text/*", Kind.NAVIGATION),
        ("text/html, */*; q=0.01", Kind.NAVIGATION),
        ("application/json;q=0.4, text/html;q=0.5", Kind.NAVIGATION),
        ("text/html;level=1", Kind.NAVIGATION),
        (SAFARI_IMAGE, Kind.SUBRESOURCE),
        (SAFARI_OLD_IMAGE, Kind.SUBRESOURCE),
        (FIREFOX_IMAGE, Kind.SUBRESOURCE),
        (FIREFOX_OLD_IMAGE, Kind.SUBRESOURCE),
        (CHROME_IMAGE, Kind.SUBRESOURCE),
        ("image/*", Kind.SUBRESOURCE),
        ("text/css,*/*;q=0.1", Kind.SUBRESOURCE),
        ("application/json, text/plain, */*", Kind.CALL),
        ("application/json, text/javascript, */*; q=0.01", Kind.CALL),
        ("application/json", Kind.CALL),
        ("application/problem+json", Kind.CALL),
        ("application/vnd.shop.v2+json", Kind.CALL),
        ("*/*", Kind.CALL),
        (RSS, Kind.CALL),
        ("text/event-stream", Kind.CALL),
        ("text/html;q=0, */*", Kind.CALL),
        ("text/html;q=0", Kind.CALL),
        ("text/html, application/json", Kind.CALL),
        ("application/json;q=0.5, text/html;q=0.4", Kind.CALL),
        ("", Kind.CALL),
        (" ", Kind.CALL),
    ],
)
def test_other_clients_are_judged_by_what_they_like_best(accept: str, expected: Kind) -> None:
    """Without Fetch Metadata the best-liked type of ``Accept`` decides; in doubt it is a call, never a page."""
    assert expected == kind_of(("accept", accept))


def test_no_accept_at_all_is_a_call() -> None:
    """A client that says nothing (okhttp, Go, monitors) gets JSON."""
    assert Kind.CALL == kind_of(("user-agent", "okhttp/4.12.0"))


def test_several_accept_headers_are_one_list() -> None:
    """The fields of one name are read as one (RFC 9110 section 5.3)."""
    apart = kind_of(("accept", "application/json;q=0.2"), ("accept", "text/html"), ("accept", "*/*;q=0.1"))
    assert Kind.NAVIGATION == apart


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("sec-purpose", "prefetch"),
        ("sec-purpose", "prefetch;prerender"),
        ("sec-purpose", "prefetch;anonymous-client-ip"),
        ("purpose", "prefetch"),
        ("x-moz", "prefetch"),
    ],
)
@pytest.mark.parametrize("first", [False, True])
def test_what_nobody_asked_for_yet_is_a_prefetch(name: str, value: str, first: bool) -> None:
    """A prefetch or prerender is one wherever its header stands, though it navigates otherwise."""
    page = [("accept", CHROME_PAGE), ("sec-fetch-mode", "navigate"), ("sec-fetch-dest", "document")]
    assert Kind.PREFETCH == kind_of(*([(name, value), *page] if first else [*page, (name, value)]))


@pytest.mark.parametrize(
    "accept",
    ["text", "*", "/", "a/b/c", ";;;", ",,,", "q=1", "text/html;q=", "text/html;q=x", "text/;q=1", "\xff\xfe/\x80"],
)  # fmt: skip
def test_junk_is_no_error(accept: str) -> None:
    """A senseless ``Accept`` is a person's at most, and never a failure."""
    assert kind_of(("accept", accept)) in (Kind.CALL, Kind.NAVIGATION)


ACCEPTABLE = st.lists(
    st.sampled_from(
        ["text", "html", "json", "image", "*", "/", ";", ",", "q", "=", "0", "1", ".", " ", "nan", "-1", "\x00", '"']
    ),
    max_size=40,
).map("".join)  # fmt: skip


@given(accept=st.one_of(ACCEPTABLE, st.text(st.characters(max_codepoint=255), max_size=200)))
def test_any_accept_has_a_kind(accept: str) -> None:
    """No header makes the judgement fail."""
    assert isinstance(kind_of(("accept", accept)), Kind)


NAVIGATES = [(b"host", b"shop.example"), (b"sec-fetch-mode", b"navigate"), (b"sec-fetch-dest", b"document")]


@pytest.mark.parametrize(
    ("method", "extra", "expected"),
    [
        ("POST", [(b"sec-fetch-site", b"cross-site")], Kind.FOREIGN),
        ("PUT", [(b"sec-fetch-site", b"cross-site")], Kind.FOREIGN),
        ("GET", [(b"sec-fetch-site", b"cross-site")], Kind.NAVIGATION),
        ("POST", [(b"sec-fetch-site", b"same-origin")], Kind.NAVIGATION),
        ("POST", [(b"sec-fetch-site", b"same-site")], Kind.NAVIGATION),
        ("POST", [(b"origin", b"https://pay.example")], Kind.FOREIGN),
        ("POST", [(b"origin", b"https://Shop.example")], Kind.NAVIGATION),
        ("POST", [(b"origin", b"null")], Kind.FOREIGN),
        ("POST", [], Kind.NAVIGATION),
    ],
)
def test_forms_of_other_sites(method: str, extra: list[tuple[bytes, bytes]], expected: Kind) -> None:
    """A form that another site sends comes without SameSite=Lax cookies; links bring them."""
    assert expected is classify([*NAVIGATES, *extra], method)


def test_preflights() -> None:
    """An OPTIONS with Origin and Access-Control-Request-Method, and only that."""
    asks = [(b"origin", b"https://app.example"), (b"access-control-request-method", b"POST")]
    assert Kind.PREFLIGHT is classify(asks, "OPTIONS")
    assert Kind.CALL is classify(asks[:1], "OPTIONS")
    assert Kind.CALL is classify(asks, "POST")
    assert Kind.PREFLIGHT is classify([*asks, (b"content-length", b"0")], "OPTIONS")


@pytest.mark.parametrize(
    "more",
    [(b"content-length", b"5000"), (b"transfer-encoding", b"chunked"), (b"x-http-method-override", b"POST"),
     (b"x_http_method", b"POST"), (b"x-original-method", b"POST"), (b"x-http-path-override", b"/buy")],
)  # fmt: skip
def test_what_does_more_than_ask_is_no_preflight(more: tuple[bytes, bytes]) -> None:
    """A body, or the wish to be taken for another request: no browser sends these, and some shops obey."""
    asks = [(b"origin", b"https://app.example"), (b"access-control-request-method", b"POST")]
    assert Kind.CALL is classify([*asks, more], "OPTIONS")
    assert Kind.CALL is classify([more, *asks], "OPTIONS")
