// What a door keeps on this device. The roster is encrypted with a random key, which a PIN wraps; every mark is also
// sealed for the server, so that it outlives the roster, a forgotten PIN and a restart. Nothing here draws anything.
const Vault = (() => {
  const VERSION = 2, ROUNDS = 600000, TRIES = 10, HOURS_48 = 48 * 3600 * 1000;
  const utf8 = (text) => new TextEncoder().encode(text);
  const random = (count) => crypto.getRandomValues(new Uint8Array(count));

  const base64 = (data) => btoa(Array.from(new Uint8Array(data), (byte) => String.fromCharCode(byte)).join(""))
    .replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
  const bytes = (text) => Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (c) => c.charCodeAt(0));

  // --- storage: two stores, written with "strict" so that a mark that is shown is on the disk.
  const opened = new Promise((resolve, reject) => {
    const asked = indexedDB.open("consulta-door", 1);
    asked.onupgradeneeded = () => {
      asked.result.createObjectStore("rosters", { keyPath: "forum" });
      asked.result.createObjectStore("marks", { keyPath: "id" }).createIndex("forum", "forum");
    };
    asked.onsuccess = () => resolve(asked.result);
    asked.onerror = () => reject(asked.error);
  });
  async function within(store, mode, act) {
    const database = await opened;
    return new Promise((resolve, reject) => {
      const transaction = database.transaction(store, mode, { durability: "strict" });
      const asked = act(transaction.objectStore(store));
      transaction.oncomplete = () => resolve(asked && asked.result);
      transaction.onabort = transaction.onerror = () => reject(transaction.error);
    });
  }
  const get = (store, key) => within(store, "readonly", (s) => s.get(key));
  const put = (store, value) => within(store, "readwrite", (s) => s.put(value));
  const drop = (store, key) => within(store, "readwrite", (s) => s.delete(key));
  const marksOf = async (forum) => (await within("marks", "readonly", (s) => s.index("forum").getAll(forum)))
    .sort((one, other) => one.order - other.order);

  // --- the roster
  async function wrapping(pin, salt, rounds) {
    const typed = await crypto.subtle.importKey("raw", utf8(pin), "PBKDF2", false, ["deriveKey"]);
    const how = { name: "PBKDF2", hash: "SHA-256", salt, iterations: rounds };
    return crypto.subtle.deriveKey(how, typed, { name: "AES-GCM", length: 256 }, false, ["wrapKey", "unwrapKey"]);
  }
  async function encrypt(key, value) {
    const iv = random(12);
    return { iv, text: await crypto.subtle.encrypt({ name: "AES-GCM", iv }, key, utf8(JSON.stringify(value))) };
  }
  async function decrypt(key, kept) {
    const plain = await crypto.subtle.decrypt({ name: "AES-GCM", iv: kept.iv }, key, kept.text);
    return JSON.parse(new TextDecoder().decode(plain));
  }

  /** Put a roster on the device under a new random key; the key that opens it, for as long as the page is open. */
  async function keep(forum, people, pin, wipeAt, serverNow) {
    const key = await crypto.subtle.generateKey({ name: "AES-GCM", length: 256 }, true, ["encrypt", "decrypt"]);
    const salt = random(16), iv = random(12), pinned = await wrapping(pin, salt, ROUNDS);
    const wrapped = await crypto.subtle.wrapKey("raw", key, pinned, { name: "AES-GCM", iv });
    const lock = { salt, iv, wrapped, rounds: ROUNDS };
    const skew = serverNow - Date.now();
    await wipeMarks(forum); // of an earlier list: nothing opens what only its key opened
    await put("rosters", { forum, version: VERSION, lock, tries: TRIES, wipeAt, skew, people: await encrypt(key, people) });
    return key;
  }
  /** A newer roster under the same key. Marks that the server has are in it, so they are not kept here any longer. */
  async function renew(forum, key, people, wipeAt, serverNow) {
    const kept = await get("rosters", forum);
    await put("rosters", { ...kept, wipeAt, skew: serverNow - Date.now(), people: await encrypt(key, people) });
    for (const mark of await marksOf(forum)) if (mark.sent) await drop("marks", mark.id);
  }
  /** {key, people}, or {left} after a wrong PIN: how often one may still try. With the last try the roster goes. */
  async function unlock(forum, pin) {
    const kept = await roster(forum);
    if (!kept) return { left: 0 };
    kept.tries -= 1;
    await put("rosters", kept); // counted before it is tried: closing the page wins nothing
    try {
      const pinned = await wrapping(pin, kept.lock.salt, kept.lock.rounds);
      const algorithm = { name: "AES-GCM", iv: kept.lock.iv };
      const key = await crypto.subtle.unwrapKey(
        "raw", kept.lock.wrapped, pinned, algorithm, { name: "AES-GCM" }, false, ["encrypt", "decrypt"],
      );
      const people = await decrypt(key, kept.people);
      await put("rosters", { ...kept, tries: TRIES });
      return { key, people };
    } catch {
      if (kept.tries <= 0) await wipe(forum);
      return { left: Math.max(0, kept.tries) };
    }
  }
  /** The roster goes, and whatever of the marks only it could open; what was not sent stays, sealed. */
  async function wipe(forum) {
    await drop("rosters", forum);
    await wipeMarks(forum);
  }
  async function wipeMarks(forum) {
    for (const mark of await marksOf(forum)) {
      if (mark.sent) await drop("marks", mark.id);
      else await put("marks", { ...mark, own: null });
    }
  }
  /** What is kept of a roster, unless it went because its day was over. */
  async function roster(forum) {
    const kept = await get("rosters", forum);
    return kept && !kept.gone ? kept : null;
  }
  /** Whether a device was prepared with an earlier version of these files: it works, and has to be prepared again. */
  const isOutdated = (kept) => Boolean(kept) && kept.version !== VERSION;
  /** Whether the roster went by itself since somebody last looked; it is told once. */
  async function wentByItself(forum) {
    const kept = await get("rosters", forum);
    if (!kept || !kept.gone) return false;
    await drop("rosters", forum);
    return true;
  }
  const isOurs = (answer) => answer.headers.has("Consulta"); // what a hotel's network answers has not
  /** Rosters whose day is over go, and leave a word. The device's clock alone decides nothing: what it says is over is
      over once the server says so, too; until then the forums are returned that wait for its word. */
  async function wipeDue() {
    const all = await within("rosters", "readonly", (s) => s.getAll());
    const due = all.filter((kept) => !kept.gone && kept.wipeAt <= Date.now() + (kept.skew || 0));
    const now = due.length ? await serverNow().catch(() => null) : null;
    for (const { forum, wipeAt } of due) {
      if (now === null || wipeAt > now) continue;
      await put("rosters", { forum, gone: true });
      await wipeMarks(forum);
    }
    return due.map((kept) => kept.forum);
  }
  async function serverNow() {
    const answer = await fetch("/gestion/puerta.js", { method: "HEAD", cache: "no-store", redirect: "error" });
    const now = isOurs(answer) ? Date.parse((answer.headers.get("Date") || "").slice(0, 29)) : NaN;
    if (Number.isNaN(now)) throw new Error("no clock");
    return now;
  }

  // --- marks
  /** For the server alone; as consulta/web/device_seals.py reads it. */
  async function seal(serverKey, context, value) {
    return base64(await Hpke.seal(bytes(serverKey), utf8(context), utf8(JSON.stringify(value))));
  }
  /** Keep a mark, sealed and for this device; it is safe when this returns. */
  async function add(forum, key, serverKey, context, value) {
    const mark = { id: crypto.randomUUID(), at: Date.now(), ...value };
    const sealed = await seal(serverKey, context, mark);
    const order = performance.timeOrigin + performance.now();
    await put("marks", { id: mark.id, forum, order, sealed, sent: false, own: await encrypt(key, mark) });
    return mark;
  }
  /** The marks that this device can still read: what each says. */
  async function readable(forum, key) {
    const found = [];
    for (const mark of await marksOf(forum)) {
      if (mark.own) found.push({ ...await decrypt(key, mark.own), sent: mark.sent });
    }
    return found;
  }
  async function sent(ids) {
    for (const id of ids) {
      const mark = await get("marks", id);
      if (!mark) continue;
      if (mark.own) await put("marks", { ...mark, sent: true });
      else await drop("marks", id);
    }
  }

  // --- codes
  const CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
  const digest = async (text) => new Uint8Array(await crypto.subtle.digest("SHA-256", utf8(text)));
  /** The code that the server gives for a key: 80 bits of SHA-256 over "folio" and the key, in Crockford's letters. */
  async function folio(id) {
    let bits = 0n;
    for (const byte of (await digest("folio" + id)).slice(0, 10)) bits = (bits << 8n) | BigInt(byte);
    let letters = "";
    for (let shift = 75n; shift >= 0n; shift -= 5n) letters += CROCKFORD[Number((bits >> shift) & 31n)];
    return letters.match(/.{4}/g).join("-");
  }
  /** What may be a code: all of it; with hyphens; in one piece; with spaces, the last words first. */
  const HYPHENS = "[0-9A-Z]{4}(?: *-[ -]*[0-9A-Z]{4}){3}", PIECE = "[0-9A-Z]{16}", SPACES = "[0-9A-Z]{4}(?:[ -]+[0-9A-Z]{4}){3}";
  function among(text) {
    const words = text.split(" "), four = words.map((_word, at) => words.slice(at, at + 4).join(" "));
    const found = (pattern, within) => [...within.matchAll(new RegExp(`(?:^|[^0-9A-Z])(${pattern})(?![0-9A-Z])`, "g"))].map((m) => m[1]);
    return [text, ...found(HYPHENS, text), ...found(PIECE, text), ...four.flatMap((some) => found(SPACES, some)).reverse()];
  }
  /** The hash of a code in whatever was typed or pasted, as consulta/domain/codes.py reads it; null if there is none. */
  async function hashOf(typed) {
    const text = typed.slice(0, 2000).normalize("NFKC").replace(/[\p{Cf}\p{Mn}]/gu, "").replace(/[\p{Pd}\u2212]/gu, "-")
      .replace(/[\p{Z}\p{Cc}]/gu, " ").toUpperCase();
    const read = (found) => found.replace(/[- ]/g, "").replaceAll("O", "0").replace(/[IL]/g, "1");
    const plain = among(text).map(read).find((found) => /^[0-9A-HJKMNP-TV-Z]{16}$/.test(found));
    if (!plain) return null;
    return Array.from(await digest(plain.match(/.{4}/g).join("-")), (b) => b.toString(16).padStart(2, "0")).join("");
  }

  return { keep, renew, unlock, wipe, wipeDue, roster, wentByItself, isOurs, isOutdated, add, readable, sent, marksOf, folio, hashOf, get, HOURS_48 };
})();
