"""``python -m loadtests.soak.gateway serve …``: the command of the project, with a small cache of verified tokens.

A worker remembers the tokens that it has verified, up to 65,536 of each kind. At the soak's pace these would fill for
hours, and hide what leaks behind what is meant; this many are full after the first minutes.
"""

from __future__ import annotations

from waitroom.cli import main
from waitroom.gate import tokens

# here, and not in the block below: each worker imports this module anew
tokens.CACHED_TOKENS = 512

if __name__ == "__main__":
    main()
