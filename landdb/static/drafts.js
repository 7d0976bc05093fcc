/* landdb: what is typed stays in this tab until its form was accepted. Kept are reasons, notes and other words wherever they
   are asked for, fields with data-draft, and all text fields of form[data-drafts]; never passwords, files, hidden fields,
   searches, nor what is marked data-no-draft. A draft belongs to a person (data-person of the page, which tells nobody who
   that is), a place and a field. The place is where the form goes, or what data-drafts around it says. It is gone at sign-out,
   and when somebody else sits down at the same tab. */
(() => {
  "use strict";
  const { person, cameBack, pageSays } = document.body.dataset;
  if (!person) return;
  const ALL = "draft.";
  const OWN = `${ALL}${person} `;
  const all = (selector, within = document) => [...within.querySelectorAll(selector)];
  const forget = (isGone) => Object.keys(sessionStorage).filter(isGone).forEach((key) => sessionStorage.removeItem(key));
  forget((key) => key.startsWith(ALL) && !key.startsWith(OWN));
  document.addEventListener("submit", (event) => { if (event.target.matches("[data-sign-out]")) sessionStorage.clear(); });

  const TEXT = "textarea, input:not([type]), input[type=text]";
  const WORDS = "textarea, input:is([name=reason], [name=note], [name=words], [name=purpose], [name=clear_reason])";
  const isKept = (node) => node instanceof Element && node.form?.matches("[method=post]") && !node.closest("[data-no-draft]")
    && (node.matches("[data-draft]") || (node.name && node.matches(TEXT) && (node.matches(WORDS) || node.form.matches("[data-drafts]"))));
  const placeOf = (node) => node.closest("[data-drafts]")?.dataset.drafts || new URL(node.form.getAttribute("action") || location.pathname, location.href).pathname;
  const startOf = (place) => `${OWN}${encodeURIComponent(place)} `;
  const keyOf = (node) => startOf(placeOf(node)) + (node.dataset.draft || node.name);
  const keptOf = (form) => [...form.elements].filter(isKept);

  // A page that refuses a form brings along what was typed.
  const isRefused = () => all("[aria-invalid=true], [role=alert]:not([hidden], [data-held], .toast)").length > 0;

  /* An identity number is nowhere but in its own field: a run of nine digits and more is left out, however it is spaced. */
  const withoutNumbers = (text) => text.replace(/\d(?:[ .-]?\d){8,}/g, "");
  document.addEventListener("input", ({ target }) => {
    if (!isKept(target)) return;
    if (target.type === "checkbox") sessionStorage.setItem(keyOf(target), String(target.checked));
    else if (target.type !== "radio" && target.value === target.defaultValue && !isRefused()) sessionStorage.removeItem(keyOf(target));
    else sessionStorage.setItem(keyOf(target), withoutNumbers(target.value));
  });

  /* ---- coming back ---- */
  const tell = (node) => {
    node.closest("details")?.setAttribute("open", "");
    const said = document.createElement("span");
    said.className = "hint came-back";
    said.id = `back-${node.id || node.name}`;
    said.textContent = node.defaultValue ? `${cameBack} ${pageSays} ${node.defaultValue}` : cameBack;
    node.after(said);
    node.setAttribute("aria-describedby", [node.getAttribute("aria-describedby"), said.id].filter(Boolean).join(" "));
    node.addEventListener("input", () => { if (node.value === node.defaultValue) said.remove(); });
  };
  const giveBack = (node, text, isSent) => {
    if (node.type === "radio") {
      if (!isSent) node.checked = node.value === text;
    } else if (node.type === "checkbox") {
      if (!isSent) node.checked = text === "true";
    } else if (node.value !== text && !(isSent && node.value)) {
      node.value = text;
      tell(node);
      if (node.hasAttribute("hx-post")) node.dispatchEvent(new Event("input", { bubbles: true }));
    }
  };
  const seen = new WeakSet();
  const restore = (isWanted) => {
    const isSent = isRefused();
    all("input, textarea").filter((node) => isKept(node) && !seen.has(node) && isWanted(node)).forEach((node) => {
      seen.add(node);
      node.autocomplete = "off";
      const text = sessionStorage.getItem(keyOf(node));
      if (text !== null) giveBack(node, text, isSent);
    });
  };

  /* ---- accepted: the server says so in a cookie, for the place that the form named ---- */
  // A form that is only asked about while one types (htmx) is not sent.
  let sent = null;
  document.addEventListener("submit", (event) => {
    sent = event.target;
    setTimeout(() => { sent = null; });
    // The answer may be a file: then the page stays.
    setTimeout(forgetAccepted, 3_000);
  }, true);
  document.addEventListener("formdata", (event) => {
    if (event.target !== sent) return;
    const [first] = keptOf(sent);
    if (first) event.formData.append("kept", encodeURIComponent(placeOf(first)));
  });
  const forgetAccepted = () => {
    const accepted = document.cookie.match(/(?:^|; )accepted=([^;]+)/);
    if (!accepted) return;
    document.cookie = "accepted=; path=/; max-age=0";
    forget((key) => key.startsWith(`${OWN}${accepted[1]} `));
  };

  forgetAccepted();
  restore((node) => !node.hasAttribute("hx-post"));
  // A field that asks the server while one types can do so once htmx knows it.
  document.addEventListener("DOMContentLoaded", () => restore(() => true));
  document.addEventListener("htmx:afterSettle", () => {
    forgetAccepted();
    restore(() => true);
  });
})();
