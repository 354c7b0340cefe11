"""The clients of scripts/cluster, and the count of what became of their writes.

Each write has a name of its own and is sent until it is acknowledged, with that name as its
Idempotency-Key or client_id, now to one server, now to the other. Notes are lines of files in the
run's folder: what was acknowledged and when, and every answer that was none.
"""

import http.client
import json
import os
import random
import signal
import socket
import statistics
import subprocess
import sys
import threading
import time
from collections import Counter
from pathlib import Path

CLIENTS = 8
PAUSE = 0.05  # seconds between two writes of a client: a steady load, not the most
PATIENCE = 60  # seconds that a client waits for an answer
GIVE_UP = 180  # seconds after which, at the end of the run, a write will never be acknowledged
PASSWORD = "la mer recommence"
ADMIN, DONOR, WORKER = "admin@city.example", "dora@donor.example", "rita@workshop.example"


def free_ports(count):
    """Below those that the system gives to outgoing connections: a part that is killed finds its own again."""
    lowest = int(Path("/proc/sys/net/ipv4/ip_local_port_range").read_text(encoding="ascii").split()[0])
    found = []
    for port in random.sample(range(10_000, lowest), 1_000):
        with socket.socket() as trial:
            try:
                trial.bind(("127.0.0.1", port))
            except OSError:
                continue
        found.append(port)
        if len(found) == count:
            return found
    sys.exit("no free ports")


class Server:
    """One connection to one server, kept open while it is used: after five seconds a server closes it."""

    def __init__(self, base):
        self.address = base.removeprefix("http://")
        self.line, self.used = None, 0.0

    def ask(self, method, path, token=None, body=None, key=None, kind="application/json"):
        """Status and body of the answer; 0 and the reason when none came."""
        headers = {"content-type": kind}
        if token:
            headers["authorization"] = f"Bearer {token}"
        if key:
            headers["idempotency-key"] = key
        data = body.encode() if isinstance(body, str) else json.dumps(body or {}).encode()
        if time.time() - self.used > 3:
            self.line = None
        try:
            self.line = self.line or http.client.HTTPConnection(self.address, timeout=PATIENCE)
            self.line.request(method, f"/api/v1{path}", None if method == "GET" else data, headers)
            answer = self.line.getresponse()
            text = answer.read().decode()
        except (OSError, http.client.HTTPException) as cause:
            self.line = None
            return 0, repr(cause)
        self.used = time.time()
        return answer.status, text

    def call(self, method, path, token=None, body=None, **more):
        """What has to succeed, in calm weather."""
        status, text = self.ask(method, path, token, body, **more)
        if not 200 <= status < 300:
            sys.exit(f"{method} {path}: {status} {text}")
        return json.loads(text or "null")

    def sign_in(self, email):
        return self.call("POST", "/auth/login", None, {"email": email, "password": PASSWORD})["access_token"]


def offer(title):
    return {
        "title": title,
        "declared": [{"kind": "desktop", "quantity": 3}],
        "accessories": [],
        "pickup": {
            "address": "1 quai du Port",
            "postal_code": "13002",
            "commune": "Marseille",
            "contact_name": "Dora Don",
            "contact_phone": "04 91 00 00 00",
            "from": "2030-03-01T08:00:00Z",
            "to": "2030-03-31T17:00:00Z",
        },
    }


def mails(folder):
    return [path.read_text(encoding="utf-8", errors="replace") for path in (folder / "ressac/var/mail").glob("*.eml")]


def join(server, admin, folder, email, role, organisation):
    """Invites somebody and follows the link in the mail."""
    server.call("POST", "/users", admin, {"email": email, "name": email, "role": role, "organisation_id": organisation})
    for _ in range(600):
        for mail in mails(folder):
            if f"{email}>" in mail or f"To: {email}" in mail:
                token = mail.split("token=")[1].split()[0].rstrip(">\r\n")
                server.call("POST", "/auth/invitation", None, {"token": token, "password": PASSWORD})
                return server.sign_in(email)
        time.sleep(0.1)
    sys.exit(f"no mail to {email}: no worker sends")


