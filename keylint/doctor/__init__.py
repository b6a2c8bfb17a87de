"""`keylint doctor`: what a program would really send to an API, where that comes from, and what the API says to it.

`environment` are the variables as they lie over each other, `files` and `deployed` where they come from, `senders` what the
program takes from them. `judging` says what is wrong with that. `asking` is the only part of keylint that uses the network, and
is loaded for `--online` alone; `answers` puts what comes back into words. `rotation` lists where a key has to be changed.
"""

from __future__ import annotations
