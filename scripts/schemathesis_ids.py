"""Ids that exist, for scripts/schemathesis: else nearly every call would be answered 404.

As a program it asks a server that holds the demo's data for some of each kind, adds what the
demo has none of, and prints them as JSON with the roles' tokens. As a module of hooks it puts
them into the paths, queries and bodies that schemathesis makes, but leaves some as they are.
"""

import hashlib
import json
import os
import sys
import urllib.error
import urllib.request

PASSWORD = "la mer recommence"
CITY = "marseille.example.org"
PEOPLE = {
    "donor": "dora@orange.example.org",
    "refurbisher": "rita@atelier.example.org",
    "staff": f"sam@{CITY}",
    "admin": f"admin@{CITY}",
}
# Which kind of thing a field or a parameter names.
FIELDS = {
    "application_id": "applications",
    "association_id": "associations",
    "batch_id": "batches",
    "donor_id": "donors",
    "organisation_id": "organisations",
    "person_id": "people",
    "programme_id": "programmes",
    "to_workshop_id": "workshops",
    "wave_id": "waves",
    "workshop_id": "workshops",
}
VALUES = {"criterion": ["project"], "year": [2023, 2026], "number": [1], "kind": ["lot_granted"]}


class Server:
    def __init__(self, base):
        self.base = base

    def call(self, method, path, token=None, body=None, kind="application/json"):
        data = body if isinstance(body, bytes) or body is None else json.dumps(body).encode()
        headers = {"content-type": kind}
        if token:
            headers["authorization"] = f"Bearer {token}"
        request = urllib.request.Request(f"{self.base}/api/v1{path}", data, headers, method=method)
        try:
            with urllib.request.urlopen(request) as answer:
                return json.loads(answer.read() or b"null")
        except urllib.error.HTTPError as refused:
            sys.exit(f"{method} {path}: {refused.code} {refused.read().decode()}")

    def sign_in(self, email):
        return self.call("POST", "/auth/login", body={"email": email, "password": PASSWORD})

    def ids(self, token, path, most=3):
        items = self.call("GET", path, token)["items"]
        return [item["id"] for item in items[:most]]


def new_batch():
    return {
        "title": "Postes de réserve",
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


def at_the_bench(server, tokens, workshop):
    """Machines that came and wait for the first step, and one on its way elsewhere."""
    donor, staff, refurbisher = (tokens[role] for role in ("donor", "staff", "refurbisher"))
    draft = server.call("POST", "/batches", donor, new_batch())["id"]
    batch = server.call("POST", "/batches", donor, new_batch())["id"]
    server.call("PUT", f"/batches/{batch}/manifest", donor, b"serial;kind\nZZ01;desktop\nZZ02;desktop\nZZ03;desktop\n", "text/csv")
    server.call("POST", f"/batches/{batch}/submit", donor)
    server.call("POST", f"/batches/{batch}/accept", staff)
    window = {"workshop_id": workshop, "from": "2030-03-01T08:00:00Z", "to": "2030-03-01T10:00:00Z"}
    server.call("POST", f"/batches/{batch}/schedule", staff, window)
    came = {"devices": [{"serial": f"ZZ0{n}"} for n in (1, 2, 3)], "accessories": []}
    devices = [device["id"] for device in server.call("POST", f"/batches/{batch}/receive", refurbisher, came)["devices"]]
    other = {"kind": "workshop", "name": "Atelier d'en face", "address": "1 quai", "postal_code": "13002", "commune": "Marseille"}
    other = server.call("POST", "/organisations", staff, other)["id"]
    transfer = server.call("POST", "/transfers", refurbisher, {"to_workshop_id": other, "devices": devices[2:]})["id"]
    return [batch, draft], devices, transfer


def gather(base):
    server = Server(base)
    sessions = {role: server.sign_in(email) for role, email in PEOPLE.items()}
    tokens = {role: session["access_token"] for role, session in sessions.items()}
    staff, admin = tokens["staff"], tokens["admin"]
    handovers = server.call("GET", "/handovers?status=completed", staff)["items"]
    association = handovers[0]["association_id"]
    member = server.call("GET", f"/organisations/{association}/people", staff)["items"][0]
    sessions["association"] = server.sign_in(member["email"])
    own = sessions["association"]["access_token"]
    me = {role: server.call("GET", "/me", token) for role, token in tokens.items()}
    workshop = me["refurbisher"]["organisation"]["id"]
    batches, devices, transfer = at_the_bench(server, tokens, workshop)
    ids = {
        "applications": server.ids(own, "/applications", 1) + server.ids(staff, "/applications?status=eligible", 2),
        "associations": [association],
        "batches": batches + server.ids(staff, "/batches?status=closed"),
        "devices": devices[:2] + server.ids(staff, "/devices?stage=handed_over", 2) + server.ids(staff, "/devices?stage=reserved", 1),
        "donors": [me["donor"]["organisation"]["id"]],
        "handovers": [handovers[0]["id"]] + server.ids(staff, "/handovers?status=planned", 2) + server.ids(staff, "/handovers?status=scheduled", 2),
        "notifications": server.ids(staff, "/notifications"),
        "obligations": server.ids(own, "/obligations", 2),
        "organisations": [association, workshop, me["donor"]["organisation"]["id"]],
        "people": [member["id"]],
        "programmes": server.ids(staff, "/programmes"),
        "transfers": [transfer],
        "waves": server.ids(staff, "/waves"),
        "workshops": [workshop],
        "webhooks": [],
        "api-keys": [],
    }
    for token in [*tokens.values(), own]:
        hook = {"url": "https://hooks.example.org/ressac"}
        ids["webhooks"].append(server.call("POST", "/webhooks", token, hook)["id"])
    key = {"name": "Poste", "scopes": ["workshop"], "expires_at": None}
    ids["api-keys"].append(server.call("POST", "/api-keys", admin, key)["id"])
    wave = f"/programmes/{ids['programmes'][0]}/waves"
    draft = {"name": "Essai", "supply": {"kinds": ["desktop"]}, "seed": "essai"}
    ids["waves"].append(server.call("POST", wave, staff, draft)["id"])
    refresh = {role: session["refresh_token"] for role, session in sessions.items()}
    return {"ids": ids, "refresh": refresh}


if __name__ == "__main__":
    json.dump(gather(sys.argv[1]), sys.stdout)
else:
    import schemathesis

    with open(os.environ["RESSAC_IDS"], encoding="utf-8") as file:
        IDS = json.load(file)["ids"]

    def chosen(pool, value, salt):
        """One of the pool, the same for the same value; now and then the value itself."""
        digest = hashlib.sha256(f"{salt} {value}".encode()).digest()
        if not pool or digest[0] < 32:
            return value
        return pool[digest[1] % len(pool)]

    def replaced(values, path):
        if not isinstance(values, dict):
            return values
        segments = path.removeprefix("/api/v1/").split("/")
        known = dict(values)
        for name, value in values.items():
            kind = segments[0] if name == "id" else FIELDS.get(name)
            pool = VALUES.get(name) or IDS.get(kind, [])
            if name != "kind" or "{kind}" in path:
                known[name] = chosen(pool, value, path + name)
        return known

    @schemathesis.hook
    def map_path_parameters(context, path_parameters):
        return replaced(path_parameters, context.operation.path)

    @schemathesis.hook
    def map_query(context, query):
        return replaced(query, context.operation.path)

    @schemathesis.hook
    def map_body(context, body):
        return replaced(body, context.operation.path)
