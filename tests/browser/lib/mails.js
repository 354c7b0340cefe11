// Reads the mails that the program wrote into a folder, to follow the links in them.

import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";

export class Mails {
  constructor(folder) {
    this.folder = folder;
    this.read = new Map();
  }

  /** Every mail so far, the oldest first. */
  async all() {
    const names = await readdir(this.folder).catch(() => []);
    for (const name of names.filter((name) => name.endsWith(".eml")).sort()) {
      if (!this.read.has(name)) this.read.set(name, parse(await readFile(join(this.folder, name), "latin1")));
    }
    return [...this.read.values()];
  }

  /** The newest mail to an address (about something, or with a link to something). The worker takes its time: waits for it. */
  async to(address, about = /.*/, leads = () => true) {
    const patience = Date.now() + 30_000;
    for (;;) {
      const found = (await this.all()).filter((mail) => mail.to.includes(address) && about.test(mail.subject) && leads(mail));
      if (found.length) return found.at(-1);
      if (Date.now() > patience) throw new Error(`no mail to ${address} about ${about} in ${this.folder}`);
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }
}

function parse(raw) {
  const { headers, body } = split(raw);
  const mail = { to: word(headers.get("to") ?? ""), subject: word(headers.get("subject") ?? ""), text: "", html: "" };
  collect(headers, body, mail);
  mail.links = [...new Set(mail.text.match(/https?:\/\/[^\s<>)\]"]+/g) ?? [])];
  return mail;
}

function split(raw) {
  const [head, ...rest] = raw.replaceAll("\r\n", "\n").split("\n\n");
  const headers = new Map();
  for (const line of head.replace(/\n[ \t]+/g, " ").split("\n")) {
    const colon = line.indexOf(":");
    if (colon > 0) headers.set(line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim());
  }
  return { headers, body: rest.join("\n\n") };
}

function collect(headers, body, mail) {
  const type = headers.get("content-type") ?? "text/plain";
  const boundary = /boundary="?([^";]+)"?/i.exec(type)?.[1];
  if (boundary) {
    for (const part of body.split(`--${boundary}`).slice(1, -1)) {
      const inner = split(part.replace(/^\n/, ""));
      collect(inner.headers, inner.body, mail);
    }
  } else if (/^text\/plain/i.test(type)) mail.text += decode(headers, body);
  else if (/^text\/html/i.test(type)) mail.html += decode(headers, body);
}

function decode(headers, body) {
  const encoding = (headers.get("content-transfer-encoding") ?? "").toLowerCase();
  if (encoding === "base64") return Buffer.from(body, "base64").toString("utf8");
  return Buffer.from(encoding === "quoted-printable" ? unquote(body.replace(/=\n/g, "")) : body, "latin1").toString();
}

const unquote = (text) => text.replace(/=([0-9A-F]{2})/gi, (_, hex) => String.fromCharCode(parseInt(hex, 16)));

/** A header's encoded words (RFC 2047). */
function word(text) {
  return text.replace(/\?=\s+=\?/g, "?==?").replace(/=\?utf-8\?([bq])\?([^?]*)\?=/gi, (_, kind, inner) =>
    kind.toLowerCase() === "b"
      ? Buffer.from(inner, "base64").toString("utf8")
      : Buffer.from(unquote(inner.replaceAll("_", " ")), "latin1").toString("utf8"),
  );
}
