#!/usr/bin/env bash
# An example of what deploys: write your own in its place.
#
# It is told MODEL, REGISTERED_MODEL, VERSION and DIGEST, which the gate let through. Deploy that version, never
# an alias: an alias may have moved since. Loading a model runs its code: do it where it serves, not here.
set -euo pipefail

echo "would deploy models:/$REGISTERED_MODEL/$VERSION, whose files have the digest $DIGEST"
