#!/bin/sh
# Fetches the browser files of others by exact version and hash, and copies what the pages use to
# foundation/static/vendor/. Where npm or the network is missing the set-up goes on: every page also works without.
cd "$(dirname "$0")/.." || exit 0
venv=${1:-.venv}
vendor=foundation/static/vendor

without() {
    echo "Without $1, the browser files cannot be fetched. The pages work all the same, plainer and without the scanner." >&2
    echo "To get them: $2, then the same make command again." >&2
    exit 0
}

PATH="$PATH:$(cd "$venv/bin" && pwd)"
export PATH
if ! command -v npm >/dev/null 2>&1; then
    echo "npm is not here: putting one into $venv (once, some 60 MB) ..."
    "$venv/bin/pip" install --quiet --quiet --disable-pip-version-check --require-hashes -r requirements/node.txt ||
        without "npm" "install Node.js (Debian: apt install npm)"
fi

echo "Fetching the browser files ..."
npm ci --ignore-scripts --no-audit --no-fund --loglevel=error >.npm-said 2>&1 || {
    grep 'npm error' .npm-said | head -n 4 >&2
    rm -f .npm-said
    without "the npm registry" "check the network"
}
rm -f .npm-said

mkdir -p $vendor &&
    cp node_modules/@picocss/pico/css/pico.classless.min.css $vendor/pico.classless.min.css &&
    cp node_modules/barcode-detector/dist/iife/ponyfill.js $vendor/barcode-detector.js &&
    cp node_modules/zxing-wasm/dist/reader/zxing_reader.wasm $vendor/zxing_reader.wasm &&
    cp node_modules/@noble/ed25519/index.js $vendor/noble-ed25519.js &&
    touch $vendor/.complete
