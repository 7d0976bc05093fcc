/* landdb: single keys, row cursor, passing messages. Every page works without it.
   A link, button or field states its key: data-key="s" (lower case, or "Enter", "Escape", "Ctrl+Enter"), and what the
   key does: data-does="cùng người" (else its own text). A table with data-rows has a row cursor: J, K, Enter, X. */
(() => {
  "use strict";
  document.documentElement.classList.add("js");
  const LIFE_OF_A_MESSAGE = 10_000;

  const inField = (node) => node instanceof Element && node.closest("input:not([type=checkbox], [type=radio], [type=submit], [type=button]), textarea, select, [contenteditable]");
  const isShown = (node) => node.getClientRects().length > 0;
  const all = (selector) => [...document.querySelectorAll(selector)];

  /* ---- the row cursor ---- */
  const rows = () => all("[data-rows] tbody tr, tr[data-row]").filter((row) => row.querySelector("a[href], [data-open]"));
  const cursor = () => rows().findIndex((row) => row.classList.contains("at"));
  const moveTo = (index) => {
    const list = rows();
    if (!list.length) return;
    const row = list[Math.max(0, Math.min(list.length - 1, index))];
    list.forEach((other) => other.classList.toggle("at", other === row));
    const link = row.querySelector("[data-open], th a[href], a[href]");
    link.focus({ preventScroll: true });
    row.scrollIntoView({ block: "nearest" });
  };
  const openRow = () => {
    const row = rows()[cursor()];
    if (!row) return false;
    row.querySelector("[data-open], th a[href], a[href]").click();
    return true;
  };
  /* Enter without a row under the cursor begins what the page is for: [data-start]. */
  const start = () => {
    const button = document.querySelector("[data-start]");
    return button ? (button.click(), true) : false;
  };
  const tickRow = () => {
    const box = rows()[cursor()]?.querySelector("input[type=checkbox]:not(:disabled)");
    if (!box) return false;
    box.click();
    return true;
  };

  /* ---- single keys ---- */
  const declared = (key) => all("[data-key]").find((node) => node.dataset.key.toLowerCase().split(" ").includes(key.toLowerCase()) && !node.disabled && node.getAttribute("aria-disabled") !== "true" && isShown(node));
  const press = (node) => {
    if (node.matches("input:not([type=checkbox], [type=radio], [type=submit]), textarea, select")) node.focus();
    else if (node.matches("details > summary")) node.parentElement.open = !node.parentElement.open;
    else node.click();
  };
  const showKeys = () => {
    const dialog = document.getElementById("keys");
    if (!dialog) return;
    if (dialog.open) return dialog.close();
    const list = dialog.querySelector("[data-keys]");
    list.querySelectorAll("[data-of-page]").forEach((node) => node.remove());
    const seen = new Set();
    const isOff = (node) => node.disabled || node.getAttribute("aria-disabled") === "true";
    document.querySelectorAll("template[data-more-keys]").forEach((more) => {
      const other = more.content.cloneNode(true);
      [...other.children].forEach((node) => { node.dataset.ofPage = ""; });
      list.prepend(other);
    });
    // Keys that a page of this kind has, and this one has no use for.
    const isUsed = (key) => all("[data-key]").some((node) => isShown(node) && node.dataset.key.split(" ")[0] === key);
    document.querySelectorAll("template[data-other-keys]").forEach((more) => {
      const other = more.content.cloneNode(true);
      [...other.querySelectorAll("dt")].forEach((name) => {
        const what = name.nextElementSibling;
        if (isUsed(name.dataset.for)) return [name, what].forEach((node) => node.remove());
        what.textContent += ` (${more.dataset.otherKeys})`;
        [name, what].forEach((node) => { node.dataset.ofPage = ""; node.className = "muted"; });
      });
      list.querySelector("[data-general]").before(other);
    });
    all("[data-key]").filter(isShown).reverse().forEach((node) => {
      const [key] = node.dataset.key.split(" ");
      const isSame = (other) => other !== node && other.dataset.key.split(" ")[0] === key && isShown(other) && !isOff(other);
      if (seen.has(key) || (isOff(node) && all("[data-key]").some(isSame))) return;
      seen.add(key);
      const said = node.cloneNode(true);
      said.querySelectorAll("kbd").forEach((other) => other.remove());
      const name = document.createElement("dt");
      const cap = document.createElement("kbd");
      const what = document.createElement("dd");
      cap.textContent = key.length === 1 ? key.toUpperCase() : key === "Escape" ? "Esc" : key;
      what.textContent = node.dataset.does || (node.getAttribute("aria-label") || said.textContent).replace(/\s+/g, " ").trim();
      if (isOff(node)) {
        what.textContent += ` (${dialog.dataset.off}${node.title ? `: ${node.title.charAt(0).toLowerCase()}${node.title.slice(1)}` : ""})`;
        name.className = what.className = "muted";
      }
      name.append(cap);
      name.dataset.ofPage = what.dataset.ofPage = "";
      list.prepend(name, what);
    });
    // What the page says of a key stands in place of what it does elsewhere; without rows or a search no key is for them.
    const isMissing = ({ dataset }) => dataset.needs && !document.querySelector(dataset.needs);
    list.querySelectorAll("[data-general]").forEach((node) => { node.hidden = isMissing(node) || node.dataset.general.split(" ").some((key) => seen.has(key)); });
    dialog.showModal();
  };
  // What opens to be typed into has the cursor in it.
  document.addEventListener("toggle", ({ target }) => {
    if (target.matches("details[data-types][open]")) target.querySelector("input:not([type=hidden])").focus();
  }, true);
  document.addEventListener("click", (event) => {
    if (event.target instanceof Element && event.target.closest("[data-show-keys]")) showKeys();
  });
  document.addEventListener("click", (event) => {
    if (event.target instanceof Element && event.target.closest("[data-print]")) window.print();
  });
  all("[data-print]").forEach((node) => { node.hidden = false; });
  all("[data-show-keys]").forEach((node) => { node.hidden = false; });
  /* Where the cursor begins in a field, one Esc leads back as long as nothing was typed. */
  const isTyped = () => all("main :is(input, textarea)").some((node) => (node.matches("[type=checkbox], [type=radio]") ? node.checked !== node.defaultChecked : node.type !== "hidden" && node.value !== node.defaultValue));
  const goBack = () => {
    const back = document.querySelector("[data-back]");
    if (back) back.click();
  };
  /* Whoever opened a plot or entries side by side at the desk goes back to the desk, also from a form of it that was refused: [data-at] says which plot. */
  const backToDesk = () => {
    const [opened, desk] = JSON.parse(sessionStorage.getItem("desk.opened") || "[]");
    if (opened !== (document.querySelector("[data-at]")?.dataset.at ?? location.pathname)) return false;
    sessionStorage.removeItem("desk.opened");
    return location.assign(desk), true;
  };
  const withoutField = (event) => {
    const key = event.key;
    if (key === "Escape" && backToDesk()) return true;
    const node = declared(key);
    if (node) return press(node), true;
    if (key === "?") return showKeys(), true;
    if (key === "/") {
      const search = document.querySelector("[data-search]");
      return search ? (search.focus(), search.select(), true) : false;
    }
    if (key === "j") return moveTo(cursor() + 1), true;
    if (key === "k") return moveTo(cursor() < 0 ? 0 : cursor() - 1), true;
    if (key === "x") return tickRow();
    if (key === "Enter") return event.target === document.body && (openRow() || start());
    if (key === "Escape") return goBack(), true;
    return false;
  };
  document.addEventListener("keydown", (event) => {
    if (event.defaultPrevented || event.isComposing) return;
    const dialog = document.querySelector("dialog[open]");
    if (event.key === "Enter" && event.ctrlKey) {
      const form = event.target instanceof Element && event.target.closest("form");
      const isBox = form && event.target.matches("input[type=checkbox], input[type=radio]");
      if (form && (inField(event.target) || isBox)) { event.preventDefault(); form.requestSubmit(); }
      return;
    }
    if (event.ctrlKey || event.altKey || event.metaKey || dialog) return;
    if (inField(event.target)) {
      const back = event.key === "Escape" && event.target.closest("main") && !isTyped() && document.querySelector("[data-back-at-once]");
      if (back) press(back);
      else if (event.key === "Escape") event.target.blur();
      return;
    }
    if (event.repeat && !["j", "k"].includes(event.key)) return;
    if (withoutField(event)) event.preventDefault();
  });

  /* ---- a decision and its reason: form[data-decide]. A key or button pressed before the reason is remembered, so
     that Enter in the reason sends it; Enter alone decides nothing. ---- */
  const choices = (form) => [...form.querySelectorAll("button[name=decision]")];
  const choose = (form, button) => {
    choices(form).forEach((other) => other.setAttribute("aria-pressed", String(other === button)));
    const hint = form.querySelector("[data-hint]");
    if (hint) hint.textContent = hint.dataset.hint;
  };
  const chosenOf = (form) => choices(form).find((button) => button.getAttribute("aria-pressed") === "true");
  document.addEventListener("click", (event) => {
    const button = event.target instanceof Element && event.target.closest("[data-decide] button[name=decision]");
    if (button) choose(button.form, button);
  });
  document.addEventListener("invalid", (event) => {
    if (!event.target.closest("[data-decide]")) return;
    event.preventDefault();
    event.target.setAttribute("aria-invalid", String(event.target.value !== ""));
    const hint = event.target.form.querySelector("[data-short]");
    if (hint && event.target.value) hint.textContent = hint.dataset.short;
    event.target.focus();
  }, true);
  document.addEventListener("keydown", (event) => {
    const form = event.key === "Enter" && !event.isComposing && event.target instanceof Element && event.target.matches("[data-decide] input.reason") && event.target.form;
    if (!form) return;
    event.preventDefault();
    const button = chosenOf(form);
    if (button) form.requestSubmit(button);
    else choices(form)[0]?.focus();
  });

  /* ---- numbers that were revealed are hidden again ---- */
  const LIFE_OF_A_NUMBER = 30_000;
  const hide = (within) => {
    within.querySelectorAll("[data-masked]").forEach((node) => { node.textContent = node.dataset.masked; });
    within.querySelectorAll("[data-while-revealed]").forEach((node) => node.remove());
    within.querySelectorAll("[data-when-hidden]").forEach((node) => { node.hidden = false; });
  };
  const hideLater = (within) => { if (within.querySelector("[data-masked]")) setTimeout(() => hide(within), LIFE_OF_A_NUMBER); };
  hideLater(document);
  /* Nor does the Back key bring them up: a page that is kept is kept masked, and one that is asked for again comes masked. */
  addEventListener("pagehide", () => hide(document));
  if (document.querySelector("[data-masked]")) history.replaceState(history.state, "", location.href);
  document.addEventListener("htmx:afterSettle", (event) => hideLater(event.target));

  /* ---- menus close when one looks elsewhere; passing messages pass ---- */
  document.addEventListener("click", (event) => all("details:is(.who-menu, .more-menu)[open]").forEach((menu) => { if (!menu.contains(event.target)) menu.open = false; }));
  const letPass = () => all("[data-passing]").forEach((node) => setTimeout(() => node.remove(), LIFE_OF_A_MESSAGE));
  letPass();

  /* ---- ticked rows: input[data-plots] in a row, [data-tick-all] above them, [data-chosen] says how many ---- */
  const boxes = () => all("input[data-plots]:not(:disabled)");
  const showTicked = () => {
    const ticked = boxes().filter((box) => box.checked);
    boxes().forEach((box) => box.closest("tr").setAttribute("aria-selected", String(box.checked)));
    const said = document.querySelector("[data-chosen]");
    if (said) said.textContent = `${said.dataset.chosen} ${ticked.length}`;
    const whole = document.querySelector("[data-tick-all]");
    if (whole) whole.checked = ticked.length > 0 && ticked.length === boxes().length;
  };
  document.addEventListener("change", (event) => {
    if (!(event.target instanceof Element)) return;
    if (event.target.matches("[data-tick-all]")) boxes().forEach((box) => { box.checked = event.target.checked; });
    if (event.target.matches("[data-tick-all], [data-plots]")) showTicked();
  });
  document.addEventListener("reset", () => setTimeout(showTicked));
  window.addEventListener("pageshow", showTicked);

  /* ---- a filter that changes sends its form ---- */
  document.addEventListener("change", (event) => {
    if (event.target instanceof Element && event.target.matches("[data-send]")) event.target.form.requestSubmit();
  });
})();
