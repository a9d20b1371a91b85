"""Which version a customer meets, from Python: `from coronet.abtest import assign_arm`."""

from coronet.core.abtest.splitting import assign_arm

__all__ = ["assign_arm"]
