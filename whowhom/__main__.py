"""`python -m whowhom` is `whowhom`."""

from whowhom.cli import main

if __name__ == "__main__":
    main()
