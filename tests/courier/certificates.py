"""An authority of the tests' own, and certificates that it signs: made when a test starts, good for nothing else."""
import datetime
import ipaddress

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

DAY = datetime.timedelta(days=1)


def _name(text):
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text)])


def _pem(certificate):
    return certificate.public_bytes(serialization.Encoding.PEM)


class Authority:
    def __init__(self, folder, name):
        self.folder, self.name = folder, name
        self._key = ec.generate_private_key(ec.SECP256R1())
        self.file = folder / (name.replace(" ", "-") + ".pem")
        self._certificate = self._sign(name, self._key.public_key(), -DAY, 30 * DAY, authority=True)
        self.file.write_bytes(_pem(self._certificate))

    def _sign(self, subject, key, begin, end, names=(), authority=False):
        now = datetime.datetime.utcnow()
        builder = (x509.CertificateBuilder().subject_name(_name(subject)).issuer_name(_name(self.name)).public_key(key)
                   .serial_number(x509.random_serial_number()).not_valid_before(now + begin).not_valid_after(now + end)
                   .add_extension(x509.BasicConstraints(ca=authority, path_length=None), critical=True))
        if names:
            builder = builder.add_extension(x509.SubjectAlternativeName(list(names)), critical=False)
        return builder.sign(self._key, hashes.SHA256())

    def issue(self, names, begin=-DAY, end=DAY, subject="server"):
        """A file with certificate and key for these names and addresses."""
        def entry(name):
            try:
                return x509.IPAddress(ipaddress.ip_address(name))
            except ValueError:
                return x509.DNSName(name)
        key = ec.generate_private_key(ec.SECP256R1())
        certificate = self._sign(subject, key.public_key(), begin, end, [entry(n) for n in names])
        file = self.folder / f"{certificate.serial_number}.pem"
        file.write_bytes(_pem(certificate) + key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()))
        return file

    def own(self, names):
        """A certificate that has signed itself."""
        return Authority(self.folder, f"self {names[0]}").issue_own(names)

    def issue_own(self, names):
        certificate = self._sign(self.name, self._key.public_key(), -DAY, DAY, [x509.DNSName(n) for n in names])
        file = self.folder / f"own-{certificate.serial_number}.pem"
        file.write_bytes(_pem(certificate) + self._key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()))
        return file
