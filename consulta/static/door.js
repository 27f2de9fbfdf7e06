// The door without internet: prepare, unlock, find, mark, undo, take in, send. Words come from the page, which has them
// in the reader's language; people are drawn from the vault alone.
(() => {
  const page = document.getElementById("door");
  if (!page) return;
  const { forum, serverKey, context, wipe, listing, marking, token, worker } = page.dataset;
  const byId = (id) => document.getElementById(id);
  const show = (id, shown) => { byId(id).hidden = !shown; };
  const words = (name, values = {}) => Object.entries(values).reduce(
    (text, [key, value]) => text.replaceAll(`{${key}}`, value), byId("words").content.querySelector(`[data-word=${name}]`).textContent);
  const fold = (text) => text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase().replace(/\s+/g, " ").trim();
  const SHOWN = 30, PIECE = 50;
  let key = null, people = [], own = [], last = null, sending = false, again = 0;
  const AGAIN_MS = 10000;

  if (!(window.isSecureContext && window.indexedDB && crypto.subtle && navigator.serviceWorker)) {
    show("unable", true);
    return;
  }
  show("able", true);

  // --- what is there
  const live = () => {
    const undone = new Set(own.map((mark) => mark.undoes).filter(Boolean));
    return own.filter((mark) => !mark.undoes && !undone.has(mark.id));
  };
  const unsent = async () => (await Vault.marksOf(forum)).filter((mark) => !mark.sent);

  async function refresh() {
    const waiting = (await unsent()).length, kept = await Vault.roster(forum);
    byId("net").textContent = words(navigator.onLine ? "online" : "offline");
    byId("waiting").textContent = words(waiting ? (waiting === 1 ? "one" : "many") : "none", { n: waiting });
    byId("waiting").classList.toggle("warning", waiting > 0);
    show("send", waiting > 0 && navigator.onLine);
    show("carry", waiting > 0);
    show("outdated", Vault.isOutdated(kept));
    show("prepare", (!kept || Vault.isOutdated(kept)) && page.dataset.over !== "1");
    show("over", !kept && page.dataset.over === "1");
    show("locked", Boolean(kept) && !key);
    show("list", Boolean(key));
    if (kept && !key) byId("left").textContent = words("left", { n: kept.tries });
    if (key) await draw();
  }

  async function draw() {
    const typed = byId("q").value.trim(), wanted = fold(typed), hash = await Vault.hashOf(typed);
    const mine = live(), here = new Map(mine.filter((m) => m.code).map((m) => [m.code, m]));
    const arrived = mine.filter((m) => m.name).map((m) => ({ code: null, name: m.name, table: m.table, seat: "walk-in", mark: m }));
    const all = people.map(([code, name, table, seat, present]) => ({ code, name, table, seat, present, mark: here.get(code) }));
    const strangers = mine.filter((m) => m.code && !people.some(([code]) => code === m.code)).map((m) => unlisted(m.code, m));
    const ofCode = [...all, ...strangers].filter((p) => hash && p.code === hash);
    const named = wanted ? [...arrived, ...all].filter((p) => fold(p.name).includes(wanted)) : [];
    const found = ofCode.length ? ofCode : named.length ? named : hash ? [unlisted(hash)]
      : wanted ? [] : all.filter((p) => p.seat === "confirmed" && !p.present && !p.mark);
    byId("people").replaceChildren(...found.slice(0, SHOWN).map(row));
    byId("nobody").textContent = found.length ? (found.length > SHOWN ? words("more", { n: SHOWN }) : "") : words(typed ? "nobody" : "all");
    const there = [...arrived, ...strangers, ...all].filter((p) => p.present || p.mark);
    byId("here").querySelector("summary").textContent = words("already", { n: there.length });
    if (byId("here").open) byId("present").replaceChildren(...there.map(row));
    const latest = there.find((p) => p.mark && p.mark.id === last);
    show("last", Boolean(latest));
    if (latest) byId("last").querySelector("span").textContent = words("is-here", { name: latest.name });
    byId("count").textContent = words("count", { n: there.length, expected: all.filter((p) => p.seat === "confirmed").length });
    for (const line of byId("tables").querySelectorAll("tr[data-table]")) {
      line.lastElementChild.textContent = there.filter((p) => (p.table || "") === line.dataset.table).length;
    }
  }

  // Somebody registered after the list was brought: the server will know whose code it is.
  const unlisted = (code, made) => ({ code, name: words("unlisted"), table: null, seat: "confirmed", present: 0, mark: made });

  function row(person) {
    const line = byId("row").content.cloneNode(true), button = line.querySelector("button");
    line.querySelector("strong").textContent = person.name;
    const table = byId("tables").querySelector(`tr[data-table="${CSS.escape(person.table || "")}"] th`);
    line.querySelector(".at").textContent = person.table && table ? ` · ${table.textContent}` : "";
    if (person.seat !== "confirmed") line.querySelector("mark").textContent = words(`seat-${person.seat}`);
    else line.querySelector("mark").remove();
    const status = line.querySelector(".status");
    status.hidden = !(person.present || person.mark);
    status.textContent = words("is-here", { name: person.name });
    button.querySelector(".act").textContent = words(person.mark ? "undo" : "here");
    button.querySelector(".hidden").textContent = ` · ${person.name}`;
    button.classList.toggle("plain", Boolean(person.mark));
    button.hidden = Boolean(person.present && !person.mark);
    button.addEventListener("click", async () => {
      button.disabled = true; // one tap is one mark
      await mark(person.mark ? { undoes: person.mark.id } : { code: person.code });
    });
    return line;
  }

  async function mark(value) {
    const made = await Vault.add(forum, key, serverKey, context, value);
    own.push(made);
    last = made.undoes ? null : made.id;
    await refresh();
    send();
    return made;
  }

  // --- to and from the server
  async function post(path, body) {
    const asked = await fetch(token, { redirect: "manual", headers: { Accept: "application/json" } });
    if (asked.type === "opaqueredirect" || asked.status === 403) throw new Error("session");
    if (!asked.ok || !Vault.isOurs(asked)) throw new Error("unreachable");
    const headers = { "Content-Type": "application/json", "X-CSRFToken": (await asked.json()).token };
    const answer = await fetch(path, { method: "POST", headers, body: JSON.stringify(body), redirect: "manual" });
    if (answer.status >= 500 || !(answer.ok || Vault.isOurs(answer))) throw new Error("unreachable");
    if (!answer.ok) throw new Error(answer.status === 410 ? "over" : "refused");
    return answer.json();
  }
  const said = (name) => {
    byId("said").textContent = name ? words(name) : "";
    byId("said").classList.toggle("warning", !["ready", "renewed", "went"].includes(name));
    show("enter", name === "session");
  };
  const failed = (error) => said(["session", "over", "refused"].includes(error.message) ? error.message : "offline");

  // By itself it tries again and says nothing of the network, which the line above tells; what it says to whoever pressed
  // the button, and what a person has to do (sign in, carry the file), it says.
  async function send(asked = false) {
    if (sending || !navigator.onLine) return;
    sending = true;
    clearTimeout(again);
    try {
      for (let waiting = await unsent(); waiting.length; waiting = await unsent()) {
        const piece = waiting.slice(0, PIECE);
        const { outcomes } = await post(marking, { marks: piece.map((one) => one.sealed) });
        await Vault.sent(piece.map((one) => one.id));
        if (outcomes.some((one) => one === "unknown" || one === "unreadable")) said("strange");
        if (key) own = await Vault.readable(forum, key);
      }
    } catch (error) {
      const needs = ["session", "over", "refused"].includes(error.message);
      if (needs || asked === true) failed(error);
      if (!needs) again = setTimeout(send, AGAIN_MS);
    } finally {
      sending = false;
      await refresh();
    }
  }

  async function keepPage() {
    await navigator.serviceWorker.register(worker, { updateViaCache: "none" });
    const answer = await fetch(location.pathname, { redirect: "manual", cache: "no-store" });
    if (answer.type === "opaqueredirect" || answer.status === 403) throw new Error("session");
    if (!answer.ok || !Vault.isOurs(answer)) throw new Error("unreachable");
    const html = await answer.text(), fresh = new DOMParser().parseFromString(html, "text/html");
    const parts = [...fresh.querySelectorAll("link[rel=stylesheet], link[rel=icon], script[src], header img")];
    const kept = await caches.open(`consulta-door ${location.pathname}`); // a page's own: another forum's stays whole
    await (await caches.open("consulta-door")).delete(location.pathname);
    const wanted = ["/static/door-vault.js", ...parts.map((part) => part.getAttribute("href") || part.getAttribute("src"))];
    const current = new Set(wanted.map((address) => new URL(address, location).href));
    await kept.addAll([...current]);
    const policy = answer.headers.get("Content-Security-Policy") || "";
    const headers = { "Content-Type": "text/html; charset=utf-8", "Content-Security-Policy": policy, Consulta: "1" };
    await kept.put(location.pathname, new Response(html, { headers })); // last: what it needs is there
    for (const old of await kept.keys()) {
      if (new URL(old.url).pathname.startsWith("/static/") && !current.has(old.url)) await kept.delete(old);
    }
  }

  // --- what people do
  const on = (id, event, act) => byId(id).addEventListener(event, async (happened) => {
    happened.preventDefault();
    said("");
    await act(happened);
  });
  on("prepare", "submit", async () => {
    const pin = byId("pin").value, busy = byId("prepare").querySelector("button");
    if (!/^\d{6,}$/.test(pin)) return said("short");
    if (pin !== byId("pin-again").value) return said("different");
    busy.disabled = true;
    try {
      await keepPage();
      const found = await post(listing, {});
      key = await Vault.keep(forum, found.people, pin, Number(wipe), found.now);
      people = found.people;
      own = [];
      if (navigator.storage && navigator.storage.persist) await navigator.storage.persist();
      byId("prepare").reset();
      said("ready");
    } catch (error) {
      failed(error);
    }
    busy.disabled = false;
    return refresh();
  });
  on("locked", "submit", async () => {
    const found = await Vault.unlock(forum, byId("pin-open").value);
    byId("locked").reset();
    if (found.key) {
      ({ key, people } = found);
      own = await Vault.readable(forum, key);
    } else said(found.left ? "wrong" : "wiped");
    await refresh();
    send();
  });
  on("renew", "click", async () => {
    await send();
    try {
      const found = await post(listing, {});
      ({ people } = found);
      await Vault.renew(forum, key, people, Number(wipe), found.now);
      own = await Vault.readable(forum, key);
      said("renewed");
    } catch (error) {
      failed(error);
    }
    await refresh();
  });
  on("arrived", "submit", async () => {
    const name = byId("name").value.trim();
    if (!name) return said("nameless");
    const chosen = (id) => (byId(id) ? byId(id).value : "") || null;
    const made = await mark({
      name: name.slice(0, 80), table: chosen("first"), taking_part_as: chosen("taking_part_as"), department: chosen("department"),
    });
    byId("arrived").reset();
    byId("code").textContent = words("code", { code: await Vault.folio(made.id), name });
    return byId("name").focus();
  });
  on("wipe", "click", async () => {
    if (!confirm(words("sure"))) return;
    await Vault.wipe(forum);
    key = null;
    await refresh();
  });
  on("lock", "click", async () => { key = null; people = []; own = []; await refresh(); });
  on("send", "click", () => send(true));
  on("carry", "click", async () => {
    const file = { v: 1, forum, marks: (await unsent()).map((one) => one.sealed) };
    const link = document.createElement("a");
    link.href = URL.createObjectURL(new Blob([JSON.stringify(file)], { type: "application/json" }));
    link.download = `marcas-${forum.replaceAll("/", "-")}.json`;
    link.click();
    URL.revokeObjectURL(link.href);
  });
  on("undo-last", "click", () => mark({ undoes: last }));
  byId("here").addEventListener("toggle", draw);
  byId("q").addEventListener("input", draw);
  byId("search").addEventListener("submit", (event) => event.preventDefault());
  for (const event of ["online", "offline"]) window.addEventListener(event, () => refresh().then(() => send()));

  Vault.wipeDue().then(async (due) => {
    const went = await Vault.wentByItself(forum);
    await refresh();
    await send();
    if (went) said("went");
    else if (due.includes(forum)) said("clock");
    if (navigator.onLine && await Vault.roster(forum)) await keepPage().catch(() => {}); // newer files, if any
  });
})();
