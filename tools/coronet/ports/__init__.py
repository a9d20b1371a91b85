"""What the commands need of the world, named by the need; each has one or more adapters.

Every method may raise `Unavailable` where the outside thing does not answer. Answers that an outside
thing cannot give are None and mean *unknown*: whoever decides on them refuses.
"""
