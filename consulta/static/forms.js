// Keeps what is typed in this tab until it was taken: a reload, a pull down or a lost connection does not empty a form.
// Nothing leaves the device; codes, passwords and files are never kept.
(() => {
  const PENDING = "typed-sent";
  const [arrival] = performance.getEntriesByType("navigation");
  const controls = (form) => [...form.elements].filter((e) => e.name && !["hidden", "submit", "button", "file"].includes(e.type));
  const state = (e) => (["checkbox", "radio"].includes(e.type) ? e.checked : e.value);
  const given = (e) => (["checkbox", "radio"].includes(e.type) ? e.defaultChecked
    : e.options ? [...e.options].find((o) => o.defaultSelected)?.value ?? e.options[0]?.value : e.defaultValue);
  const read = (key) => { try { return JSON.parse(sessionStorage.getItem(key)); } catch { return null; } };
  const forms = [...document.querySelectorAll("form[method=post]")].filter((form) =>
    !form.querySelector("[type=password], [name=folio], [name=code]") && !form.closest("[data-unkept]"));
  const keyOf = (form) => `typed:${location.pathname}:${forms.indexOf(form)}`;

  const sent = sessionStorage.getItem(PENDING);
  const taken = arrival && (arrival.responseStatus ?? 200) < 400 && !document.querySelector(".error-summary")
    && (arrival.redirectCount > 0 || !sent?.startsWith(`typed:${location.pathname}:`));
  if (sent && taken) sessionStorage.removeItem(sent);
  sessionStorage.removeItem(PENDING);

  for (const form of forms) {
    const key = keyOf(form), kept = read(key), all = controls(form);
    const before = JSON.stringify(all.map((e) => [e.name, given(e)]));
    if (kept && kept.before === before) {
      all.forEach((e, n) => {
        if (["checkbox", "radio"].includes(e.type)) e.checked = kept.now[n];
        else e.value = kept.now[n];
      });
      for (const fold of form.querySelectorAll("details")) if (controls(form).some((e) => fold.contains(e) && state(e) !== given(e))) fold.open = true;
      form.dispatchEvent(new Event("input", { bubbles: true }));
    }
    form.addEventListener("input", () => {
      const now = controls(form).map(state);
      try { sessionStorage.setItem(key, JSON.stringify({ before, now })); } catch { /* full: as without a script */ }
    });
    form.addEventListener("submit", () => sessionStorage.setItem(PENDING, key));
  }
})();
// Counts the characters of an opinion.
(() => {
  const text = document.getElementById("body");
  const counter = document.getElementById("counter");
  if (!text || !counter) return;
  const most = Number(counter.dataset.most);
  const show = () => {
    const size = [...text.value.replace(/\r\n/g, "\n")].length;
    counter.textContent = `${size.toLocaleString("es-GT")} / ${most.toLocaleString("es-GT")}`;
    counter.classList.toggle("over", size > most);
  };
  text.addEventListener("input", show);
  window.addEventListener("pageshow", show);
  show();
})();
