"""The scanner of an enrolled device: pages that hold nothing of anybody, and all it takes to open them offline."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from flask import Response, current_app, jsonify, render_template, request, url_for

from attendance.models import StatementCause
from attendance.pages.blueprint import blueprint
from foundation.web.access import everyone, open_to
from foundation.web.language import locale, say
from foundation.web.protection import let_the_page_use_the_camera
from foundation.web.services import services

KIOSK_PATH = "/appareil/borne"
_MODULES = ("device", "scanner", "kiosk")
_OF_ATTENDANCE = ("scanner.css",)
_OF_FOUNDATION = (
    "paraphe.css",
    "mark.svg",
    "icons.svg",
    "vendor/pico.classless.min.css",
    "vendor/barcode-detector.js",
    "vendor/noble-ed25519.js",
    "vendor/zxing_reader.wasm",
)
# What only the server's own staff page loads, and what the browser fetches by other ways.
_NOT_KEPT = {"scanner/scanner.js", "scanner/search.js", "device/worker.js", "device/background.js"}
_NOT_KEPT |= {"kiosk/kiosk.js", "kiosk/front.js", "kiosk/kiosk.css"}  # the kiosk asks the server, or signs nobody


@blueprint.get("/appareil", endpoint="device")
@open_to(everyone)
def show_device() -> str:
    """Show the scanner: a shell, which the device fills with what it keeps itself."""
    return _shell()


@blueprint.get("/appareil/enroler", endpoint="device_enrolment")
@open_to(everyone)
def show_enrolment() -> str:
    """Show where a device enrols; the token stands behind `#`, where no server sees it."""
    return _enrolment()


@blueprint.get("/appareil/manifest.webmanifest", endpoint="device_manifest")
@open_to(everyone)
def show_manifest() -> Response:
    """Give what a browser needs to install the page (W3C Web Application Manifest)."""
    answer = jsonify(
        {
            "id": url_for("attendance.device"),
            "name": f"Paraphe · {say('device.title')}",
            "short_name": "Paraphe",
            "lang": locale(),
            "start_url": url_for("attendance.device"),
            "scope": url_for("attendance.device"),
            "display": "standalone",
            "background_color": "#fbfaf7",
            "theme_color": "#0b5d5e",
            "icons": [_icon("icon-192.png", 192), _icon("icon-512.png", 512), _icon("icon-mask.png", 512, "maskable")],
        }
    )
    answer.mimetype = "application/manifest+json"
    return answer


@blueprint.get("/appareil/sw.js", endpoint="device_worker")
@open_to(everyone)
def show_worker() -> Response:
    """Give the service worker; with `?envoi` it is a module, which also sends the queue in the background.

    Its first line names the version, so that a browser sees by one byte that something of the page has changed.
    """
    files = _files()
    version = hashlib.sha256()
    for text in (_shell(), _enrolment()):
        version.update(text.encode())
    for path in files.values():
        version.update(path.read_bytes())
    pages = [url_for("attendance.device"), url_for("attendance.device_enrolment")]
    shell = {"version": version.hexdigest()[:16], "files": [*pages, url_for("attendance.device_manifest"), *files]}
    module = url_for("attendance.static", filename="device/background.js")
    parts = [f'import "{module}";'] if "envoi" in request.args else []
    parts += [f"const SHELL = {json.dumps(shell)};", _static("attendance", "device/worker.js").read_text("utf-8")]
    answer = current_app.response_class("\n".join(parts), mimetype="text/javascript")
    # It lies below the scanner's address, which has no slash at its end.
    answer.headers["Service-Worker-Allowed"] = url_for("attendance.device")
    answer.headers["Cache-Control"] = "no-cache"
    return answer


def _shell() -> str:
    let_the_page_use_the_camera()
    causes = [one.value for one in StatementCause]
    return render_template("attendance/device.html", causes=causes, patience=services().scanner_patience)


def _enrolment() -> str:
    return render_template("attendance/device_enrol.html", kiosk_url=KIOSK_PATH)


def _icon(name: str, size: int, purpose: str = "any") -> dict[str, Any]:
    src = url_for("attendance.static", filename=f"device/{name}")
    return {"src": src, "sizes": f"{size}x{size}", "type": "image/png", "purpose": purpose}


def _files() -> dict[str, Path]:
    """Return what the page is made of, by address; what the set-up has not fetched is not there."""
    named = [("attendance", name) for name in (*_OF_ATTENDANCE, *_modules())]
    named += [("foundation", name) for name in _OF_FOUNDATION]
    found = {url_for(f"{package}.static", filename=name): _static(package, name) for package, name in named}
    return {address: path for address, path in found.items() if path.is_file()}


def _modules() -> Iterable[str]:
    root = _static("attendance", "")
    for folder in _MODULES:
        for path in sorted((root / folder).glob("*.*")):
            name = f"{folder}/{path.name}"
            if path.suffix in {".js", ".css", ".png"} and name not in _NOT_KEPT:
                yield name


def _static(package: str, name: str) -> Path:
    folder = current_app.blueprints[package].static_folder
    return Path(folder or "") / name
