"""Running checks of one's own: each in a process of its own, without the secrets of this one."""