def prepare(folder, base):
    """A donor, a workshop, and a device for each client at its dock."""
    server = Server(base)
    admin = server.sign_in(ADMIN)
    where = {"address": "1 quai", "postal_code": "13002", "commune": "Marseille 2e Arrondissement"}
    donor = server.call("POST", "/organisations", admin, {"kind": "donor", "name": "Donateur", **where})["id"]
    workshop = server.call("POST", "/organisations", admin, {"kind": "workshop", "name": "Atelier", **where})["id"]
    dora = join(server, admin, folder, DONOR, "donor", donor)
    rita = join(server, admin, folder, WORKER, "refurbisher", workshop)
    batch = server.call("POST", "/batches", dora, offer("the dock"))["id"]
    rows = "".join(f"DOCK{n};desktop\n" for n in range(CLIENTS))
    server.call("PUT", f"/batches/{batch}/manifest", dora, "serial;kind\n" + rows, kind="text/csv")
    server.call("POST", f"/batches/{batch}/submit", dora)
    server.call("POST", f"/batches/{batch}/accept", admin)
    window = {"workshop_id": workshop, "from": "2030-03-01T08:00:00Z", "to": "2030-03-01T10:00:00Z"}
    server.call("POST", f"/batches/{batch}/schedule", admin, window)
    came = {"devices": [{"serial": f"DOCK{n}"} for n in range(CLIENTS)], "accessories": []}
    devices = [device["id"] for device in server.call("POST", f"/batches/{batch}/receive", rita, came)["devices"]]
    (folder / "cast.json").write_text(json.dumps({"workshop": workshop, "devices": devices}), encoding="utf-8")


class Tokens:
    """Access tokens live for minutes: who is told so signs in again, once for all clients."""

    def __init__(self, bases):
        self.bases = bases
        self.lock = threading.Lock()
        self.known = {}

    def of(self, email, bad=None):
        with self.lock:
            while self.known.get(email) == bad:
                said = {"email": email, "password": PASSWORD}
                status, text = Server(random.choice(self.bases)).ask("POST", "/auth/login", None, said)
                if status == 200:
                    self.known[email] = json.loads(text)["access_token"]
                else:
                    time.sleep(1)
            return self.known[email]


class Load:
    def __init__(self, folder, bases):
        self.bases = bases
        self.cast = json.loads((folder / "cast.json").read_text(encoding="utf-8"))
        self.tokens = Tokens(bases)
        self.stop = threading.Event()
        self.lock = threading.Lock()
        self.acknowledged = (folder / "acknowledged.notes").open("w", encoding="utf-8")
        self.refused = (folder / "refused.notes").open("w", encoding="utf-8")

    def note(self, file, *words):
        with self.lock:
            print(f"{time.time():.3f}", *words, file=file, flush=True)

    def deed(self, number, name, turn, batch):
        """What a client does in its turn: kind and name of the write, who asks, path, body, key."""
        if turn == 0:
            return "batch", name, DONOR, "/batches", offer(name), name
        if turn == 1 and batch:
            return "submit", batch, DONOR, f"/batches/{batch}/submit", {}, name
        if turn == 2:
            path = f"/workshops/{self.cast['workshop']}/accessories"
            return "mouse", name, WORKER, path, {"kind": "mouse", "delta": 1, "reason": name}, name
        event = {"device": self.cast["devices"][number], "type": "moved", "location": name, "client_id": name}
        return "move", name, WORKER, "/device-events", {"events": [event]}, None

    def work(self, number):
        servers = [Server(base) for base in self.bases]
        batch, begun = None, 0
        while not self.stop.is_set():
            begun += 1
            kind, name, *request = self.deed(number, f"c{number}-{begun}", begun % 4, batch)
            answer = self.until_acknowledged(servers, number + begun, kind, name, request)
            if kind == "batch":
                batch = answer["id"]
            time.sleep(PAUSE)

    def until_acknowledged(self, servers, first, kind, name, request):
        """Sends a write again and again, in turn to each server."""
        who, path, body, key = request
        token, attempt, began = self.tokens.of(who), 0, time.time()
        while True:
            at = (first + attempt) % len(servers)
            asked = time.time()
            status, text = servers[at].ask("POST", path, token, body, key)
            if 200 <= status < 300 and '"refused"' not in text:
                self.note(self.acknowledged, kind, name, at + 1, f"{time.time() - began:.3f}")
                return json.loads(text or "null")
            if status == 401:
                token = self.tokens.of(who, token)
            self.note(self.refused, status, at + 1, f"{time.time() - asked:.3f}", kind, name, " ".join(text.split())[:400])
            attempt += 1
            if self.stop.is_set() and time.time() - began > GIVE_UP:
                print(f"{kind} {name} is not acknowledged: {status} {text}", flush=True)
                os._exit(1)
            time.sleep(0.2)


