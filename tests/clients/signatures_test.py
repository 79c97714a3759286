#!/usr/bin/python3
"""signatures_test.py SIGN_REQUESTS: what the library signs is what other implementations sign, and others can verify its tokens.

Before an implementation is asked about requests that were made up here, it is held to the published signatures itself.
"""
import importlib.util
import json
import pathlib
import random
import shutil
import subprocess
import sys
import unittest

HERE = pathlib.Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parent / "support")]
import counted  # noqa: E402
import signers  # noqa: E402

PROGRAM = pathlib.Path(sys.argv.pop(1)).resolve()
VECTORS = json.loads((HERE.parent / "unit/lib/signing/published_vectors.json").read_text())
COUNT = 1000

PIECES = list("abZ09-_.~ !\"#$%&'()*+,/:;<=>?@[\\]^`{|}") + ["é", "ሴ", "😀", "%20", "//", "/.", "/..", "/../", "  ", "a=b&c"]
# Header values have no letters beyond ASCII: clients do not agree on how these are sent.
VALUES = list("abZ09-_.~!\"#$%&'()*+,/:;<=>?@[]{} ") + ["  ", "   "]
SECRETS = PIECES + ["\x01", "\n", "\x7f", "\u0100", "+/="]


def made_up(scheme, source):
    def text(pieces, least, most):
        return "".join(source.choices(pieces, k=source.randint(least, most)))

    names = source.sample(["Content-Type", "X-Custom", "accept", "x-acs-more", "X-Amz-Target", "x-project-id"], source.randint(0, 4))
    return {
        "scheme": scheme, "time": f"{source.randint(1970, 2400)}-{source.randint(1, 12):02}-{source.randint(1, 28):02}T"
                                  f"{source.randint(0, 23):02}:{source.randint(0, 59):02}:{source.randint(0, 59):02}Z",
        "method": source.choice(["GET", "POST", "PUT", "DELETE", "HEAD"]),
        "host": source.choice(["example.com", "sts.eu-north-1.example.com:8443", "127.0.0.1:9000", "xn--bcher-kva.example"]),
        "path": source.choice(["", "/", "/" + text(PIECES, 0, 12), "/v3/" + text(PIECES, 0, 6) + "/"]),
        "query": [[source.choice("abcdABCD{_") + text(PIECES, 0, 4), text(PIECES, 0, 5)] for _ in range(source.randint(0, 5))],
        "headers": [[name, text(VALUES, 0, 8)] for name in names],
        "body": source.choice(["", "Action=GetCallerIdentity&Version=2011-06-15", text(SECRETS, 1, 30)]),
        "accessKey": text(list("AKIDZ0189.-_+"), 1, 30), "secretKey": text(SECRETS, 1, 80),
        "sessionToken": source.choice(["", text(list("abcXYZ019+/="), 1, 500)]),
        "region": source.choice(["us-east-1", "cn-north-1", "auto"]), "service": source.choice(["sts", "s3", "execute-api"]),
        "action": "GetCallerIdentity", "version": "2015-04-01", "nonce": source.choice(["", "0123456789abcdef"]),
    }


# What goes wrong most easily, for every dialect.
EDGES = [
    {"query": [["acl", ""]]}, {"query": [["a", "2"], ["a", "1"], ["a", ""], ["A", "3"]]}, {"query": [["a+b", "c d"], ["a b", "c+d"]]},
    {"query": [["{", "1"], ["a", "2"], ["~", "3"], ["é", "4"]]}, {"path": "/é ሴ/%41/+"}, {"path": ""}, {"path": "//a//b//"},
    {"path": "/a/./b/../../c/.."}, {"headers": [["X-Custom", "  a   b  "]]}, {"headers": [["X-Custom", ""]]},
    {"sessionToken": "token+/=="}, {"service": "s3", "path": "/bucket/a//b/../c d+é"}, {"service": "s3", "body": "é"},
    {"secretKey": "\x01\x7f é\"\\ " * 20}, *({"secretKey": "x" * size} for size in (60, 61, 64, 65)),  # around HMAC's block
    {"path": "/v3/auth/domains"}, {"path": "/v3/auth/domains/"}, {"host": "example.com:8443"},
]


