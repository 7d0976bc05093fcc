/* A row of a list with its evidence beside it: the list shows which, and the keys go on from there. */
(() => {
  "use strict";
  const place = document.getElementById("look");
  if (!place) return;
  const rowOf = (pk) => document.getElementById(`row-${pk}`);
  const show = () => {
    const panel = place.querySelector(".look");
    document.querySelectorAll("[data-rows] tr.at").forEach((row) => row.classList.remove("at"));
    if (!panel) return;
    const row = rowOf(panel.dataset.look);
    row?.classList.add("at");
    row?.scrollIntoView({ block: "nearest" });
    place.scrollTop = 0;
    if (!panel.querySelector(".sheet:not([hidden])")) panel.focus({ preventScroll: true });
  };
  document.addEventListener("htmx:afterSettle", (event) => { if (event.detail.target === place) show(); });
  show();

  /* Closed, the cursor stands on the row that was open. */
  document.addEventListener("click", (event) => {
    const link = event.target instanceof Element && event.target.closest("[data-close-look]");
    if (!link) return;
    event.preventDefault();
    const row = rowOf(link.closest(".look").dataset.look);
    place.replaceChildren();
    row?.querySelector("[data-open]").focus();
  });
})();
