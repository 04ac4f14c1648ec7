"""A provider's message is known by its signature. Vectors are the providers' own, or made here from the words of their
documentation with the standard library alone."""

from __future__ import annotations

import hashlib
import hmac
import json
from base64 import b64encode

import pytest

from waitroom.shaping.signatures import (
    Adyen,
    Delivery,
    Hmac,
    Proof,
    Reason,
    Scheme,
    Shopify,
    SignatureError,
    Standard,
    Stripe,
)
from waitroom.shaping.signatures.standard import key_of

NOW = 1_700_000_000.0
BODY = b'{"id": "evt_1", "paid": true}\n'
KEY = b"whsec_a-secret-for-tests-only"
OTHER = b"another-secret-for-tests"

Fields = dict[str, str]


def message(fields: Fields, body: bytes = BODY, *, target: str = "/hooks?x=1") -> Delivery:
    """A message with these fields."""
    headers = [(name.lower().encode(), value.encode("latin-1")) for name, value in fields.items()]
    return Delivery("POST", target, f"https://shop.example{target}", headers, body)


def reason(scheme: Scheme, delivery: Delivery, now: float = NOW) -> Reason | None:
    """Why a message is not verified; None where it is."""
    try:
        scheme.verify(delivery, now)
    except SignatureError as error:
        return error.reason
    return None


def sign(key: bytes, text: bytes, algorithm: str = "sha256") -> bytes:
    """An HMAC."""
    return hmac.new(key, text, algorithm).digest()


def stripe(at: int | str, body: bytes = BODY, *, key: bytes = KEY) -> str:
    """The field that Stripe would send."""
    return f"t={at},v1={sign(key, f'{at}.'.encode() + body).hex()}"


AT = int(NOW)


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        (stripe(AT), None),
        (stripe(AT - 300), None),
        (stripe(AT + 300), None),
        (stripe(AT - 301), Reason.TIME),
        (stripe(AT + 301), Reason.TIME),
        (stripe(AT, key=OTHER), Reason.MISMATCH),
        (stripe(AT, BODY + b" "), Reason.MISMATCH),
        (f"t={AT + 1}," + stripe(AT).partition(",")[2], Reason.MISMATCH),
        (stripe(AT, key=OTHER) + "," + stripe(AT).partition(",")[2], None),
        (stripe(AT).replace("v1=", "v0="), Reason.MISSING),
        ("v0=ab," + stripe(AT), None),
        (stripe(AT).replace(",", ", "), None),
        (f"{stripe(AT)},t={AT}", Reason.MALFORMED),
        (stripe(AT).partition(",")[2], Reason.MALFORMED),
        (f"t={AT},v1=zz", Reason.MALFORMED),
        (f"t=-{AT},v1=ab", Reason.MALFORMED),
        (f"t={AT}.0,v1=ab", Reason.MALFORMED),
        ("t=٣,v1=ab".encode().decode("latin-1"), Reason.MALFORMED),
        (f"t={'9' * 400},v1=ab", Reason.MALFORMED),
        ("", Reason.MALFORMED),
        (",,,=,", Reason.MALFORMED),
    ],
)
def test_stripe(header: str, expected: Reason | None) -> None:
    """Any of several ``v1`` over time and body, within the tolerance in both directions."""
    assert expected == reason(Stripe((KEY,), 300), message({"Stripe-Signature": header}))


def test_stripe_with_a_secret_being_exchanged() -> None:
    """Each of the secrets is believed."""
    assert reason(Stripe((OTHER, KEY), 300), message({"Stripe-Signature": stripe(AT)})) is None


def test_a_signature_that_is_there_twice_or_not_at_all() -> None:
    """One field says it, or none."""
    field = (b"stripe-signature", stripe(AT).encode())
    twice = Delivery("POST", "/", "https://shop.example/", [field, field], BODY)
    assert Reason.MALFORMED == reason(Stripe((KEY,), 300), twice)
    assert Reason.MISSING == reason(Stripe((KEY,), 300), message({}))
    assert not Stripe((KEY,), 300).claims([(b"content-type", b"application/json")])