def jobs_for(scheme):
    source = random.Random(scheme)
    plain = {**made_up(scheme, source), "method": "POST", "path": "/", "query": [], "headers": [], "body": "",
             "host": "example.com", "accessKey": "AKID", "secretKey": "secret", "sessionToken": "", "service": "sts"}
    return [{**plain, **edge} for edge in EDGES] + [made_up(scheme, source) for _ in range(COUNT)]


def signed(jobs):
    done = subprocess.run([PROGRAM], input=json.dumps(jobs), capture_output=True, text=True, timeout=300)
    if done.returncode != 0:
        raise RuntimeError(done.stderr)
    return json.loads(done.stdout)


class Requests(unittest.TestCase):
    def check(self, scheme, authorizations, passes_over=lambda job: False):
        published = [job for job in VECTORS if job["scheme"] == scheme and "host" in job]
        self.assertTrue(published)
        for job, theirs in zip(published, authorizations(published, signed(published))):
            for part in (f"SignedHeaders={job['signedHeaders']}", f"Signature={job['signature']}"):
                self.assertIn(part, theirs, f"the other implementation, {job['origin']}")
        jobs = [job for job in jobs_for(scheme) if not passes_over(job)]
        self.assertGreater(len(jobs), COUNT / 2)
        answers = signed(jobs)
        for job, answer, theirs in zip(jobs, answers, authorizations(jobs, answers), strict=True):
            self.assertEqual(answer["headers"]["authorization"], theirs, job)
            self.assertTrue(signers.goes_out_as_asked(job, answer), job)

    def test_botocore(self):
        if importlib.util.find_spec("botocore") is None:
            self.skipTest("python3-boto3 is not installed")
        self.check("sigv4", lambda jobs, answers: [signers.botocore_authorization(*both) for both in zip(jobs, answers)])

    def test_aws4(self):
        if shutil.which("node") is None or not (HERE / "node_modules/aws4").is_dir():
            self.skipTest("aws4 from npm is not installed")
        # It signs one of several parameters of a name for S3.
        twice = lambda job: job["service"] == "s3" and len({name for name, _ in job["query"]}) < len(job["query"])  # noqa: E731
        self.check("sigv4", lambda jobs, answers: signers.in_node(
            signers.AWS4, [{"job": job, "answer": answer} for job, answer in zip(jobs, answers)]), twice)

    def test_rules_of_huawei(self):
        self.check("sdk-hmac-sha256",
                   lambda jobs, answers: [signers.huawei_authorization(*both) for both in zip(jobs, answers)])

    def test_rules_of_alibaba(self):
        self.check("acs3-hmac-sha256",
                   lambda jobs, answers: [signers.alibaba_authorization(*both) for both in zip(jobs, answers)])


