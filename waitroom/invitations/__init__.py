"""Who gets into which lane: signed links, codes that people type, and claims that the shop sets.

:func:`mint` is for a mailer of the shop's own; ``waitroom invite`` does the same from the command line.
"""

from waitroom.invitations.minting import Minted, MintingError, mint
from waitroom.shaping.members import MemberError

__all__ = ["MemberError", "Minted", "MintingError", "mint"]
