// The program itself, on a fresh database, with its mails in a folder. It builds nothing.

import { execFile, spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { Mails } from "./mails.js";

const run = promisify(execFile);
const root = resolve(fileURLToPath(new URL("../../..", import.meta.url)));
const program =
  process.env.RESSAC_PROGRAM ?? join(root, process.env.CARGO_TARGET_DIR ?? "target", "debug", "ressac");

/** The password of every account made here. */
export const PASSWORD = "phare du Planier 1881";
export const ADMIN = "camille.ville@marseille.example";

/** The engines that can be tested here: PostgreSQL where scripts/with-postgres has started one. */
export const ENGINES = process.env.RESSAC_TEST_POSTGRES ? ["SQLite", "PostgreSQL"] : ["SQLite"];

export class Server {
  /** Starts the program on a database of its own, with one administrator. */
  static async start(engine = "SQLite") {
    const server = new Server();
    server.home = await mkdtemp(join(tmpdir(), "ressac-browser-"));
    server.database = await server.#newDatabase(engine);
    server.mails = new Mails(join(server.home, "mail"));
    const port = await freePort();
    server.url = `http://127.0.0.1:${port}`;
    server.env = {
      ...process.env,
      DATABASE_URL: server.database,
      RESSAC__SERVER__LISTEN: `127.0.0.1:${port}`,
      RESSAC__MAIL__TRANSPORT: "file",
      RESSAC__MAIL__DIRECTORY: server.mails.folder,
      RESSAC__MAIL__BASE_URL: server.url,
      RESSAC__MAIL__GATHER_SECONDS: "0",
      RESSAC__AUTH__SECRET_FILE: join(server.home, "secret.key"),
      RESSAC__AUTH__DATA_SECRET_FILE: join(server.home, "data.key"),
      RESSAC__AUTH__REGISTRATIONS_PER_HOUR: "0",
      RESSAC__AUTH__PASSWORD__MEMORY_KIB: "8192",
      RESSAC__CHAIN__KEY_FILE: join(server.home, "chain.key"),
      RESSAC__CHAIN__SIGNING_KEY_FILE: join(server.home, "heads.key"),
      RESSAC__CHAIN__HEADS_FILE: join(server.home, "heads.jsonl"),
      RESSAC__FILES__FOLDER: join(server.home, "files"),
      RESSAC__LOG__LEVEL: "warn",
    };
    try {
      await server.#createAdmin();
      await server.#serve();
    } catch (cause) {
      await server.stop();
      throw cause;
    }
    server.people = new Map([["admin", { email: ADMIN, password: PASSWORD, name: "Camille Ville" }]]);
    return server;
  }

  async #newDatabase(engine) {
    if (engine === "SQLite") return `sqlite:${join(this.home, "ressac.db")}`;
    const maintenance = process.env.RESSAC_TEST_POSTGRES;
    this.postgres = `browser_${randomBytes(6).toString("hex")}`;
    await run("createdb", [`--maintenance-db=${maintenance}`, this.postgres]);
    return maintenance.replace(/\/[^/]*$/, `/${this.postgres}`);
  }

  async #createAdmin() {
    const arguments_ = ["admin", "create", "--email", ADMIN, "--name", "Camille Ville", "--password-stdin"];
    const admin = run(program, arguments_, { env: this.env, cwd: root });
    admin.child.stdin.end(`${PASSWORD}\n`);
    await admin;
  }

  #serve() {
    this.log = "";
    this.child = spawn(program, ["serve"], { env: this.env, cwd: root, stdio: ["ignore", "pipe", "pipe"] });
    return new Promise((ready, failed) => {
      const heard = (chunk) => {
        this.log += chunk;
        if (this.log.includes("listens on")) ready();
      };
      this.child.stdout.on("data", heard);
      this.child.stderr.on("data", heard);
      this.child.once("error", failed);
      this.child.once("exit", (code) => failed(new Error(`ressac serve ended with ${code}:\n${this.log}`)));
    });
  }

  async stop() {
    if (this.child && this.child.exitCode === null && this.child.kill("SIGTERM")) {
      await new Promise((ended) => this.child.once("exit", ended));
    }
    if (this.postgres) {
      const maintenance = `--maintenance-db=${process.env.RESSAC_TEST_POSTGRES}`;
      await run("dropdb", ["--if-exists", "--force", maintenance, this.postgres]);
    }
    await rm(this.home, { recursive: true, force: true });
  }

  /** Calls the API, to arrange what a story begins with and to see what it ended with. */
  async api(method, path, { as, body } = {}) {
    const headers = { "content-type": "application/json" };
    if (as) headers.authorization = `Bearer ${await this.#token(as)}`;
    if (method !== "GET") headers["idempotency-key"] = randomBytes(16).toString("hex");
    const answer = await fetch(`${this.url}/api/v1${path}`, { method, headers, body: body && JSON.stringify(body) });
    const text = await answer.text();
    if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${text}`);
    return text ? JSON.parse(text) : null;
  }

  async #token(person) {
    person.token ??= (
      await this.api("POST", "/auth/login", { body: { email: person.email, password: person.password } })
    ).access_token;
    return person.token;
  }

  /**
   * Somebody with a role, who has accepted their invitation: the same each time. `which` tells
   * colleagues of one organization apart.
   */
  async person(role, which = "") {
    const key = `${role}${which}`;
    if (!this.people.has(key)) this.people.set(key, await this.#invite(role, which));
    return this.people.get(key);
  }

  /** Another member of the organization of a role, the same each time. */
  async colleague(role, name) {
    const first = await this.person(role);
    if (!this.people.has(name)) {
      const email = `${name.normalize("NFD").replace(/\W+/g, "-").toLowerCase()}@ressac.example`;
      const body = { email, name, role, organisation_id: first.organisation };
      await this.api("POST", "/users", { as: this.people.get("admin"), body });
      this.people.set(name, await this.#accept({ email, name, password: PASSWORD, organisation: first.organisation }));
    }
    return this.people.get(name);
  }

  /** Sends a list. */
  async csv(path, as, text) {
    const headers = { "content-type": "text/csv", authorization: `Bearer ${await this.#token(as)}` };
    const answer = await fetch(`${this.url}/api/v1${path}`, { method: "PUT", headers, body: text });
    if (!answer.ok) throw new Error(`PUT ${path}: ${answer.status} ${await answer.text()}`);
  }

  /** Fetches what is no JSON. */
  async text(path, as) {
    const answer = await fetch(`${this.url}/api/v1${path}`, { headers: { authorization: `Bearer ${await this.#token(as)}` } });
    const text = await answer.text();
    if (!answer.ok) throw new Error(`GET ${path}: ${answer.status} ${text}`);
    return text;
  }

  /** Runs a command of the program on the same database, such as `check`. It fails when the command does. */
  async run(...command) {
    return (await run(program, command, { env: this.env, cwd: root })).stdout;
  }

  async #invite(role, which) {
    const person = { email: `${role}${which}@ressac.example`, password: PASSWORD, name: NAMES[role] };
    const admin = this.people.get("admin");
    if (which) return this.#inviteColleague(person, role, admin);
    if (role === "association") {
      const made = await this.api("POST", "/registrations", {
        body: { organisation: ORGANISATIONS.association, person: { name: person.name, email: person.email } },
      });
      person.organisation = made.organisation.id;
      await this.api("POST", `/organisations/${person.organisation}/verify`, { as: admin, body: {} });
    } else {
      person.organisation = await this.#organisationOf(role, admin);
      const { email, name } = person;
      await this.api("POST", "/users", {
        as: admin,
        body: { email, name, role, organisation_id: person.organisation },
      });
    }
    return this.#accept(person);
  }

  async #inviteColleague(person, role, admin) {
    const { organisation } = await this.person(role);
    const { email, name } = person;
    await this.api("POST", "/users", { as: admin, body: { email, name, role, organisation_id: organisation } });
    return this.#accept({ ...person, organisation });
  }

  async #accept(person) {
    const tokenOf = ({ links }) => links.map((link) => new URL(link).searchParams.get("token")).find(Boolean);
    const token = tokenOf(await this.mails.to(person.email, /.*/, tokenOf));
    await this.api("POST", "/auth/invitation", { body: { token, password: PASSWORD } });
    return person;
  }

  async #organisationOf(role, admin) {
    const own = ORGANISATIONS[role];
    if (!own) return (await this.api("GET", "/me", { as: admin })).organisation.id;
    return (await this.api("POST", "/organisations", { as: admin, body: own })).id;
  }
}

const NAMES = {
  staff: "Sofia Service",
  donor: "Denis Donateur",
  refurbisher: "Rita Atelier",
  association: "Aïcha Association",
  helper: "Hélène Aide",
};

const ORGANISATIONS = {
  donor: {
    kind: "donor",
    name: "Compagnie du Vieux-Port",
    siret: "38012986648625",
    address: "2 quai de la Joliette",
    postal_code: "13002",
    commune: "Marseille 2e Arrondissement",
  },
  refurbisher: {
    kind: "workshop",
    name: "Atelier du Lazaret",
    address: "14 quai du Lazaret",
    postal_code: "13002",
    commune: "Marseille 2e Arrondissement",
  },
  association: {
    name: "Les Mouettes savantes",
    rna: "W133012345",
    address: "8 boulevard National",
    postal_code: "13003",
    commune: "Marseille 3e Arrondissement",
  },
};

function freePort() {
  return new Promise((found, failed) => {
    const probe = createServer();
    probe.once("error", failed);
    probe.listen(0, "127.0.0.1", () => {
      const { port } = probe.address();
      probe.close(() => found(port));
    });
  });
}