class Tokens(unittest.TestCase):
    CLAIMS = {"scheme": "jwt", "time": "2026-02-03T12:00:00Z", "keyId": "0123abcd", "issuer": "robot \"é\\\n@example.com",
              "audience": "https://oauth2.example.com/token", "scope": "one two", "lifetime": 3600}

    @classmethod
    def setUpClass(cls):
        if importlib.util.find_spec("cryptography") is None:
            raise unittest.SkipTest("python3-cryptography is not installed")
        from cryptography.hazmat.primitives import serialization
        from cryptography.hazmat.primitives.asymmetric import rsa

        pkcs8, pkcs1 = serialization.PrivateFormat.PKCS8, serialization.PrivateFormat.TraditionalOpenSSL
        cls.keys, cls.jobs = [], []
        for bits, form in ((2048, pkcs8), (2048, pkcs1), (3072, pkcs8), (4096, pkcs1)):
            key = rsa.generate_private_key(65537, bits)
            pem = key.private_bytes(serialization.Encoding.PEM, form, serialization.NoEncryption()).decode()
            cls.keys.append(key)
            cls.jobs.append({**cls.CLAIMS, "privateKey": pem})
        cls.tokens = [answer["token"] for answer in signed(cls.jobs)]

    def test_claims(self):
        for token in self.tokens:
            self.assertNotIn("=", token)
            self.assertEqual(json.loads(signers.part_of(token, 0)), {"alg": "RS256", "typ": "JWT", "kid": "0123abcd"})
            self.assertEqual(json.loads(signers.part_of(token, 1)), {
                "iss": self.CLAIMS["issuer"], "scope": "one two", "aud": self.CLAIMS["audience"],
                "iat": 1770120000, "exp": 1770123600})

    def test_cryptography(self):
        from cryptography.exceptions import InvalidSignature
        from cryptography.hazmat.primitives import hashes
        from cryptography.hazmat.primitives.asymmetric import padding

        for key, token in zip(self.keys, self.tokens):
            text = token.rsplit(".", 1)[0].encode()
            key.public_key().verify(signers.part_of(token, 2), text, padding.PKCS1v15(), hashes.SHA256())
            with self.assertRaises(InvalidSignature):
                key.public_key().verify(signers.part_of(token, 2), text + b"x", padding.PKCS1v15(), hashes.SHA256())

    def test_node(self):
        if shutil.which("node") is None:
            self.skipTest("node is not installed")
        from cryptography.hazmat.primitives import serialization

        public = [key.public_key().public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo).decode()
                  for key in self.keys]
        jobs = [{"token": token, "publicKey": key} for token, key in zip(self.tokens, public)]
        jobs.append({"token": self.tokens[0], "publicKey": public[1]})  # the control
        self.assertEqual(signers.in_node(signers.VERIFY, jobs), [True] * len(self.keys) + [False])

    def test_keys_that_are_none(self):
        from cryptography.hazmat.primitives import serialization
        from cryptography.hazmat.primitives.asymmetric import dsa, ec, ed25519, rsa

        encoding, form = serialization.Encoding.PEM, serialization.PrivateFormat
        secret = serialization.BestAvailableEncryption(b"pass phrase")
        rsa_key, plain = rsa.generate_private_key(65537, 2048), serialization.NoEncryption()
        cases = [
            (rsa_key.private_bytes(encoding, form.PKCS8, secret), "an encrypted key"),
            (rsa_key.private_bytes(encoding, form.TraditionalOpenSSL, secret), "an encrypted key"),
            (rsa_key.private_bytes(encoding, form.OpenSSH, plain), "OPENSSH PRIVATE KEY"),
            (ec.generate_private_key(ec.SECP256R1()).private_bytes(encoding, form.PKCS8, plain), "a key for another algorithm"),
            (ec.generate_private_key(ec.SECP256R1()).private_bytes(encoding, form.TraditionalOpenSSL, plain), "EC PRIVATE KEY"),
            (ed25519.Ed25519PrivateKey.generate().private_bytes(encoding, form.PKCS8, plain), "a key for another algorithm"),
            (dsa.generate_private_key(1024).private_bytes(encoding, form.PKCS8, plain), "a key for another algorithm"),
            (rsa.generate_private_key(65537, 1024).private_bytes(encoding, form.PKCS8, plain), "an RSA key of 1024 bits"),
            (rsa_key.public_key().public_bytes(encoding, serialization.PublicFormat.SubjectPublicKeyInfo), "PUBLIC KEY"),
        ]
        answers = signed([{**self.CLAIMS, "privateKey": key.decode()} for key, _ in cases])
        for (key, found), answer in zip(cases, answers):
            self.assertEqual(answer["code"], "invalid_value", answer)
            self.assertIn(found, answer["details"][0])
            for line in key.decode().splitlines()[1:-1]:
                self.assertNotIn(line[:16] or "-----", " ".join(answer["details"]).replace("-----", ""))


if __name__ == "__main__":
    counted.main("signatures")