def test_what_proves_a_message_is_what_was_signed() -> None:
    """The same message is the same however its signature is written; a new attempt of Stripe's is another one."""
    scheme = Stripe((KEY, OTHER), 300)

    def proof(header: str) -> Proof:
        return scheme.verify(message({"Stripe-Signature": header}), NOW)

    plain = proof(stripe(AT))
    assert plain == proof(stripe(AT).replace("v1=", "v0=ab,v1=")) == proof(stripe(AT, key=OTHER))
    assert plain == proof(stripe(AT).upper().replace("T=", "t=").replace("V1=", "v1="))
    assert plain.digests != proof(stripe(AT + 1)).digests
    assert (300.0, 0.0) == (plain.keep_seconds, proof(stripe(AT - 300)).keep_seconds)


SPEC_KEY = key_of("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")
SPEC = {
    "webhook-id": "msg_p5jXN8AQM9LWM0D4loKWxJek",
    "webhook-timestamp": "1614265330",
    "webhook-signature": "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
}
SPEC_BODY = b'{"test": 2432232314}'


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, None),
        ({"webhook-signature": "v1a,AAAA v1,AAAA " + SPEC["webhook-signature"]}, None),
        ({"webhook-signature": "v1,AAAA"}, Reason.MISMATCH),
        ({"webhook-signature": "v1a,AAAA"}, Reason.MISSING),
        ({"webhook-signature": "v1," + "A" * 43}, Reason.MALFORMED),
        ({"webhook-signature": "v1,\xe4\xe4\xe4\xe4"}, Reason.MALFORMED),
        ({"webhook-signature": ""}, Reason.MISSING),
        ({"webhook-id": "msg_other"}, Reason.MISMATCH),
        ({"webhook-timestamp": "1614265331"}, Reason.MISMATCH),
        ({"webhook-timestamp": "1614260000"}, Reason.TIME),
        ({"webhook-timestamp": "soon"}, Reason.MALFORMED),
    ],
)
def test_standard_webhooks(changes: Fields, expected: Reason | None) -> None:
    """The vector of the specification's own libraries, and what is changed about it."""
    delivery = message({**SPEC, **changes}, SPEC_BODY)
    assert expected == reason(Standard((SPEC_KEY,), 300), delivery, now=1614265330.0)


def test_standard_webhooks_by_the_older_names() -> None:
    """Svix began with names of its own; the three go together."""
    older = {name.replace("webhook", "svix"): value for name, value in SPEC.items()}
    scheme = Standard((SPEC_KEY,), 300)
    assert reason(scheme, message(older, SPEC_BODY), now=1614265330.0) is None
    mixed = {**older, "svix-id": "", "webhook-id": SPEC["webhook-id"]}
    assert Reason.MISMATCH == reason(scheme, message(mixed, SPEC_BODY), now=1614265330.0)


def shopify(body: bytes = BODY) -> str:
    """The field that Shopify would send."""
    return b64encode(sign(KEY, body)).decode()


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"X-Shopify-Hmac-SHA256": shopify()}, None),
        ({"Shopify-Hmac-Sha256": shopify()}, None),
        ({"X-Shopify-Hmac-SHA256": shopify(BODY[:-1])}, Reason.MISMATCH),
        ({"X-Shopify-Hmac-SHA256": sign(KEY, BODY).hex()}, Reason.MISMATCH),
        ({"X-Shopify-Hmac-SHA256": "?"}, Reason.MALFORMED),
        ({}, Reason.MISSING),
    ],
)
def test_shopify(fields: Fields, expected: Reason | None) -> None:
    """Over the body alone, whenever it comes."""
    assert expected == reason(Shopify((KEY,)), message(fields), now=0.0)


