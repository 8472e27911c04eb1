/* Before anything is drawn: the colours that the reader has chosen, else the system's, and whether numbers are underlined. */
(function (root) {
  var stored = null;
  try { stored = localStorage.getItem("mode"); } catch (error) { /* no storage: the system's colours */ }
  var mode = stored === "light" || stored === "dark" ? stored : "auto";
  root.dataset.mode = mode;
  root.dataset.theme = mode !== "auto" ? mode : matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light";
  try { root.toggleAttribute("data-sources", localStorage.getItem("digikom-sources") === "1"); } catch (error) { /* no storage: no lines */ }
  root.classList.add("digikom-scripted");
})(document.documentElement);
