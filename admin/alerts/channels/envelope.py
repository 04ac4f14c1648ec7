"""An event as a CloudEvent, or as the JSON that a channel wants instead.

Source: https://github.com/cloudevents/spec, version 1.0.2; the HTTP binding in structured mode.
"""

from __future__ import annotations

import json

from cloudevents.core.formats.json import JSONFormat
from cloudevents.core.v1.event import CloudEvent
from pydantic import JsonValue

from admin.alerts.events import PREFIX, Event
from waitroom.settings.notify import SLOT

CLOUDEVENT = "application/cloudevents+json; charset=UTF-8"
PLAIN = "application/json"
UNNAMED = "urn:waitroom:"
"""Begins the ``source`` of a site that was given none."""


def cloudevent(event: Event, source: str) -> bytes:
    """The event in the JSON format. ``subject`` is the room; of the site as a whole it is left out."""
    attributes: dict[str, object] = {
        "id": event.id,
        "source": source,
        "type": PREFIX + event.type,
        "time": event.moment,
        "datacontenttype": "application/json",
    }
    if event.room:
        attributes["subject"] = event.room
    data = {"title": titled(event, source), "text": event.text, **event.data}
    return JSONFormat().write(CloudEvent(attributes, data))


def titled(event: Event, source: str) -> str:
    """The title of an event, of a site that has a name."""
    return event.title if source.startswith(UNNAMED) else f"{source}: {event.title}"


def filled(template: str, event: Event, source: str) -> bytes:
    """The JSON ``template`` with what stands in braces filled in: inside its texts, so that it stays JSON."""
    whole: JsonValue = json.loads(cloudevent(event, source))
    objects: dict[str, JsonValue] = {"{event}": whole, "{data}": dict(event.data)}
    words = {
        "title": titled(event, source),
        "text": event.text,
        "type": PREFIX + event.type,
        "id": event.id,
        "time": event.time,
        "room": event.room,
        "severity": event.severity.value,
        **{
            name: _text(event.data.get(name))
            for name in ("state", "alert", "value", "threshold", "who", "why")
        },
        "data": json.dumps(event.data),
        "event": json.dumps(whole),
    }

    def fill(part: JsonValue) -> JsonValue:
        if isinstance(part, str):
            if part in objects:
                return objects[part]
            return SLOT.sub(lambda found: words[found[1]], part)
        if isinstance(part, list):
            return [fill(each) for each in part]
        if isinstance(part, dict):
            return {name: fill(each) for name, each in part.items()}
        return part

    return json.dumps(fill(json.loads(template))).encode()


def _text(value: JsonValue) -> str:
    if value is None:
        return ""
    return value if isinstance(value, str) else json.dumps(value)
