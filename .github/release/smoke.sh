#!/usr/bin/env bash
# An example of a smoke test: write your own in its place, such as a request whose answer is known.
#
# It is told what deploy.sh was told. Where it fails, the release is rolled back.
set -euo pipefail

[ -n "$VERSION" ] || { echo "::error::nothing was deployed"; exit 1; }
echo "would ask the service for $MODEL whether it answers as version $VERSION should"
