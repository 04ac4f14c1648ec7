"""The words of the visitor's pages that are put together from numbers or chosen by a status code.

All others stand in the templates. Both are marked for gettext: one catalogue a language holds them (docs/languages.md).
What the script must say comes from here too, through the page's data attributes: it holds no words itself.
"""

from __future__ import annotations

from dataclasses import dataclass
from http import HTTPStatus
from typing import Literal

from waitroom.feedback.question import Kind as QuestionKind
from waitroom.gate.amounts import Amounts
from waitroom.shaping.invitation import Refusal
from waitroom.shaping.reason import Reason
from waitroom.words.language import ENGLISH, Language

InvitationPage = Literal["opened", "required", "code"] | Refusal
"""What a page about invitations is for; a refusal: why one does not count."""

MovePage = Literal["offer", "ask", "wrong", "tries", "too-late", "once", "no-more"]
"""What a page about a place on its way is for; the last five: why something was not done."""
AskedPage = Literal["ask", "thanks", "already", "none"]
"""What a page says to who is asked how the wait was, or is not."""

TellPage = Literal["ask", "kept", "forgotten", "wrong", "often"]
"""What the page of being told is for; the last two: why nothing is kept."""


@dataclass(frozen=True, slots=True)
class QuestionWords:
    """The words of the question about the wait."""

    question: str
    low: str
    """Of the lowest score."""
    high: str
    note: str
    thanks: str
    later: str
    close: str


@dataclass(frozen=True, slots=True)
class Trouble:
    """Why a request was not served: a title and what to do about it. Plain text."""

    title: str
    detail: str


