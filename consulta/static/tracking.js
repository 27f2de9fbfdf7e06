// Fills the code in from the part of the link after "#", which a browser never sends to a server.
(() => {
  const field = document.getElementById("folio");
  const [code, confirmation] = decodeURIComponent(location.hash.slice(1)).split(".");
  if (!field || !code) return;
  field.value = code;
  const confirm = document.getElementById("confirmation");
  if (confirm && confirmation) confirm.value = confirmation;
  history.replaceState(null, "", location.pathname + location.search);
})();
