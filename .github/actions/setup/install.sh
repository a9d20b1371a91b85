#!/usr/bin/env bash
# install.sh base|github|models [REQUIREMENTS]: put the coronet of this checkout on the PATH of the job's next steps.
#
# Everything comes from requirements/, held to its hashes; REQUIREMENTS is one more file, of the caller's own.
# A runner that brings coronet says so by CORONET_INSTALLED=true, and is held to the version of this checkout.
set -euo pipefail

libraries=$1
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../../.." && pwd)
version=$(sed -nE 's/^__version__ = "(.+)"$/\1/p' "$root/tools/coronet/__init__.py")
folder=${RUNNER_TEMP:-}/coronet-$libraries
# What is compiled without being imported costs seconds and is never read.
install=(-m pip --python "$folder/bin/python" install --quiet --disable-pip-version-check --no-input --no-compile)

fail() {
    echo "::error title=setup of coronet::$1"
    exit 2
}

case $libraries in
base | github | models) ;;
*) fail "libraries is none of base, github, models" ;;
esac

if [ "${CORONET_INSTALLED:-}" = true ]; then
    found=$(coronet --version) || fail "CORONET_INSTALLED is true, and there is no coronet on the PATH"
    [ "${found##* }" = "$version" ] || fail "this runner brings coronet ${found##* }, and the action is of $version"
else
    # One folder for each set of libraries: a job that needs two has both. coronet itself runs from its checkout:
    # nothing is built, so that nothing that builds is installed.
    if [ ! -x "$folder/bin/coronet" ]; then
        python3 -m venv --without-pip "$folder"
        python3 "${install[@]}" --no-deps --require-hashes --only-binary :all: -r "$root/requirements/$libraries.txt"
        "$folder/bin/python" - "$root/tools" "$folder/bin/coronet" <<'PYTHON'
import pathlib, sys, sysconfig
tools, program = sys.argv[1:]
pathlib.Path(sysconfig.get_path("purelib"), "coronet.pth").write_text(f"{tools}\n")
pathlib.Path(program).write_text(f"#!{sys.executable}\nfrom coronet.cli.start import main\n\nmain()\n")
PYTHON
        chmod +x "$folder/bin/coronet"
    fi
    if [ -n "${2:-}" ]; then
        python3 "${install[@]}" -r "$2"
    fi
    echo "$folder/bin" >>"$GITHUB_PATH"
fi
echo "version=$version" >>"$GITHUB_OUTPUT"
