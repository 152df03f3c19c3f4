# SPDX-License-Identifier: Apache-2.0
"""keys - the key pairs of the service app, as files a collector can be given, and their public halves.

Lives here: making and reading them.  Not here: certificates (tls.py), what the org thinks of a key (state.py).
Keys that are already in the folder are used again, so that a restarted org still knows its clients.
"""

import json
import os
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, load_pem_private_key
from jwcrypto.jwk import JWK

CURVES = {"ec": ec.SECP256R1, "p384": ec.SECP384R1, "p521": ec.SECP521R1, "next": ec.SECP256R1, "stranger": ec.SECP256R1}
NAMES = ("rsa", *CURVES)
REGISTERED = tuple(name for name in NAMES if name != "stranger")


def kid_of(name: str) -> str:
    return f"kid-{name}"


def _write(path: Path, text: bytes) -> None:
    path.unlink(missing_ok=True)
    with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(text)


def _make(name: str) -> Any:
    return rsa.generate_private_key(65537, 2048) if name == "rsa" else ec.generate_private_key(CURVES[name]())


def _load_or_make(folder: Path, name: str) -> Any:
    path = folder / f"client-{name}.pem"
    if path.exists():
        return load_pem_private_key(path.read_bytes(), None)
    key = _make(name)
    _write(path, key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    other = {"rsa": "client-rsa-pkcs1.pem", "ec": "client-ec-sec1.pem"}.get(name)
    if other:
        _write(folder / other, key.private_bytes(Encoding.PEM, PrivateFormat.TraditionalOpenSSL, NoEncryption()))
        jwk = json.loads(JWK.from_pyca(key).export_private())
        _write(folder / f"client-{name}.jwk.json", json.dumps({**jwk, "kid": kid_of(name)}).encode())
    return key


def make_keys(folder: Path) -> dict[str, JWK]:
    """Writes client-*.pem (PKCS#8; also PKCS#1, SEC1 and JWK of the first two) and gives the registered public keys by kid."""
    keys = {name: _load_or_make(folder, name) for name in NAMES}
    return {kid_of(name): JWK.from_pyca(keys[name].public_key()) for name in REGISTERED}