def test_shopify_signs_alike_what_differs() -> None:
    """One order's body may come under several topics, and to several addresses: a few of them are told apart."""

    def proof(topic: str, target: str = "/a") -> Proof:
        fields = {"X-Shopify-Hmac-SHA256": shopify(), "X-Shopify-Topic": topic}
        return Shopify((KEY,)).verify(message(fields, target=target), NOW)

    created, paid, elsewhere = proof("orders/create"), proof("orders/paid"), proof("orders/paid", "/b")
    assert created.digests == paid.digests == elsewhere.digests
    assert 3 == len({created.variant, paid.variant, elsewhere.variant})
    assert (8, None) == (created.most_variants, created.keep_seconds)


# the vectors of Adyen's own library for Python (test/test_util.py)
ADYEN_KEY = bytes.fromhex("44782DEF547AAA06C910C43932B1EB0C71FC68D9D0C057550C48EC2ACF6BA056")
ADYEN_ITEM: dict[str, object] = {
    "pspReference": "7914073381342284",
    "merchantReference": "TestPayment-1407325143704",
    "merchantAccountCode": "TestMerchant",
    "amount": {"currency": "EUR", "value": 1130},
    "eventCode": "AUTHORISATION",
    "success": "true",
    "eventDate": "2019-05-06T17:15:34.121+02:00",
    "operations": ["CANCEL", "CAPTURE", "REFUND"],
    "paymentMethod": "visa",
    "additionalData": {"hmacSignature": "coqCmt/IZ4E3CzPvMY8zTjQVL5hYJUiBRg8UU+iCWo0=", "score": 1.5},
}


def adyen(*items: dict[str, object]) -> bytes:
    """A standard webhook of Adyen's."""
    wrapped = [{"NotificationRequestItem": item} for item in items]
    return json.dumps({"live": "false", "notificationItems": wrapped}).encode()


def signed_item(psp: str) -> dict[str, object]:
    """An item with a signature made here."""
    text = f"{psp}::TestMerchant:TestPayment-1407325143704:1130:EUR:AUTHORISATION:true"
    signature = b64encode(sign(ADYEN_KEY, text.encode())).decode()
    return {**ADYEN_ITEM, "pspReference": psp, "additionalData": {"hmacSignature": signature}}


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (adyen(ADYEN_ITEM), None),
        (adyen(ADYEN_ITEM, signed_item("2")), None),
        (adyen(ADYEN_ITEM, {**signed_item("2"), "success": "false"}), Reason.MISMATCH),
        (adyen({**ADYEN_ITEM, "amount": {"currency": "EUR", "value": 1}}), Reason.MISMATCH),
        (adyen({**ADYEN_ITEM, "amount": {"currency": "EUR", "value": 1130.0}}), Reason.MALFORMED),
        (adyen({**ADYEN_ITEM, "success": True}), None),
        (adyen({**ADYEN_ITEM, "success": None}), Reason.MALFORMED),
        (adyen({**ADYEN_ITEM, "pspReference": "\ud800"}), Reason.MALFORMED),
        (adyen({**ADYEN_ITEM, "additionalData": {}}), Reason.MISSING),
        (adyen({**ADYEN_ITEM, "additionalData": []}), Reason.MALFORMED),
        (adyen({**ADYEN_ITEM, "additionalData": {"hmacSignature": 7}}), Reason.MALFORMED),
        (adyen(ADYEN_ITEM).replace(b'"1130"', b'"1130", "value": 1'), None),
        (adyen(ADYEN_ITEM).replace(b'"value": 1130', b'"value": 1130, "value": 1130'), Reason.MALFORMED),
        (adyen(ADYEN_ITEM)[:-1] + b', "notificationItems": []}', Reason.MALFORMED),
        (adyen(), Reason.MISSING),
        (adyen(*[ADYEN_ITEM] * 65), Reason.MALFORMED),
        (b"{}", Reason.MISSING),
        (b"[]", Reason.MALFORMED),
        (b"", Reason.MALFORMED),
        (b"\xff\xfe", Reason.MALFORMED),
        (b"[" * 100_000, Reason.MALFORMED),
        (b'{"notificationItems": [1' + b"0" * 5000 + b"]}", Reason.MALFORMED),
        (b'{"notificationItems": [1]}', Reason.MALFORMED),
    ],
)
def test_adyen(body: bytes, expected: Reason | None) -> None:
    """Each item by its own signature; what is there twice is nobody's."""
    assert expected == reason(Adyen((ADYEN_KEY,)), message({"Content-Type": "application/json"}, body))


