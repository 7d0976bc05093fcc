/* Side sheets: form.sheet, opened by [data-sheet] beside its key, with reasons and fields by digit ([data-digit]), Ctrl+Enter and Esc.
   Without it the links open the sheet by loading the page again. */
(() => {
  "use strict";
  const open = () => document.querySelector(".sheet:not([hidden])");
  let opener = null;
  const firstOf = (sheet) => sheet.querySelector("[type=radio]:checked") || sheet.querySelector("input:not([type=hidden])");
  /* The keys of the bar sleep while a sheet is open: so does the bar, for those who look and those who listen. */
  const rest = () => document.querySelectorAll(".decide").forEach((bar) => { bar.inert = Boolean(open()); });
  const close = () => {
    const sheet = open();
    if (!sheet) return;
    sheet.hidden = true;
    rest();
    opener?.focus();
  };
  const openSheet = (link) => {
    close();
    opener = link;
    const sheet = document.getElementById(`sheet-${link.dataset.sheet}`);
    sheet.hidden = false;
    rest();
    firstOf(sheet).focus();
  };
  document.addEventListener("click", (event) => {
    const node = event.target instanceof Element ? event.target : null;
    const link = node?.closest("[data-sheet]");
    if (link) {
      event.preventDefault();
      if (link.getAttribute("aria-disabled") !== "true") openSheet(link);
    } else if (node?.closest("[data-close]")) {
      event.preventDefault();
      close();
    }
  });
  const isText = (node) => node instanceof Element && node.matches("input:not([type=radio], [type=checkbox]), textarea");
  document.addEventListener("keydown", (event) => {
    if (event.isComposing) return;
    const sheet = open();
    if (!sheet || document.querySelector("dialog[open]")) return;
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
      event.preventDefault();
      event.stopPropagation();
      sheet.requestSubmit();
    } else if (event.key === "Escape") {
      event.preventDefault();
      event.stopPropagation();
      close();
    } else if (!isText(event.target) && !event.ctrlKey && !event.altKey && !event.metaKey && event.key.length === 1 && event.key !== " ") {
      // All other keys sleep while a sheet is open.
      event.stopPropagation();
      const choice = sheet.querySelector(`[data-digit="${CSS.escape(event.key)}"]`);
      if (!choice) return;
      event.preventDefault();
      choice.click();
      choice.focus();
      if (choice.value === "day") sheet.querySelector("[name=until]").focus();
    }
  }, true);
  /* A sheet that came with its part of the page begins; one that was open before keeps the field somebody is typing in. */
  const begin = (within) => {
    rest();
    const first = open();
    if (first && within.contains(first)) (first.querySelector("[aria-invalid=true]") || firstOf(first))?.focus();
  };
  begin(document);
  document.addEventListener("htmx:afterSettle", (event) => begin(event.target));
})();
