// Keys for the desk: each names a button that is there without a script as well. Nothing happens while typing.
(() => {
  const acts = new Map();
  for (const element of document.querySelectorAll("[data-key]")) acts.set(element.dataset.key, element);
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.altKey || event.metaKey) return;
    if (event.target.matches("input:not([type=radio]):not([type=checkbox]), textarea, select")) return;
    const element = acts.get(event.key.toLowerCase());
    if (!element) return;
    event.preventDefault();
    if (element.matches("button, a")) element.click();
    else element.focus();
  });
})();
