"""Gets an address of the shop, after waiting in line where there is one: python wait.py https://shop.example/api/products"""

import sys
import time

import httpx

WAITING = {"urn:waitroom:waiting", "urn:waitroom:called", "urn:waitroom:closed"}


def get(client: httpx.Client, url: str) -> httpx.Response:
    """The shop's answer. The client keeps the place in its cookies."""
    while True:
        answer = client.get(url, headers={"Accept": "application/problem+json"})
        if "waitroom-room" not in answer.headers:
            return answer
        state = answer.json()
        if state["type"] not in WAITING:
            raise RuntimeError(state["detail"])  # a challenge, say
        low, high = state["eta_range"] or (None, None)
        print(f"in line: place {state['position']}, {low} to {high} seconds", file=sys.stderr)
        time.sleep(state["refresh_after"])


if __name__ == "__main__":
    with httpx.Client() as client:
        print(get(client, sys.argv[1]).text)
