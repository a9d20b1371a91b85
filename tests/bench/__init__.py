"""How long whole commands take, beside other processes timed in the same run: `make bench`."""
