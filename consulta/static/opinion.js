// Counts the characters of the opinion; everything else on the page works without a script.
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
