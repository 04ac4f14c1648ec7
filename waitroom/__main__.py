"""``python -m waitroom`` is the same as ``waitroom``."""

from waitroom.cli import main

if __name__ == "__main__":
    main()