def load(folder, bases):
    run = Load(folder, bases)
    signal.signal(signal.SIGTERM, lambda *_: run.stop.set())
    clients = [threading.Thread(target=run.work, args=(number,)) for number in range(CLIENTS)]
    for client in clients:
        client.start()
    for client in clients:
        client.join()


def read_notes(folder, name):
    return [line.split(" ", 5) for line in (folder / f"{name}.notes").read_text(encoding="utf-8").splitlines()]


class Count:
    """The clients' notes beside the database."""

    def __init__(self, folder, url):
        self.folder = folder
        self.url = url
        self.acknowledged = read_notes(folder, "acknowledged")
        self.wrong = []

    def ask(self, query):
        """Rows of two columns: a name and how often it is there."""
        command = ["psql", "-XAtq", "-F", "\t", "-v", "ON_ERROR_STOP=1", "-d", self.url, "-c", query]
        told = subprocess.run(command, capture_output=True, text=True, check=True).stdout
        return {name: int(times) for name, times in (line.split("\t") for line in told.splitlines())}

    def writes(self):
        queries = {
            "batch": "SELECT title, count(*) FROM batches WHERE title <> 'the dock' GROUP BY 1",
            "mouse": "SELECT reason, count(*) FROM accessory_movements WHERE reason LIKE 'c%-%' GROUP BY 1",
            "move": "SELECT client_id, count(*) FROM custody_events WHERE client_id IS NOT NULL GROUP BY 1",
            "submit": "SELECT id, 1 FROM batches WHERE submitted_at IS NOT NULL AND title <> 'the dock'",
        }
        lost = doubled = 0
        for kind, query in queries.items():
            there = self.ask(query)
            said = Counter(name for _, what, name, *_ in self.acknowledged if what == kind)
            gone = [name for name in said if name not in there]
            twice = [name for name, times in there.items() if times > 1]
            never = [name for name in there if name not in said]
            lost, doubled = lost + len(gone), doubled + len(twice)
            for what, names in (("lost", gone), ("doubled", twice), ("there, and never acknowledged", never)):
                if names:
                    self.wrong.append(f"{kind}: {len(names)} {what}: {' '.join(names[:5])}")
        stock = self.ask("SELECT kind, quantity FROM accessory_stock WHERE kind = 'mouse'")
        if stock.get("mouse", 0) != sum(1 for note in self.acknowledged if note[1] == "mouse"):
            self.wrong.append(f"the stock of mice is {stock}")
        print(f"{len(self.acknowledged)} writes acknowledged: {lost} lost, {doubled} doubled")

    def mail(self):
        """Every mail leaves; one whose worker was cut off between sending and noting it leaves twice."""
        waiting = "SELECT status, count(*) FROM outbox WHERE status <> 'sent' GROUP BY 1"
        for _ in range(240):  # what a worker had in hand when the database went is due again after two minutes
            if not self.ask(waiting):
                break
            time.sleep(1)
        left = self.ask(waiting)
        if left:
            self.wrong.append(f"mail that did not leave: {left}")
        told = self.ask("SELECT data::json->>'reference', count(*) FROM outbox WHERE kind = 'batch_submitted' GROUP BY 1")
        submitted = self.ask("SELECT reference, 1 FROM batches WHERE submitted_at IS NOT NULL")
        untold = submitted.keys() - told.keys()
        often = [name for name, times in told.items() if times > 1]
        if untold or often:
            self.wrong.append(f"of submitted batches, staff were not told of {len(untold)}, and more than once of {len(often)}")
        due = self.ask("SELECT message_id, 1 FROM outbox WHERE part_of IS NULL AND status = 'sent'")
        ids = (line.split(":", 1)[1].strip() for mail in mails(self.folder) for line in mail.splitlines() if line.lower().startswith("message-id:"))
        sent = Counter(ids)
        missing = [name for name in due if name not in sent and f"<{name}>" not in sent]
        if missing:
            self.wrong.append(f"mails noted as sent that were not: {missing[:5]}")
        print(f"{len(due)} mails, {sum(times - 1 for times in sent.values())} of them came twice")

    def answers(self):
        refused = read_notes(self.folder, "refused")
        print("answers that acknowledged nothing:", dict(Counter(status for _, status, *_ in refused)) or "none")
        strange = [note for note in refused if note[1] not in ("503", "401")]
        for note in strange[:10]:
            print("  ", *note)
        if strange:
            self.wrong.append(f"{len(strange)} answers that are neither success nor 503")

    def gaps(self):
        """For each kind of kill, the longest time in which nobody's write was acknowledged."""
        kills = [line.split() for line in (self.folder / "kills.notes").read_text(encoding="utf-8").splitlines()]
        notes = [(float(note[0]), int(note[3]), float(note[4])) for note in self.acknowledged]
        found = {}
        for (begin, what, *_), (whole, *_) in zip(kills[::2], kills[1::2]):
            begin, whole = float(begin), float(whole)
            both = longest_gap([at for at, _, _ in notes], begin, whole)
            one = max(longest_gap([at for at, server, _ in notes if server == n], begin, whole) for n in (1, 2))
            waited = max((took for at, _, took in notes if begin <= at <= whole), default=0)
            found.setdefault(what, []).append((both, one, waited, whole - begin))
        print("seconds: median and longest of each")
        print("| killed | times | no write acknowledged | by one of the two servers | a client waited | whole again |")
        print("|---|--:|--:|--:|--:|--:|")
        for what, rows in found.items():
            cells = (f"{statistics.median(column):.1f} · {max(column):.1f}" for column in zip(*rows))
            print(f"| {what} | {len(rows)} |", " | ".join(cells), "|")


def longest_gap(times, begin, end):
    """Between two acknowledgments, from the last before the kill to the first when all was whole again."""
    before = max((at for at in times if at <= begin), default=begin)
    after = min((at for at in times if at >= end), default=end)
    chosen = [before, *sorted(at for at in times if begin < at < end), after]
    return max(later - earlier for earlier, later in zip(chosen, chosen[1:]))


def count(folder, url):
    counted = Count(folder, url)
    counted.writes()
    counted.mail()
    counted.answers()
    counted.gaps()
    for wrong in counted.wrong:
        print("WRONG:", wrong)
    sys.exit(bool(counted.wrong))


if __name__ == "__main__":
    command, *arguments = sys.argv[1:]
    if command == "ports":
        print(*free_ports(int(arguments[0])))
    elif command == "prepare":
        prepare(Path(arguments[0]), arguments[1])
    elif command == "load":
        load(Path(arguments[0]), arguments[1:])
    elif command == "count":
        count(Path(arguments[0]), arguments[1])
