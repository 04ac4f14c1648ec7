"""The addresses of a room, with their answers."""

from __future__ import annotations

from waitroom.gate.openapi.parts import (
    IMAGE,
    JSON,
    PAGE,
    PASS,
    PLAIN,
    PROBLEM,
    STREAM,
    TOKENS,
    content,
    get,
    post,
    problem,
    query,
    room,
    tell,
)
from waitroom.gate.openapi.schemas import Schema, ref

_LANG = query("lang", "The language of the page.")
HOLD_STATUS = (200, 202, 429, 503)
"""What ``hold_status`` may be."""
LED: dict[int, list[Schema]] = {303: [PLAIN], 403: [problem(), PAGE]}
"""What becomes of whoever comes with an invitation: led on, or told why it does not count."""


def rooms() -> Schema:
    """Each address by its path."""
    return {
        "/__waitroom/{room}/status": room(
            get("Where you stand", tell({200: [content(JSON, "State")], 404: [problem()]}), TOKENS)
        ),
        "/__waitroom/{room}/events": room(
            get(
                "The same as server-sent events: status, alive, admitted",
                tell({200: [STREAM], 404: [problem()], 429: [problem()]}),
                [*TOKENS, query("steps", "Any value: a mere step forward is a short event, step.")],
            )
        ),
        "/__waitroom/{room}/wait": room(
            get(
                "Wait without asking the shop: gives a place, lets in. 200 with state admitted: you are in",
                tell(_waits()),
                [
                    *TOKENS,
                    query("to", "Where a browser goes on to: a path, or an address of one of cors_origins."),
                    query("returns", "Set: wait though all is sold out, for what comes back."),
                ],
            )
        ),
        "/__waitroom/{room}/leave": room(
            post(
                "Give the place up",
                tell({200: [content(JSON, "State"), PAGE], 403: [problem()], 503: [problem()]}),
                ["target"],
                TOKENS,
            )
        ),
        "/__waitroom/{room}/line": room(
            get("The line as a whole, the same for everyone", tell({200: [content(JSON, "Line")]}))
        ),
        "/__waitroom/{room}/draw": room(
            get("The opening draw", tell({200: [content(JSON, "Draws"), PAGE], 404: [problem(), PAGE]}))
        ),
        "/__waitroom/{room}/receipt": room(
            get(
                "A signed receipt of the place",
                tell({200: [content(JSON, "Receipt"), PLAIN], 404: [problem(), PAGE]}),
                TOKENS,
            )
        ),
        "/__waitroom/{room}/enter": room(
            get(
                "An invitation's link",
                tell({200: [content(JSON, "Invitation"), PAGE], **LED}),
                [query("i", "The invitation."), query("claim", "Or a claim of the shop."), query("to", "Where to.")],
            )
            | post("Use it", tell({200: [content(JSON, "Invitation")], **LED}), ["i", "claim", "to"]),
        ),
        "/__waitroom/{room}/code": room(
            get("The form for a code", tell({200: [PAGE]}), [query("to", "Where to.")])
            | post(
                "Use a code",
                tell(
                    {
                        200: [content(JSON, "Invitation")], **LED, 422: [problem(), PAGE], 429: [problem(), PAGE],
                        503: [problem()],
                    }
                ),
                ["code", "to"],
            ),
        ),
        "/__waitroom/{room}/place": room(
            get(
                "A place in the address, for browsers without cookies",
                tell({303: [PLAIN], **{status: [PAGE] for status in HOLD_STATUS}}),
                [query("t", "The ticket."), query("to", "Where to.")],
            )
        ),
        "/__waitroom/{room}/language": room(
            get("Choose a language", tell({200: [PAGE]}), [query("to", "Where to.")])
            | post("Keep the choice", tell({303: [PLAIN], 403: [problem()]}), ["language", "to"]),
        ),
        "/__waitroom/{room}/feedback": room(
            get(
                "The question how the wait was",
                tell({200: [content(JSON, "Feedback"), PAGE], 404: [problem(), PAGE]}),
                [PASS, query("q", "Who has left: the question of the answer to leave."), query("to", "Where to.")],
            )
            | post(
                "Answer it: a place answers once",
                tell(
                    {
                        200: [content(JSON, "Feedback"), PAGE], 403: [problem()], 404: [problem(), PAGE],
                        422: [problem()], 503: [problem()],
                    }
                ),
                ["score", "q", "to"],
                [PASS],
            )
        ),
        "/__waitroom/{room}/privacy": room(
            get(
                "What is kept of a visitor, where, and for how long",
                tell({200: [content(JSON, "Privacy"), PAGE]}),
                [query("to", "Where the page leads back to.")],
            )
        ),
        "/__waitroom/{room}/form": room(
            get(
                "The form that was kept for you while you waited",
                tell({200: [PAGE], 303: [PLAIN], 503: [problem()]}),
                [query("to", "Where one goes on to without it.")],
            )
            | post("Have it forgotten", tell({303: [PLAIN], 403: [problem()]}), ["to"])
        ),
        "/__waitroom/{room}/undo": room(
            post("Take back that one has left", tell(_told("Place", 303, 409)), ["slip", "target"], TOKENS)
        ),
        "/__waitroom/{room}/rest": room(
            post("Let others pass for a while", tell(_told("State", 303, 409)), ["target"], TOKENS)
        ),
        "/__waitroom/{room}/more": room(
            post(
                "More time, for whose turn has come or who lets others pass",
                tell(_told("State", 303, 409)),
                ["target"],
                TOKENS,
            )
        ),
        "/__waitroom/{room}/ready": room(
            post("Take the place up again", tell(_told("State", 303, 409)), ["target"], TOKENS)
        ),
        "/__waitroom/{room}/offer": room(
            post("A code that takes the place to another device", tell(_told("Offer", 303)), ["target"], TOKENS)
        ),
        "/__waitroom/{room}/move": room(
            get("The form for such a code", tell({200: [PAGE]}), [query("c", "The code."), query("to", "Where to.")])
            | post("Take the place here", tell(_told("Place", 303, 422, 429)), ["code", "to"]),
        ),
        "/__waitroom/{room}/tell": room(
            get(
                "How you can be told, and by which channel you will be",
                tell({200: [content(JSON, "Told"), PAGE], 303: [PLAIN], 404: [problem()], 503: [problem()]}),
                [*TOKENS, query("to", "Where to.")],
            )
            | post(
                "Be told by mail or telephone when the turn nears, and when it has come",
                tell(_told("Told", 303, 422, 429) | {404: [problem()]}),
                ["channel", "address", "to"],
                TOKENS,
            ),
        ),
        "/__waitroom/{room}/forget": room(
            post(
                "Delete the address that is kept",
                tell(_told("Told", 303) | {404: [problem()]}),
                ["to"],
                TOKENS,
            )
        ),
        "/__waitroom/{room}/content": room(
            get("What there is to read while one waits, where there is anything", tell({200: [PAGE]}), [_LANG])
        ),
        "/__waitroom/{room}/chat": room(get("The support chat", tell({200: [PAGE]}), [_LANG])),
        "/__waitroom/{room}/picture": room(
            get("The picture of a product", tell({200: [IMAGE]}), [query("of", "Which.")])
        ),
        "/__waitroom/{room}/anew": room(
            get("Join anew where the place has gone", tell({303: [PLAIN]}), [query("to", "Where to.")])
        ),
    }  # fmt: skip


def _told(schema: str, *others: int) -> dict[int, list[Schema]]:
    """What is done for a place by a form, and where it is not: from another site, and while the line is away."""
    told: dict[int, list[Schema]] = {status: [problem(), PAGE] for status in others if status != 303}
    return {200: [content(JSON, schema), PAGE], 303: [PLAIN], 403: [problem()], 503: [problem()], **told}


def _waits() -> dict[int, list[Schema]]:
    """At the door: let in, held with whatever ``hold_status`` is, or not given a place."""
    held = [content(PROBLEM, "Held"), PAGE, content(JSON, "Cloudflare")]
    answers: dict[int, list[Schema]] = {status: list(held) for status in HOLD_STATUS}
    answers[200][2] = {JSON: {"schema": {"anyOf": [ref("State"), ref("Cloudflare")]}}}
    too_many: Schema = {PROBLEM: {"schema": {"anyOf": [ref("Held"), ref("Problem")]}}}
    answers[429][0] = too_many
    answers[503].append(PLAIN)
    refused: Schema = {PROBLEM: {"schema": {"anyOf": [ref("Challenge"), ref("Problem")]}}}
    return {**answers, 303: [PLAIN], 403: [refused, PAGE]}
