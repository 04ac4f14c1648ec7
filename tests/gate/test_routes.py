"""Which class a request belongs to."""

from __future__ import annotations

import pytest

from waitroom.gate.routes import Routes
from waitroom.settings.shaping import ClassSettings, with_rest

CLASSES = with_rest(
    (
        ClassSettings(name="pay", paths=("/checkout/*",), methods=("POST", "PUT")),
        ClassSettings(name="checkout", paths=("/checkout/*", "/cart")),
        ClassSettings(name="search", paths=("/search*",), most=0.3),
        ClassSettings(name="polls", paths=("/poll/*",), counted=False),
    )
)


def find(method: str, path: str) -> str | None:
    """The name of the class."""
    number = Routes(CLASSES).find(method, path)
    return None if number is None else CLASSES[number].name


@pytest.mark.parametrize(
    ("method", "path", "name"),
    [
        ("POST", "/checkout/pay", "pay"),
        ("GET", "/checkout/pay", "checkout"),
        ("DELETE", "/checkout", "checkout"),
        ("GET", "/cart", "checkout"),
        ("GET", "/cart/more", "browse"),
        ("GET", "/search?q=mug", "search"),
        ("GET", "/searching", "search"),
        ("GET", "/poll/1", None),
        ("HEAD", "/poll/1", None),
        ("GET", "/", "browse"),
        ("PURGE", "/", "browse"),
    ],
)
def test_the_most_specific_path_and_then_the_method_decide(method: str, path: str, name: str | None) -> None:
    """What no class covers is the rest."""
    assert name == find(method, path)


def test_head_counts_as_get() -> None:
    """Unless a class names it."""
    gets = with_rest((ClassSettings(name="read", methods=("GET",)),))
    assert (0, 0, 1) == tuple(Routes(gets).find(method, "/") for method in ("GET", "HEAD", "POST"))
    heads = with_rest((ClassSettings(name="look", methods=("HEAD",)),))
    assert (1, 0) == tuple(Routes(heads).find(method, "/") for method in ("GET", "HEAD"))


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("/{}/x", "checkout"),
        ("/{}//x", "checkout"),
        ("/{};a=b/x", "checkout"),
        ("/%2{}/x", "browse"),
        ("//{}/x?y#z", "checkout"),
    ],
)
def test_no_spelling_escapes(path: str, name: str) -> None:
    """What every shop reads alike is in its class, in capitals too."""
    assert name == find("GET", path.format("checkout"))
    assert name == find("GET", path.format("CheckOut"))


@pytest.mark.parametrize(
    "path", ["/checkout/%2e%2e/x", "/checkout/..%2fx", "/x%2f..%2fcheckout/x", "/checkout/../x"]
)
def test_a_spelling_of_two_minds_is_of_no_advantage(path: str) -> None:
    """Of all that it could be, it is what has least: never first, never without a limit."""
    assert "browse" == find("GET", path)
    assert "browse" == find("GET", path.replace("checkout", "poll"))
    assert "search" == find("GET", path.replace("checkout", "search"))


def test_long_paths_have_a_class_too() -> None:
    """They are only not remembered."""
    assert "checkout" == find("GET", "/checkout/" + "x" * 5000)


def test_a_class_without_paths_and_methods_is_the_rest_wherever_it_stands() -> None:
    """So there can be something that counts for less than what is not named."""
    classes = (ClassSettings(name="all"), ClassSettings(name="search", paths=("/search",)))
    assert classes == with_rest(classes)
    assert (0, 1) == (Routes(classes).find("GET", "/x"), Routes(classes).find("GET", "/search"))
