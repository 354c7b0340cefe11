// A label printer that is not ours: zpl-renderer-js (zebrash) prints ZPL at 8 dots a millimetre, as a
// printer of 203 dpi does. ZBar reads the codes of what it printed, Chromium measures the ink.

import { execFile } from "node:child_process";
import { webcrypto } from "node:crypto";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** Dots of a millimetre. */
export const DOTS = 8;

const require = createRequire(import.meta.url);

// Node 18 has no `crypto` there, which the renderer wants, and takes its other build for CommonJS
globalThis.crypto ??= webcrypto;
let renderer;

/** The labels of a ZPL file as PNG, on paper of this size in millimetres. */
export async function printed(zpl, { width, height }) {
  renderer ??= require("zpl-renderer-js").ready;
  const { api } = await renderer;
  const labels = await api.zplToBase64MultipleAsync(zpl, width, height, DOTS);
  return labels.map((label) => Buffer.from(label, "base64"));
}

/** What ZBar reads on a picture, sorted: `CODE-128:…` and `QR-Code:…`. */
export async function decoded(png) {
  const folder = await mkdtemp(join(tmpdir(), "ressac-label-"));
  try {
    const file = join(folder, "label.png");
    await writeFile(file, png);
    const lines = await zbar(["--quiet", "-Sdisable", "-Scode128.enable", "-Sqrcode.enable", file]);
    return lines.split("\n").filter(Boolean).sort();
  } finally {
    await rm(folder, { recursive: true });
  }
}

const zbar = (options) =>
  new Promise((read, failed) => {
    execFile("zbarimg", options, (cause, said) => {
      if (cause?.code === "ENOENT") failed(new Error("zbarimg is missing: apt-get install zbar-tools"));
      else if (cause && cause.code !== 4) failed(cause); // 4: there is no code in it
      else read(said);
    });
  });

/**
 * Where there is ink on pictures, in dots: the first and the last column and row of each, or null
 * without any. Looks at a part of them where one is given. The page lends its browser.
 */
export function inked(page, pngs, part = {}) {
  const pictures = pngs.map((png) => png.toString("base64"));
  return page.evaluate(async ({ pictures, part }) => {
    const found = [];
    for (const picture of pictures) {
      const bytes = Uint8Array.from(atob(picture), (letter) => letter.charCodeAt(0));
      const { width, height, data } = await pixels(new Blob([bytes], { type: "image/png" }));
      const ink = { left: width, top: height, right: -1, bottom: -1 };
      for (let y = part.top ?? 0; y < (part.bottom ?? height); y += 1) {
        for (let x = part.left ?? 0; x < (part.right ?? width); x += 1) {
          if (data[4 * (y * width + x)] > 127) continue;
          ink.left = Math.min(ink.left, x);
          ink.right = Math.max(ink.right, x);
          ink.top = Math.min(ink.top, y);
          ink.bottom = Math.max(ink.bottom, y);
        }
      }
      found.push(ink.right < 0 ? null : ink);
    }
    return found;

    async function pixels(blob) {
      const bitmap = await createImageBitmap(blob);
      const paint = new OffscreenCanvas(bitmap.width, bitmap.height).getContext("2d");
      paint.drawImage(bitmap, 0, 0);
      return paint.getImageData(0, 0, bitmap.width, bitmap.height);
    }
  }, { pictures, part });
}
