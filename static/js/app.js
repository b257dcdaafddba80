/* Comforts only: every page works without this file. */
"use strict";

/** Remember the chosen appearance for a year, for the server to write into the page, and show it now. */
function chooseTheme(theme) {
  const secure = location.protocol === "https:" ? "; Secure" : "";
  const age = theme ? 31536000 : 0;
  document.cookie = `theme=${theme}; Path=/; Max-Age=${age}; SameSite=Lax${secure}`;
  if (theme) document.documentElement.dataset.theme = theme;
  else delete document.documentElement.dataset.theme;
  markTheme();
}

/** Say which appearance is in force. */
function markTheme() {
  const current = document.documentElement.dataset.theme || "";
  for (const button of document.querySelectorAll("[data-theme-choice]")) {
    button.setAttribute("aria-pressed", String(button.dataset.themeChoice === current));
  }
}

/** The appearance buttons do nothing without this file, so they appear with it. */
function offerTheme() {
  for (const box of document.querySelectorAll("[data-appearance]")) {
    box.hidden = false;
    box.addEventListener("click", (event) => {
      const button = event.target.closest("[data-theme-choice]");
      if (button) chooseTheme(button.dataset.themeChoice);
    });
  }
  markTheme();
}

/** An open menu closes with Escape, giving focus back, and with a click elsewhere. */
function closeMenus() {
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    for (const menu of document.querySelectorAll("details.who[open]")) {
      menu.open = false;
      menu.querySelector("summary").focus();
    }
  });
  document.addEventListener("click", (event) => {
    for (const menu of document.querySelectorAll("details.who[open]")) {
      if (!menu.contains(event.target)) menu.open = false;
    }
  });
}

const QUIET_AFTER = 5 * 60 * 1000;
let lastTouched = Date.now();

/** Nobody there: stop asking, so that an open tab neither costs anything nor keeps a person logged in. */
function restPolling() {
  for (const sign of ["pointerdown", "keydown", "scroll"]) {
    document.addEventListener(sign, () => { lastTouched = Date.now(); }, { passive: true });
  }
  document.addEventListener("htmx:beforeRequest", (event) => {
    if (!event.detail.elt.hasAttribute("data-poll")) return;
    if (document.hidden || Date.now() - lastTouched > QUIET_AFTER) event.preventDefault();
  });
}

/** What was opened stays open when its part of the page is replaced. */
function keepOpen() {
  let open = [];
  document.addEventListener("htmx:beforeSwap", () => {
    open = [...document.querySelectorAll("details[data-keep][open]")].map((one) => one.id);
  });
  document.addEventListener("htmx:afterSwap", () => {
    for (const id of open) document.getElementById(id)?.setAttribute("open", "");
  });
}

/** A form is sent once, however often its button is pressed. */
function sendOnce() {
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (form.method !== "post" || event.defaultPrevented) return;
    if (form.dataset.sent) event.preventDefault();
    form.dataset.sent = "yes";
  });
  // Coming back with the Back button finds the form as it was left.
  addEventListener("pageshow", () => {
    for (const form of document.querySelectorAll("form[data-sent]")) delete form.dataset.sent;
  });
}

/** What is said to an answer that tells of danger comes into view; where it did not arrive, say so, and whom to call. */
function answerDanger() {
  document.addEventListener("htmx:afterRequest", (event) => {
    const { elt, successful, xhr } = event.detail;
    if (!elt.dataset.dangerFrom) return;
    const arrived = successful && new URL(xhr.responseURL).pathname === elt.getAttribute("hx-post");
    const danger = Number(elt.value) >= Number(elt.dataset.dangerFrom);
    const unheard = document.getElementById("unheard");
    unheard.hidden = arrived || !danger;
    if (danger) (arrived ? document.getElementById("heard") : unheard).scrollIntoView({ block: "nearest" });
  });
}

/** Times differ between here and where the page is kept: offer to turn them into one's own. */
function offerZone() {
  const form = document.querySelector("form[data-zone]");
  if (!form) return;
  const clock = (timeZone) => new Date().toLocaleString("en", { timeZone });
  const own = Intl.DateTimeFormat().resolvedOptions().timeZone;
  if (!own || clock(own) === clock(form.dataset.zone)) return;
  form.elements.time_zone.value = own;
  form.hidden = false;
}

/** After a refused form the person is led to what to mend. */
function leadToErrors() {
  document.querySelector(".error-summary")?.focus();
}

offerTheme();
closeMenus();
restPolling();
keepOpen();
sendOnce();
answerDanger();
offerZone();
leadToErrors();
