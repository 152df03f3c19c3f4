# SPDX-License-Identifier: Apache-2.0
"""tls - a CA of our own, certificates good and bad, and which of them a connection gets.

Lives here: certificates, server contexts.  Not here: who decides that an org's TLS is broken (control.py).
"""

import ipaddress
import ssl
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, load_pem_private_key
from cryptography.x509.oid import NameOID

DOMAIN = "okta.localhost"
MODES = ("good", "untrusted", "wrong_host", "expired")
REFUSE = "refuse"


def _name(text: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text)])


def _pem(key: Any) -> bytes:
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())


def _sign(subject: x509.Name, key: Any, issuer: x509.Name, signer: Any, days: tuple[int, int],
          extensions: list[tuple[x509.ExtensionType, bool]]) -> x509.Certificate:
    now = datetime.utcnow()
    builder = (x509.CertificateBuilder().subject_name(subject).issuer_name(issuer).public_key(key.public_key())
               .serial_number(x509.random_serial_number()).not_valid_before(now + timedelta(days=days[0]))
               .not_valid_after(now + timedelta(days=days[1])))
    for extension, critical in extensions:
        builder = builder.add_extension(extension, critical)
    return builder.sign(signer, hashes.SHA256())


def _make_ca(name: str) -> tuple[x509.Certificate, Any]:
    key = ec.generate_private_key(ec.SECP256R1())
    usage = x509.KeyUsage(False, False, False, False, False, True, True, False, False)
    extensions: list[tuple[x509.ExtensionType, bool]] = [
        (x509.BasicConstraints(ca=True, path_length=0), True), (usage, True),
        (x509.SubjectKeyIdentifier.from_public_key(key.public_key()), False)]
    return _sign(_name(name), key, _name(name), key, (-30, 3650), extensions), key


def _make_leaf(ca: tuple[x509.Certificate, Any], names: list[x509.GeneralName], days: tuple[int, int]) -> bytes:
    certificate, signer = ca
    key = ec.generate_private_key(ec.SECP256R1())
    extensions: list[tuple[x509.ExtensionType, bool]] = [
        (x509.SubjectAlternativeName(names), False), (x509.BasicConstraints(ca=False, path_length=None), True),
        (x509.ExtendedKeyUsage([x509.oid.ExtendedKeyUsageOID.SERVER_AUTH]), False),
        (x509.SubjectKeyIdentifier.from_public_key(key.public_key()), False),
        (x509.AuthorityKeyIdentifier.from_issuer_public_key(signer.public_key()), False)]
    leaf = _sign(_name("simulated okta org"), key, certificate.subject, signer, days, extensions)
    return leaf.public_bytes(Encoding.PEM) + _pem(key)


def _load_ca(folder: Path) -> tuple[x509.Certificate, Any]:
    path, key_path = folder / "ca.pem", folder / "ca-key.pem"
    if path.exists() and key_path.exists():
        return x509.load_pem_x509_certificate(path.read_bytes()), load_pem_private_key(key_path.read_bytes(), None)
    ca = _make_ca("simulated okta org CA")
    path.write_bytes(ca[0].public_bytes(Encoding.PEM))
    key_path.write_bytes(_pem(ca[1]))
    key_path.chmod(0o600)
    return ca


def make_certificates(folder: Path) -> Path:
    """Writes one PEM (certificate and key) per mode, and gives the path of the CA to trust.  A CA found is kept."""
    ca = _load_ca(folder)
    right: list[x509.GeneralName] = [
        x509.DNSName("localhost"), x509.DNSName(f"*.{DOMAIN}"), x509.IPAddress(ipaddress.ip_address("127.0.0.1")),
        x509.IPAddress(ipaddress.ip_address("::1"))]
    wrong: list[x509.GeneralName] = [x509.DNSName("other.example.com")]
    leaves = {"good": _make_leaf(ca, right, (-1, 365)), "wrong_host": _make_leaf(ca, wrong, (-1, 365)),
              "expired": _make_leaf(ca, right, (-20, -2)), "untrusted": _make_leaf(_make_ca("somebody else"), right, (-1, 365))}
    for mode, pem in leaves.items():
        path = folder / f"server-{mode}.pem"
        path.write_bytes(pem)
        path.chmod(0o600)
    return folder / "ca.pem"


def _context(folder: Path, mode: str) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.set_alpn_protocols(["http/1.1"])
    context.load_cert_chain(folder / f"server-{mode}.pem")
    return context


def listening_context(folder: Path, mode_of: Callable[[str | None], str], any_bad: bool) -> ssl.SSLContext:
    """A context that asks `mode_of(host name)` for each connection.

    A new one has new ticket keys, so that nobody resumes a session over a certificate that has become bad; and gives
    no tickets while any org is bad.
    """
    contexts = {mode: _context(folder, mode) for mode in MODES}
    base = _context(folder, "good")
    if any_bad:
        base.num_tickets = 0
        base.options |= ssl.OP_NO_TICKET

    def choose(connection: ssl.SSLObject, name: str | None, _: ssl.SSLContext) -> int | None:
        mode = mode_of(name)
        if mode == REFUSE:
            return ssl.ALERT_DESCRIPTION_HANDSHAKE_FAILURE
        connection.context = contexts[mode]
        return None

    base.sni_callback = choose  # type: ignore[assignment]
    return base
