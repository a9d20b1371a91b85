"""`python -m coronet`."""

from coronet.cli.main import main

main()
