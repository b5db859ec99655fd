#!/bin/sh
# Writes the lock files: requirements/*.txt (exact versions, hashes of every file that the registry has for them)
# and package-lock.json. What is locked stays as it is unless pyproject.toml or package.json ask otherwise;
# `tools/lock.sh --upgrade` goes as far forward as the ranges allow.
# Run it with the oldest supported Python: its list of conditional dependencies is the longest.
set -eu
cd "$(dirname "$0")/.."

# The hashes must be those of the ordinary registry: this machine's extra indexes, links and settings are put aside.
unset PIP_FIND_LINKS PIP_EXTRA_INDEX_URL PIP_NO_INDEX PIP_CONSTRAINT
export PIP_CONFIG_FILE=/dev/null PIP_DISABLE_PIP_VERSION_CHECK=1 CUSTOM_COMPILE_COMMAND="make lock"

lockers=.lock-tools
if [ ! -x $lockers/bin/pip-compile ]; then
    "${PYTHON:-python3}" -m venv $lockers
    $lockers/bin/pip install --quiet pip-tools==7.6.2
fi

compile() {  # the name of the lock file, then what goes into it
    echo "Locking requirements/$1.txt"
    name=$1
    shift
    $lockers/bin/pip-compile --quiet --no-config --generate-hashes --allow-unsafe --strip-extras \
        --no-emit-index-url --no-emit-find-links --no-emit-trusted-host --no-emit-options \
        --output-file "requirements/$name.txt" "$@"
}

# A stand-in is locked alone: installing it brings nothing of the rest.
stand_in() {  # the name of its extra in pyproject.toml
    name=$1
    shift
    $lockers/bin/python -c 'import sys, tomllib
project = tomllib.load(open("pyproject.toml", "rb"))["project"]
print(*project["optional-dependencies"][sys.argv[1]], sep="\n")' "$name" | compile "$name" - "$@"
}

mkdir -p requirements
compile run --extra build pyproject.toml "$@"
compile dev --extra build --extra dev --constraint requirements/run.txt pyproject.toml "$@"
stand_in postgres "$@"
stand_in node "$@"
stand_in bench --constraint requirements/run.txt "$@"

if command -v npm >/dev/null 2>&1; then
    echo "Locking package-lock.json"
    npm install --package-lock-only --omit-lockfile-registry-resolved --ignore-scripts --no-audit --no-fund --loglevel=error
    # npm also copies links for donations into it; a lock file is versions and hashes.
    $lockers/bin/python -c 'import json, pathlib
path = pathlib.Path("package-lock.json")
lock = json.loads(path.read_text())
for package in lock["packages"].values():
    package.pop("funding", None)
path.write_text(json.dumps(lock, indent=2, ensure_ascii=False) + "\n")'
else
    echo "npm is not here: package-lock.json stays as it is."
fi