def test_adyen_by_its_field() -> None:
    """Webhooks that are not of the standard kind are signed as a whole."""
    body = b"""{
    "type": "merchant.created",
    "environment": "test",
    "createdAt": "01-01-2024",
    "data": {
        "capabilities": {
            "sendToTransferInstrument": {
                "requested": true,
                "requestedLevel": "notApplicable"
            }
        },
        "companyId": "YOUR_COMPANY_ID",
        "merchantId": "YOUR_MERCHANT_ACCOUNT",
        "status": "PreActive"
    }
}"""
    fields = {"HmacSignature": "NiqA5vsdV5etZMOaR27+GBSG4i6JeP6j1wkCM6t53vA="}
    scheme = Adyen((ADYEN_KEY,))
    assert reason(scheme, message(fields, body)) is None
    assert Reason.MISMATCH == reason(scheme, message(fields, adyen(ADYEN_ITEM)))
    assert Reason.MISMATCH == reason(Adyen((OTHER,)), message(fields, body))


def test_adyen_proves_each_item() -> None:
    """What is not signed makes no other message of it."""
    scheme = Adyen((ADYEN_KEY,))
    one = scheme.verify(message({}, adyen(ADYEN_ITEM, signed_item("2"))), NOW)
    other = scheme.verify(message({}, adyen({**ADYEN_ITEM, "paymentMethod": "mc"}, signed_item("2"))), NOW)
    assert 2 == len(set(one.digests))
    assert one == other


@pytest.mark.parametrize(
    ("scheme", "fields", "expected"),
    [
        (  # GitHub: the vector of its documentation, "Validating webhook deliveries"
            Hmac((b"It's a Secret to Everybody",), b"x-hub-signature-256", prefix="sha256="),
            {"X-Hub-Signature-256": "sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17"},
            None,
        ),
        (  # Slack: the vector of its documentation would need its body; the scheme is v0:{timestamp}:{body}
            Hmac((KEY,), b"x-slack-signature", prefix="v0=", signed="v0:{timestamp}:{body}",
                 timestamp_header=b"x-slack-request-timestamp"),
            {"X-Slack-Signature": "v0=" + sign(KEY, b"v0:1700000000:Hello, World!").hex(),
             "X-Slack-Request-Timestamp": "1700000000"},
            None,
        ),
        (
            Hmac((KEY,), b"s", signed="{body}{timestamp}", timestamp_header=b"t"),
            {"S": sign(KEY, b"Hello, World!1700000000000").hex(), "T": "1700000000000"},
            None,
        ),
        (
            Hmac((KEY,), b"s", signed="{timestamp}{body}", timestamp_header=b"t"),
            {"S": sign(KEY, b"1699990000Hello, World!").hex(), "T": "1699990000"},
            Reason.TIME,
        ),
        (
            Hmac((KEY,), b"s", signed="{timestamp}{body}", timestamp_header=b"t"),
            {"S": sign(KEY, b"1700000000Hello, World!").hex()},
            Reason.MISSING,
        ),
        (
            Hmac((KEY,), b"s", encoding="base64", algorithm="sha512", signed="{method} {url}\n{target}{body}"),
            {"S": b64encode(
                sign(KEY, b"POST https://shop.example/hooks?x=1\n/hooks?x=1Hello, World!", "sha512")
            ).decode()},
            None,
        ),
        (Hmac((KEY,), b"s", prefix="sha256="), {"S": sign(KEY, b"Hello, World!").hex()}, Reason.MALFORMED),
        (Hmac((KEY,), b"s"), {"S": ""}, Reason.MISMATCH),
        (Hmac((KEY,), b"s"), {"S": sign(KEY, b"Hello, World!", "sha1").hex()}, Reason.MISMATCH),
    ],
)  # fmt: skip
def test_any_hmac(scheme: Hmac, fields: Fields, expected: Reason | None) -> None:
    """A field, an encoding, a hash, a prefix, a time, and a template of what is signed."""
    assert expected == reason(scheme, message(fields, b"Hello, World!"))