class Texts(Amounts):
    """The words in one language."""

    def __init__(self, language: Language = ENGLISH) -> None:
        super().__init__(language)
        gettext = self._words.gettext
        self.name = gettext("Waiting room")
        slower, faster = (
            gettext("The shop lets people in more slowly now."),
            gettext("The shop lets people in faster now."),
        )
        self.reasons = {
            Reason.RESUMED: gettext("The line goes on."),
            Reason.STOPPED: gettext(
                "The shop is letting nobody in for the moment. Your place is kept, and the line goes on from where it "
                "stopped."
            ),
            Reason.RATE_LOWERED: slower,
            Reason.RATE_RAISED: faster,
            Reason.CAPACITY_LOWERED: slower,
            Reason.CAPACITY_RAISED: faster,
            Reason.OPENING_MOVED: gettext("The opening was moved."),
            Reason.SCHEDULE_CHANGED: gettext("The shop has changed its times."),
            Reason.SHOP_SLOW: gettext("The shop is slower than before."),
            Reason.SHOP_FASTER: faster,
            Reason.OTHER_LANES: gettext("People in another lane are let in too."),
            Reason.OTHERS_FIRST: gettext(
                "The support desk let somebody go ahead. Your number waits for them."
            ),
            Reason.SUPPORT: gettext("The support desk has given you this place."),
            Reason.OTHERS_BACK: gettext("People ahead of you came back. Your number waits for them."),
        }

    def moving(self, asked: MovePage) -> Trouble:
        """What a page about a place on its way says."""
        gettext = self._words.gettext
        match asked:
            case "offer":
                return Trouble(
                    gettext("Take your place with you"),
                    gettext(
                        "Scan this with the other device, or open the shop there and type the code. Your place "
                        "goes there, and ends here. The code works once, for five minutes: show it to nobody else."
                    ),
                )
            case "ask":
                return Trouble(
                    gettext("Bring your place here"),
                    gettext(
                        "Your place in line comes to this device, and ends on the other one. If this device has "
                        "a place of its own, that is given up."
                    ),
                )
            case "wrong":
                return Trouble(
                    gettext("That code does not work"),
                    gettext(
                        "It may be mistyped, used already, or too old. The other device can show a new one. "
                        "Nothing has changed: its place is still there."
                    ),
                )
            case "tries":
                return Trouble(
                    gettext("Too many tries"),
                    gettext("Please wait a minute, then try again. The place is still on the other device."),
                )
            case "once":
                return Trouble(
                    gettext("Others cannot pass you now"),
                    gettext(
                        "You can let others pass once, while you are in line. Your place is kept as before."
                    ),
                )
            case "no-more":
                return Trouble(
                    gettext("There is no more extra time"),
                    gettext(
                        "Your place is kept as before. Be back by the time that your page tells: if your turn has "
                        "come, you go in first."
                    ),
                )
            case "too-late":
                return Trouble(
                    gettext("Your place is gone"),
                    gettext("The time for taking it back is over, or you have it back already."),
                )

    def question(self, kind: QuestionKind) -> QuestionWords:
        """The question about the wait, and what stands around its answers."""
        gettext = self._words.gettext
        if kind is QuestionKind.CSAT:
            question = gettext("How was the wait?")
            # Translators: below the lowest of five answers to "How was the wait?"
            low = gettext("Bad")
            # Translators: below the highest of five answers to "How was the wait?"
            high = gettext("Good")
        else:
            question = gettext("How likely are you to recommend this shop to a friend?")
            low, high = gettext("Not likely"), gettext("Very likely")
        return QuestionWords(
            question=question,
            low=low,
            high=high,
            note=gettext("One tap is all. Only the answer is counted, with nothing about you."),
            thanks=gettext("Thank you. Your answer is counted."),
            later=gettext("That did not work. Please try again later."),
            close=gettext("Not now"),
        )

    def asked(self, page: AskedPage) -> Trouble:
        """What the page says that asks how the wait was."""
        gettext = self._words.gettext
        match page:
            case "ask":
                return Trouble(
                    gettext("One question"), gettext("You waited to come in. Tell the shop how it was.")
                )
            case "thanks":
                return Trouble(gettext("Thank you"), gettext("Your answer is counted."))
            case "already":
                return Trouble(
                    gettext("Thank you"),
                    gettext("You have answered already. Each place in line answers once."),
                )
            case "none":
                return Trouble(
                    gettext("There is nothing to ask you"),
                    gettext("Only those who waited in line are asked, for a day."),
                )

    def telling(self, asked: TellPage) -> Trouble:
        """What the page of being told says."""
        gettext = self._words.gettext
        match asked:
            case "ask":
                return Trouble(
                    gettext("Tell me when it is my turn"),
                    gettext("Your place is kept either way. The title of this tab changes, too."),
                )
            case "kept":
                return Trouble(
                    gettext("You will be told"),
                    gettext("One message when your turn is near, and one when it has come."),
                )
            case "forgotten":
                return Trouble(
                    gettext("Your address is deleted"), gettext("Nobody will be told. Your place is kept.")
                )
            case "wrong":
                return Trouble(
                    gettext("We cannot send a message there"),
                    gettext("Please check the address, or the number with its country’s code, such as +371."),
                )
            case "often":
                return Trouble(
                    gettext("Not this address just now"),
                    gettext("It was given too often today, or too many were. Nothing was kept."),
                )

    def reminder(self, *, has_come: bool, seconds: int, link: str) -> Trouble:
        """The message to somebody who wanted to be told. ``seconds``: how far the turn is, or the door stays open."""
        gettext = self._words.gettext
        if has_come:
            title = gettext("It’s your turn")
            # Translators: a mail or text message. {time} is a length of time: "10 minutes".
            text = gettext(
                "The door is open for you for {time}. Go in on the page where you have waited: {link}"
            )
            time = self.lasting(seconds)
        else:
            title = gettext("Your turn is near")
            # Translators: a mail or text message. {time} is a length of time: "in about 5 minutes".
            text = gettext("It comes in about {time}. Be back on the page where you wait: {link}")
            time = self.later(seconds)
        # Translators: the end of a mail or text message, for whoever gets it by mistake.
        whose = gettext("Somebody in a waiting room typed this address. It is deleted after their turn.")
        return Trouble(title, f"{text.format(time=time, link=link)}\n\n{whose}")

    def trouble(self, status: int) -> Trouble:
        """What a page, a problem document or a bare refusal says for an HTTP status."""
        gettext = self._words.gettext
        match status:
            case 502:
                return Trouble(gettext("The shop did not answer"), self._still_inside())
            case 504:
                return Trouble(gettext("The shop is taking too long"), self._still_inside())
            case 503:
                return Trouble(gettext("We cannot let you in right now"), self._safe())
            case 404:
                return Trouble(
                    gettext("There is nothing here"),
                    gettext("Please check the address, or go back to the shop."),
                )
            case _ if status < 500:
                return Trouble(
                    gettext("This request could not be used"),
                    f"{status} {_phrase(status)}. "
                    + gettext("Nothing was sent to the shop, and a place in line is not affected."),
                )
            case _:
                return Trouble(gettext("Something went wrong on our side"), self._safe())

    def invitation(self, asked: InvitationPage) -> Trouble:
        """The heading of a page about invitations."""
        gettext = self._words.gettext
        match asked:
            case "opened":
                return Trouble(
                    gettext("You’re invited"),
                    gettext("Press continue to use your invitation. Until then nothing is used up."),
                )
            case "required":
                return Trouble(
                    gettext("By invitation only"),
                    gettext(
                        "To come in, open the link in your invitation again, in this browser, or type the code that "
                        "you were given."
                    ),
                )
            case "code":
                return Trouble(
                    gettext("Have a code?"), gettext("Type it as you were given it. Capitals do not matter.")
                )
            case _:
                return Trouble(gettext("This invitation can’t be used"), self.refused(asked))

    def refused(self, refusal: Refusal) -> str:
        """Why an invitation or a code does not count, and what to do about it."""
        gettext = self._words.gettext
        match refusal:
            case Refusal.CUT | Refusal.FORGED:
                return gettext("The link is not complete. Open it again from the message, or copy all of it.")
            case Refusal.OTHER_ROOM | Refusal.UNKNOWN_LANE | Refusal.WRONG_CLAIM:
                return gettext("It is not for this line.")
            case Refusal.NOT_YET:
                return gettext("It is too early: it does not count yet. Keep it and come back later.")
            case Refusal.EXPIRED:
                return gettext("Its time is over.")
            case Refusal.REVOKED:
                return gettext("The shop has withdrawn it.")
            case Refusal.USED_UP:
                return gettext("It has been used already.")
            case Refusal.MISTYPED:
                return gettext("This is not a code: please check it for a slip.")
            case Refusal.UNKNOWN_CODE:
                return gettext("There is no such code. Please check it.")
            case Refusal.TOO_MANY_TRIES:
                return gettext("Too many wrong codes came from your network. Please try again in a minute.")

    def put_off(self, status: int) -> Trouble:
        """What the page says of a request that was not sent to the shop: 503 of a busy shop, 429 of a hasty visitor."""
        gettext = self._words.gettext
        title = (
            gettext("You are asking very often")
            if status == 429
            else gettext("The shop is very busy just now")
        )
        return Trouble(
            title,
            gettext(
                "Your last step was not sent to the shop: nothing was ordered or paid. If you are inside, you "
                "stay inside. Please try again in a moment."
            ),
        )

    def refusal(self, status: int) -> str:
        """The whole body of a bare refusal, as plain text, for what is not shown to a person."""
        trouble = self.trouble(status)
        return f"{trouble.title}. {trouble.detail}\n"

    def _still_inside(self) -> str:
        return self._words.gettext(
            "You are still inside and will not have to wait in line again. Please try again in a moment."
        )

    def _safe(self) -> str:
        return self._words.gettext("If you have a place in line, it is safe. Please try again in a moment.")


def _phrase(status: int) -> str:
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return "Error"
