"""``python -m kaohe`` is the command ``kaohe``."""

from kaohe.cli.main import main

if __name__ == "__main__":
    main()
