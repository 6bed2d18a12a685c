"""What `.ci/registries` runs: starts the servers, has them mint tokens, leaks those, and checks what skelkey says."""

import base64
import json
import os
import pathlib
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request

import pypitoken

SKELKEY, TOOLS = sys.argv[1], pathlib.Path(sys.argv[2])
PASSWORD = "a-password-of-the-test"
DAY = 86_400
# How long the tokens live that must end during the run: a machine that is too slow for one tries the next.
PATIENCE = (20, 60, 150)


def free_port():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


class Server:
    """A server in a process group of its own, so that all of it is stopped."""

    running = []

    def __init__(self, name, command, folder, ready):
        self.name, self.command, self.folder, self.ready = name, command, folder, ready
        self.start()

    def start(self):
        log = open(self.folder / f"{self.name}.log", "ab")
        self.process = subprocess.Popen(
            self.command, cwd=self.folder, stdout=log, stderr=log, start_new_session=True
        )
        Server.running.append(self)
        for _ in range(300):
            if self.process.poll() is not None:
                self.fail("ended at once")
            try:
                with urllib.request.urlopen(self.ready, timeout=2):
                    return
            except urllib.error.HTTPError:
                return
            except OSError:
                time.sleep(0.2)
        self.fail("does not answer")

    def fail(self, why):
        text = (self.folder / f"{self.name}.log").read_text(errors="replace")
        sys.exit(f"{self.name} {why}\n{text[-4000:]}")

    def stop(self):
        if self in Server.running:
            Server.running.remove(self)
        if self.process.poll() is None:
            os.killpg(self.process.pid, signal.SIGTERM)
            try:
                self.process.wait(10)
            except subprocess.TimeoutExpired:
                os.killpg(self.process.pid, signal.SIGKILL)
                self.process.wait()


def call(method, url, body=None, headers=()):
    """The server's answer as JSON; any refusal ends the run."""
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(url, data, dict(headers), method=method)
    request.add_header("content-type", "application/json")
    request.add_header("accept", "application/json")
    try:
        with urllib.request.urlopen(request, timeout=30) as answer:
            return json.loads(answer.read())
    except urllib.error.HTTPError as error:
        sys.exit(f"{method} {url}: {error.code} {error.read()[:500]!r}")


