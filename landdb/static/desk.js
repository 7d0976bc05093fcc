/* The desk: how long the record is still held, its keys; the side sheets are in sheets.js, what was typed in drafts.js. Without it the links and forms do the same. */
(() => {
  "use strict";
  const desk = document.querySelector("[data-desk]");
  if (!desk) return;
  const all = (selector, within = document) => [...within.querySelectorAll(selector)];
  const EVERY = 45_000;

  /* Which record was left has been told; a reload need not tell it again. */
  const here = new URL(location.href);
  if (here.searchParams.has("left")) {
    here.searchParams.delete("left");
    history.replaceState(history.state, "", here);
  }

  /* ---- the lease: a clock, kept running by what one does ---- */
  const lease = desk.querySelector("[data-left]");
  const clock = lease?.querySelector("[data-clock]");
  let until = Date.now() + 1000 * Number(lease?.dataset.left);
  const show = (node, is) => { if (node) node.hidden = !is; };
  const tick = () => {
    const left = Math.max(0, Math.round((until - Date.now()) / 1000));
    clock.textContent = `${String(Math.floor(left / 60)).padStart(2, "0")}:${String(left % 60).padStart(2, "0")}`;
    lease.classList.toggle("tag", left < 60);
    lease.classList.toggle("warn", left < 60);
    show(lease.querySelector("[data-with-script]"), left > 0);
    show(lease.querySelector("[data-over]"), left === 0);
  };
  if (clock) {
    show(lease.querySelector("[data-without-script]"), false);
    tick();
    setInterval(tick, 1000);
  }

  /* ---- left for somewhere else it is free at once; what belongs to the record (its history, a correction) keeps it, and the
     desk's own ways on give it back themselves ---- */
  const own = desk.dataset.drafts;
  let staysSince = 0;
  let staysHere = false;
  const isOwn = (address) => {
    const to = new URL(address, location.href);
    return to.pathname.startsWith(own) || to.searchParams.has("left");
  };
  document.addEventListener("click", (event) => {
    const link = event.target instanceof Element && event.target.closest("a[href]");
    if (link) staysSince = isOwn(link.href) ? Date.now() : 0;
  }, true);
  document.addEventListener("submit", (event) => { staysSince = isOwn(event.target.action) ? Date.now() : 0; }, true);
  // A link that opened a sheet led nowhere: only what is left at once is left by it.
  window.addEventListener("beforeunload", () => { staysHere = Date.now() - staysSince < 1000; });
  window.addEventListener("pagehide", () => {
    if (staysHere || !desk.dataset.hold) return;
    const told = new FormData();
    told.append("csrfmiddlewaretoken", desk.querySelector("[name=csrfmiddlewaretoken]").value);
    told.append("until", desk.dataset.until);
    navigator.sendBeacon(`${own}leave/`, told);
  });

  let held = Date.now();
  const refuse = (said) => {
    const notice = desk.querySelector("[data-held]");
    notice.querySelector("[data-held-text]").textContent = said;
    notice.hidden = false;
    all(".decide button[name=decision]", desk).forEach((button) => { button.disabled = true; });
    all(".decide [data-sheet]", desk).forEach((link) => link.setAttribute("aria-disabled", "true"));
    all(".sheet [type=submit]", desk).forEach((button) => { button.disabled = true; });
    delete desk.dataset.hold;
    show(lease, false);
  };
  const hold = async () => {
    if (!desk.dataset.hold || Date.now() - held < EVERY) return;
    held = Date.now();
    const token = desk.querySelector("[name=csrfmiddlewaretoken]").value;
    try {
      const answer = await fetch(desk.dataset.hold, { method: "POST", headers: { "X-CSRFToken": token } });
      const said = await answer.json();
      if (answer.ok) {
        until = Date.now() + 1000 * said.left;
        desk.dataset.until = said.until;
      }
      else if (said.held) refuse(said.held);
    } catch { /* the network is away: the next key asks again */ }
  };
  ["keydown", "pointerdown", "input"].forEach((kind) => document.addEventListener(kind, hold, true));

  /* ---- a record that was decided on opens anew once that is worked out, with the same candidate; not under the fingers of who types, nor in the way of who is leaving ---- */
  let isLeaving = false;
  window.addEventListener("beforeunload", () => { isLeaving = true; });
  document.addEventListener("record-settled", () => {
    const isTyping = document.activeElement?.matches("input[type=text], input:not([type]), textarea");
    if (isTyping || isLeaving) return;
    const anew = new URL(location.href);
    const candidate = desk.querySelector(".decide [name=match]")?.value;
    if (candidate) anew.searchParams.set("candidate", candidate);
    staysSince = Date.now();
    location.replace(anew);
  });

  /* ---- the page stands still and the evidence scrolls: so do the keys for it, wherever nothing else has them ---- */
  const evidence = desk.querySelector(".desk-main");
  const STEPS = { ArrowDown: [0, 60], ArrowUp: [0, -60], PageDown: [0.85, 0], PageUp: [-0.85, 0], " ": [0.85, 0], End: [1e4, 0], Home: [-1e4, 0] };
  document.addEventListener("keydown", (event) => {
    const step = STEPS[event.key];
    const isFree = event.target === document.body || event.target === desk;
    if (!step || !isFree || event.ctrlKey || event.altKey || event.metaKey || document.querySelector("dialog[open]")) return;
    event.preventDefault();
    const [pages, pixels] = event.key === " " && event.shiftKey ? [-0.85, 0] : step;
    // In a small window, as at 200 %, it is the page that scrolls, under the bar.
    const scroller = getComputedStyle(evidence).overflowY === "visible" ? document.scrollingElement : evidence;
    const height = scroller.clientHeight - (scroller === evidence ? 0 : desk.querySelector(".decide")?.offsetHeight ?? 0);
    scroller.scrollBy({ top: pages * height + pixels });
  });

  /* From a plot, or from entries side by side, that are opened here, Esc leads back here (landdb.js). */
  desk.addEventListener("click", (event) => {
    const link = event.target instanceof Element && event.target.closest("a:is([href^='/plots/'], [href^='/duplicates/'])");
    if (link) sessionStorage.setItem("desk.opened", JSON.stringify([new URL(link.href).pathname, location.href]));
  });

  /* ---- Enter ends the reason, so that the next key decides ---- */
  document.addEventListener("keydown", (event) => {
    const isReason = event.key === "Enter" && !event.isComposing && event.target instanceof Element && event.target.matches("input.reason");
    if (!isReason || desk.querySelector(".sheet:not([hidden])")) return;
    event.preventDefault();
    event.target.blur();
  }, true);

  /* ---- a form is sent once: a second press belongs to the next record ---- */
  let isGone = false;
  document.addEventListener("submit", (event) => {
    if (isGone) event.preventDefault();
    isGone = true;
    desk.setAttribute("aria-busy", "true");
  });
  addEventListener("pageshow", () => { isGone = false; desk.removeAttribute("aria-busy"); });
})();
