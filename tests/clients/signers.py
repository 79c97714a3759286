"""Other implementations of what the library signs: botocore and npm's aws4 for SigV4; for SDK-HMAC-SHA256 and ACS3-HMAC-SHA256 one
that was written here by the public rules; Python's cryptography and Node's crypto for tokens.

They see the request as it goes out, target and headers, and not what the library was asked.
"""
import base64
import datetime
import hashlib
import hmac
import json
import pathlib
import re
import subprocess
import urllib.parse

HERE = pathlib.Path(__file__).resolve().parent

AWS4 = """
const aws4 = require("aws4");
const jobs = JSON.parse(require("fs").readFileSync(0));
console.log(JSON.stringify(jobs.map(({job, answer}) => {
  const {authorization, ...headers} = answer.headers;
  const signer = new aws4.RequestSigner({
    method: job.method, host: job.host, path: answer.target, headers, body: job.body, service: job.service, region: job.region,
  }, {accessKeyId: job.accessKey, secretAccessKey: job.secretKey});
  signer.parsePath();
  signer.datetime = headers["x-amz-date"];
  return signer.authHeader();
})));
"""

VERIFY = """
const crypto = require("crypto");
const jobs = JSON.parse(require("fs").readFileSync(0));
console.log(JSON.stringify(jobs.map(({token, publicKey}) => {
  const [header, payload, signature] = token.split(".");
  const verify = crypto.createVerify("RSA-SHA256").update(`${header}.${payload}`);
  return verify.verify(publicKey, Buffer.from(signature, "base64url"));
})));
"""


def in_node(script, jobs):
    done = subprocess.run(["node", "-e", script], input=json.dumps(jobs), capture_output=True, text=True, timeout=300, cwd=HERE)
    if done.returncode != 0:
        raise RuntimeError(done.stderr)
    return json.loads(done.stdout)


def botocore_authorization(job, answer):
    from botocore.auth import S3SigV4Auth, SigV4Auth
    from botocore.awsrequest import AWSRequest
    from botocore.credentials import Credentials

    written = {"authorization", "host", "x-amz-date", "x-amz-security-token", "x-amz-content-sha256"}
    headers = {name: value for name, value in answer["headers"].items() if name not in written}
    request = AWSRequest(job["method"], f"http://{job['host']}{answer['target']}", headers, job["body"].encode())
    request.context["timestamp"] = re.sub("[-:]", "", job["time"])
    signer = (S3SigV4Auth if job["service"] == "s3" else SigV4Auth)(
        Credentials(job["accessKey"], job["secretKey"], job.get("sessionToken") or None), job["service"], job["region"])
    signer._modify_request_before_signing(request)
    to_sign = signer.string_to_sign(request, signer.canonical_request(request))
    signer._inject_signature_to_request(request, signer.signature(to_sign, request))
    return request.headers["Authorization"]


def sha256(text):
    return hashlib.sha256(text.encode()).hexdigest()


def encoded(text):
    return urllib.parse.quote(text, safe="-_.~")


def canonical(job, answer, signed, path):
    """The canonical request of Huawei Cloud and Alibaba Cloud, which are alike but for the path."""
    query = urllib.parse.urlsplit(answer["target"]).query
    parameters = sorted(urllib.parse.parse_qsl(query, keep_blank_values=True), key=lambda pair: [part.encode() for part in pair])
    lines = [job["method"], path, "&".join(f"{encoded(name)}={encoded(value)}" for name, value in parameters)]
    lines += [f"{name}:{answer['headers'][name].strip(' ')}" for name in signed]
    return "\n".join([*lines, "", ";".join(signed), sha256(job["body"])])


def path_of(answer):
    path = urllib.parse.unquote(answer["target"].split("?")[0])
    return "/".join(encoded(segment) for segment in path.split("/"))


def huawei_authorization(job, answer):
    signed = sorted(set(answer["headers"]) - {"authorization"})
    path = path_of(answer)
    text = canonical(job, answer, signed, path if path.endswith("/") else path + "/")
    to_sign = "\n".join(["SDK-HMAC-SHA256", answer["headers"]["x-sdk-date"], sha256(text)])
    signature = hmac.new(job["secretKey"].encode(), to_sign.encode(), "sha256").hexdigest()
    return f"SDK-HMAC-SHA256 Access={job['accessKey']}, SignedHeaders={';'.join(signed)}, Signature={signature}"


def alibaba_authorization(job, answer):
    signed = sorted(name for name in answer["headers"] if name in ("host", "content-type") or name.startswith("x-acs-"))
    to_sign = "ACS3-HMAC-SHA256\n" + sha256(canonical(job, answer, signed, path_of(answer)))
    signature = hmac.new(job["secretKey"].encode(), to_sign.encode(), "sha256").hexdigest()
    return f"ACS3-HMAC-SHA256 Credential={job['accessKey']},SignedHeaders={';'.join(signed)},Signature={signature}"


def goes_out_as_asked(job, answer):
    """Whether target and headers have what the job has, in the form of its dialect."""
    moment = datetime.datetime.strptime(job["time"], "%Y-%m-%dT%H:%M:%SZ")
    names = {"sigv4": ("x-amz-date", "x-amz-security-token"), "sdk-hmac-sha256": ("x-sdk-date", "x-security-token"),
             "acs3-hmac-sha256": ("x-acs-date", "x-acs-security-token")}[job["scheme"]]
    form = "%Y-%m-%dT%H:%M:%SZ" if job["scheme"].startswith("acs3") else "%Y%m%dT%H%M%SZ"
    headers = answer["headers"]
    path, _, query = answer["target"].partition("?")
    parameters = urllib.parse.parse_qsl(query, keep_blank_values=True, strict_parsing=bool(query))
    return (urllib.parse.unquote(path) == (job["path"] or "/") and sorted(parameters) == sorted(map(tuple, job["query"]))
            and headers["host"] == job["host"] and headers[names[0]] == moment.strftime(form)
            and headers.get(names[1], "") == job.get("sessionToken", "")
            and all(headers[name.lower()] == value for name, value in job["headers"])
            and not re.search("[^!-~]", answer["target"]))


def part_of(token, number):
    text = token.split(".")[number]
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