def leak(folder, files):
    """A repository that has committed these files."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in files.items():
        (folder / name).write_text(text)
    quiet = {"cwd": folder, "check": True, "stdout": subprocess.DEVNULL}
    if not (folder / ".git").exists():
        subprocess.run(["git", "init", "-q"], **quiet)
    identity = ["-c", "user.name=ci", "-c", "user.email=ci@acme.example"]
    subprocess.run(["git", "add", "-A"], **quiet)
    subprocess.run(["git", *identity, "commit", "-q", "--allow-empty", "-m", "leak"], **quiet)


def scan(repository, config, *arguments):
    """The findings by issuer and owner of the secret, and what was said besides."""
    command = [SKELKEY, "scan", str(repository), "--config", str(config), "-f", "json", "--exit-zero", *arguments]
    run = subprocess.run(command, capture_output=True, text=True, env={"HOME": str(repository), "PATH": os.environ["PATH"]})
    if run.returncode != 0:
        sys.exit(f"skelkey ended with {run.returncode}\n{run.stderr}")
    return json.loads(run.stdout), run.stderr, run.stdout


def finding(report, path, rule=None):
    """The one finding in this file."""
    fitting = [f for f in report["findings"] if any(p["path"].endswith(path) for p in f["places"])]
    fitting = [f for f in fitting if rule is None or f["rule"] == rule]
    if len(fitting) != 1:
        found = [(f["rule"], [p["path"] for p in f["places"]]) for f in report["findings"]]
        sys.exit(f"expected one finding in {path}, not {len(fitting)}: {found}")
    return fitting[0]


def state(found):
    is_ = found["judgement"]["state"]
    return is_["is"] if is_["is"] != "inactive" else f"inactive: {is_['because']}"


def said(found, tier):
    """What the witness of this tier says."""
    facts = [s["facts"] for s in found["dossier"] if s["evidence"]["tier"] == tier]
    return facts[0] if facts else None


def check(what, expected, got):
    if expected != got:
        sys.exit(f"{what}: expected {expected!r}, got {got!r}")
    print(f"  {what}: {got}")


def no_secret(secrets, *texts):
    for secret in secrets:
        if any(secret in text for text in texts):
            sys.exit("a report holds a token")


class Verdaccio:
    """A registry that signs its tokens (`life`), or encrypts a name and a password into them (no `life`)."""

    def __init__(self, folder):
        folder.mkdir()
        self.folder, self.port, self.server = folder, free_port(), None
        self.url = f"http://127.0.0.1:{self.port}"

    def run(self, life=None):
        self.stop()
        signed = {"legacy": False, "jwt": {"sign": {"expiresIn": life}}}
        config = {
            "storage": str(self.folder / "storage"),
            "auth": {"htpasswd": {"file": str(self.folder / "htpasswd"), "algorithm": "bcrypt", "rounds": 4}},
            "uplinks": {},
            "packages": {"**": {"access": "$all", "publish": "$authenticated"}},
            "security": {"api": signed if life else {"legacy": True}},
            "log": {"type": "stdout", "format": "pretty", "level": "warn"},
        }
        (self.folder / "config.yaml").write_text(json.dumps(config))  # JSON is YAML
        binary = str(TOOLS / "node_modules/verdaccio/bin/verdaccio")
        command = ["node", binary, "-c", "config.yaml", "-l", f"127.0.0.1:{self.port}"]
        self.server = Server("verdaccio", command, self.folder, f"{self.url}/-/ping")

    def stop(self):
        if self.server:
            self.server.stop()

    def login(self, user):
        """A session of a new user."""
        body = {"name": user, "password": PASSWORD}
        return call("PUT", f"{self.url}/-/user/org.couchdb.user:{user}", body)["token"]

    def mint(self, session):
        """A token as `npm token create` makes one."""
        body = {"password": PASSWORD, "readonly": False, "cidr_whitelist": []}
        return call("POST", f"{self.url}/-/npm/v1/tokens", body, {"authorization": f"Bearer {session}"})


def verdaccio(folder):
    print("== verdaccio: signed tokens and legacy tokens")
    folder.mkdir()
    signing, encrypting = Verdaccio(folder / "signing"), Verdaccio(folder / "encrypting")
    encrypting.run()
    legacy = encrypting.mint(encrypting.login("cid"))["token"]
    signing.run("9d")
    session = signing.login("bob")
    long = signing.mint(session)
    repository = folder / "repository"
    hosts = f'hosts = ["{signing.url}", "{encrypting.url}"]\nassume = true\n'
    config = folder / "skelkey.toml"
    config.write_text(f"[issuers.verdaccio]\n{hosts}[issuers.npm]\n{hosts}")
    # A port has to stand where the rules read a server: both are on one host.
    note = "# registry: %s/\n"
    for number, patience in enumerate(PATIENCE):
        signing.run(f"{patience}s")
        soon = time.time() + patience
        short = signing.mint(signing.login(f"ann{number}"))["token"]
        leak(repository, {
            f"{name}.npmrc": note % server.url + f"//127.0.0.1:{server.port}/:_authToken={token}\n"
            for name, server, token in [
                ("short", signing, short), ("long", signing, long["token"]), ("legacy", encrypting, legacy),
            ]
        })
        report, notes, text = scan(repository, config, "--probe=verdaccio,npm")
        if time.time() < soon - 1:
            break
    else:
        sys.exit("this machine is too slow: the short token ended before it could be asked about")
    secrets = [short, long["token"], legacy]
    no_secret(secrets, notes, text)
    for name, owner in [("short", f"ann{number}"), ("long", "bob"), ("legacy", "cid")]:
        found = finding(report, f"{name}.npmrc")
        check(f"{name}, asked", "active", state(found))
        check(f"{name}, the server says whose", owner, said(found, "probed")["owner"])
    check("short, decoded owner", f"ann{number}", said(finding(report, "short.npmrc"), "decoded")["owner"])
    check("long, decoded life", 9 * DAY, life(said(finding(report, "long.npmrc"), "decoded")))
    check("legacy, decoded end", "never", said(finding(report, "legacy.npmrc"), "decoded")["expires"])

    # Nothing is sent in a dry run, nor to a server that no configuration names.
    report, notes, text = scan(repository, config, "--probe=verdaccio,npm", "--dry-run")
    if "would send GET" not in notes:
        sys.exit(f"the dry run shows no request\n{notes}")
    no_secret(secrets, notes, text)
    check("long, dry run", None, said(finding(report, "long.npmrc"), "probed"))
    bare = folder / "bare.toml"
    bare.write_text("")
    report, notes, _ = scan(repository, bare, "--probe")
    check("long, server not named", None, said(finding(report, "long.npmrc"), "probed"))

    # Deleting a signed token from the list ends nothing, and skelkey must not say that it did.
    path = f"/-/npm/v1/tokens/token/{long['key']}"
    call("DELETE", signing.url + path, None, {"authorization": f"Bearer {long['token']}"})
    time.sleep(max(0.0, soon + 1 - time.time()))
    report, notes, text = scan(repository, config, "--probe=verdaccio,npm")
    no_secret(secrets, notes, text)
    check("long, taken off the list", "active", state(finding(report, "long.npmrc")))
    check("short, ended by its own text", "inactive: expired", state(finding(report, "short.npmrc")))
    check("short, not sent any more", None, said(finding(report, "short.npmrc"), "probed"))

    # A new secret of the server ends all that it signed; without its user a legacy token is nobody's.
    signing.stop()
    for kept in (signing.folder / "storage").glob(".verdaccio-db.json"):
        kept.unlink()
    signing.run("9d")
    encrypting.stop()
    (encrypting.folder / "htpasswd").write_text("")
    encrypting.run()
    report, notes, text = scan(repository, config, "--probe=verdaccio,npm")
    check("long, its server's secret changed", "inactive: rejected", state(finding(report, "long.npmrc")))
    check("legacy, its user gone", "inactive: rejected", state(finding(report, "legacy.npmrc")))
    signing.stop()
    encrypting.stop()


def life(facts):
    from datetime import datetime

    moment = lambda text: datetime.fromisoformat(text.replace("Z", "+00:00"))
    return int((moment(facts["expires"]["at"]) - moment(facts["created"])).total_seconds())


def devpi(folder):
    print("== devpi with devpi-tokens")
    folder.mkdir()
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    binaries = TOOLS / "python/bin"
    init = [str(binaries / "devpi-init"), "--serverdir", "data", "--root-passwd", PASSWORD, "--no-root-pypi"]
    done = subprocess.run(init, cwd=folder, capture_output=True, text=True)
    if done.returncode != 0:
        sys.exit(f"devpi-init failed\n{done.stdout}{done.stderr}")
    command = [str(binaries / "devpi-server"), "--serverdir", "data", "--host", "127.0.0.1", "--port", str(port)]
    server = Server("devpi", command, folder, f"{url}/+api")
    own = {"x-devpi-auth": base64.b64encode(f"root:{PASSWORD}".encode()).decode()}

    def mint(**limits):
        return call("POST", f"{url}/root/+token-create", limits, own)["result"]["token"]

    end = int(time.time()) + 30 * DAY
    tokens = {
        "upload": mint(allowed=["upload"], indexes=["root/dev"], projects=["acme"], expires=end),
        "read": mint(allowed=["pkg_read"], expires=end),
        "later": mint(allowed=["upload"], expires=end, not_before=end - DAY),
    }
    tokens["altered"] = tokens["read"][:-6] + ("AAAAAA" if tokens["read"][-6:] != "AAAAAA" else "BBBBBB")
    repository = folder / "repository"
    config = folder / "skelkey.toml"
    config.write_text(f'[issuers.devpi]\nhosts = ["{url}"]\nassume = true\n')
    for patience in PATIENCE:
        soon = int(time.time()) + patience
        tokens["short"] = mint(allowed=["upload"], expires=soon)
        leak(repository, {f"{name}.env": f"DEVPI_TOKEN={token}\n" for name, token in tokens.items()})
        report, notes, text = scan(repository, config, "--probe=devpi")
        if time.time() < soon - 1:
            break
    else:
        sys.exit("this machine is too slow: the short token ended before it could be asked about")
    no_secret(tokens.values(), notes, text)
    for name in ["upload", "read", "short"]:
        found = finding(report, f"{name}.env", "devpi-token")
        check(f"{name}, asked", "active", state(found))
        check(f"{name}, the server says whose", "root", said(found, "probed")["owner"])
    found = said(finding(report, "upload.env", "devpi-token"), "decoded")
    grant = found["grants"][0]
    check("upload, decoded action", ["upload"], [action["name"] for action in grant["actions"]])
    check("upload, decoded projects", {"named": ["acme"]}, grant["subjects"])
    check("upload, decoded end", end, seconds(found["expires"]["at"]))
    check("later, not valid yet", "unknown", state(finding(report, "later.env", "devpi-token")))
    # Nothing near these names the server, and a refusal of a server that is only guessed proves nothing.
    check("altered, server guessed", "unknown", state(finding(report, "altered.env", "devpi-token")))

    index = f"index-url = http://root:%s@127.0.0.1:{port}/root/dev/+simple/\n"
    leak(repository, {f"{name}.env": index % token for name, token in tokens.items()})
    listed = call("GET", f"{url}/root/+tokens", None, own)["result"]["tokens"]
    upload = next(key for key, one in listed.items() if "projects=acme" in one["restrictions"])
    call("DELETE", f"{url}/root/+tokens/{upload}", None, own)
    time.sleep(max(0.0, soon + 1 - time.time()))
    report, notes, text = scan(repository, config, "--probe=devpi")
    no_secret(tokens.values(), notes, text)
    for name, expected in [
        ("upload", "inactive: revoked"),
        ("read", "active"),
        ("short", "inactive: expired"),
        ("later", "unknown"),
        ("altered", "inactive: rejected"),
    ]:
        check(f"{name}, afterwards", expected, state(finding(report, f"{name}.env", "devpi-token")))
    check("short, not sent any more", None, said(finding(report, "short.env", "devpi-token"), "probed"))
    server.stop()


def seconds(text):
    from datetime import datetime

    return int(datetime.fromisoformat(text.replace("Z", "+00:00")).timestamp())


def pypi(folder):
    print("== PyPI tokens, minted by pypitoken")
    folder.mkdir()

    def token(domain, **caveats):
        made = pypitoken.Token.create(domain=domain, identifier="not-a-real-one", key="k" * 32)
        if caveats:
            made.restrict(**caveats)
        return made.dump()

    start, end = int(time.time()) - DAY, int(time.time()) + 90 * DAY
    tokens = {
        "account": token("pypi.org"),
        "project": token("pypi.org", legacy_project_names=["acme", "acme-core"]),
        "dated": token("pypi.org", not_before=start, not_after=end),
        "ended": token("pypi.org", not_before=start - DAY, not_after=start),
        "test": token("test.pypi.org"),
    }
    repository = folder / "repository"
    leak(repository, {f"{name}.env": f"TWINE_PASSWORD={text}\n" for name, text in tokens.items()})
    config = folder / "skelkey.toml"
    config.write_text("")
    report, notes, text = scan(repository, config)
    no_secret(tokens.values(), notes, text)

    def decoded(name):
        return said(finding(report, f"{name}.env"), "decoded")

    check("project, decoded", {"named": ["acme", "acme-core"]}, decoded("project")["grants"][0]["subjects"])
    check("account, decoded", "everything", decoded("account")["grants"][0]["subjects"])
    check("dated, decoded end", end, seconds(decoded("dated")["expires"]["at"]))
    check("ended, by its own text", "inactive: expired", state(finding(report, "ended.env")))
    check("dated, nobody asked", "unknown", state(finding(report, "dated.env")))
    check("test, whose", "testpypi", finding(report, "test.env")["issuer"])
    check("account, whose", "pypi", finding(report, "account.env")["issuer"])


def main():
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("stopped"))
    with tempfile.TemporaryDirectory(prefix="skelkey-registries-") as folder:
        try:
            pypi(pathlib.Path(folder) / "pypi")
            devpi(pathlib.Path(folder) / "devpi")
            verdaccio(pathlib.Path(folder) / "verdaccio")
        finally:
            for server in list(Server.running):
                server.stop()
    print("== registries: all as expected")


main()
