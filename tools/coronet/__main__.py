"""`python -m coronet`."""

from coronet.cli.start import main

main()