def test_no_scheme_shows_its_keys() -> None:
    """A log line with one in it tells no secret."""
    schemes = [Stripe((KEY,), 1), Standard((KEY,), 1), Shopify((KEY,)), Adyen((KEY,)), Hmac((KEY,), b"s")]
    assert not any("secret" in repr(scheme) for scheme in schemes)
    assert hashlib.sha256(BODY).hexdigest() in repr(
        Shopify((KEY,)).verify(message({"X-Shopify-Hmac-SHA256": shopify()}), NOW)
    )


STANDARD = {
    "webhook-id": "msg_1",
    "webhook-timestamp": str(AT),
    "webhook-signature": f"v1,{b64encode(b'a' * 32).decode()}",
}


@pytest.mark.parametrize(
    ("scheme", "fields", "expected"),
    [
        (Stripe((KEY,), 300), {"Stripe-Signature": f"t={AT},v1={'00' * 32}"}, None),
        (Stripe((KEY,), 300), {"Stripe-Signature": f"t={AT - 301},v1={'00' * 32}"}, Reason.TIME),
        (Stripe((KEY,), 300), {"Stripe-Signature": f"t={AT},v0={'00' * 32}"}, Reason.MISSING),
        (Stripe((KEY,), 300), {"Stripe-Signature": f"t={AT},v1=bogus"}, Reason.MALFORMED),
        (Stripe((KEY,), 300), {"Stripe-Signature": f"t={AT},v1=00"}, Reason.MALFORMED),
        (Standard((KEY,), 300), STANDARD, None),
        (Standard((KEY,), 300), {**STANDARD, "webhook-timestamp": str(AT + 301)}, Reason.TIME),
        (Standard((KEY,), 300), {**STANDARD, "webhook-signature": "v1a,AAAA"}, Reason.MISSING),
        (Shopify((KEY,)), {"X-Shopify-Hmac-SHA256": b64encode(b"a" * 32).decode()}, None),
        (Shopify((KEY,)), {"X-Shopify-Hmac-SHA256": "AAAA"}, Reason.MALFORMED),
        (Hmac((KEY,), b"x-sign", prefix="sha256="), {"X-Sign": f"sha256={'00' * 32}"}, None),
        (Hmac((KEY,), b"x-sign", prefix="sha256="), {"X-Sign": "00" * 32}, Reason.MALFORMED),
        (Hmac((KEY,), b"x-sign", algorithm="sha512"), {"X-Sign": "00" * 32}, Reason.MALFORMED),
        (Adyen((KEY,)), {"Content-Type": "application/json"}, None),
        (Adyen((KEY,)), {"HmacSignature": "AAAA"}, Reason.MALFORMED),
    ],
)
def test_what_headers_show_is_known_without_the_body(
    scheme: Scheme, fields: Fields, expected: Reason | None
) -> None:
    """What cannot be verified whatever its body is need not be read; what may be is not said to be."""
    try:
        scheme.check(message(fields).headers, NOW)
        found = None
    except SignatureError as error:
        found = error.reason
    assert expected == found
