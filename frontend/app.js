// Every page works without this file; with it, some are quicker.
import { initAll } from "./govuk-frontend.min.js";

// Where modules run, GOV.UK Frontend does too; its own snippet for saying so is inline, which our policy forbids.
document.body.classList.add("js-enabled", "govuk-frontend-supported");
initAll();

// A form says that it is on its way, and cannot be sent twice by a double click. Forms that htmx sends
// arrive here with their default prevented, and may be sent again.
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (event.defaultPrevented) return;
  if (form.dataset.sent === "yes") {
    event.preventDefault();
    return;
  }
  if (form.method === "post") {
    form.dataset.sent = "yes";
    window.addEventListener("pageshow", () => delete form.dataset.sent, { once: true });
  }
});

// Drafts: what is typed in a form marked data-draft is sent to the server as it is written, and once
// more when the page is left or put away, as a phone does when somebody calls.
for (const form of document.querySelectorAll("form[data-draft]")) {
  let waiting;
  let isTyped = false;
  const status = form.querySelector("[data-draft-status]");
  const tell = (words) => {
    if (status) status.textContent = words;
  };
  const send = () => {
    clearTimeout(waiting);
    if (!isTyped || form.dataset.sent === "yes") return;
    isTyped = false;
    const body = new FormData(form);
    const token = body.get("csrfmiddlewaretoken");
    body.delete("csrfmiddlewaretoken");
    fetch(form.dataset.draft, {
      method: "POST",
      body: new URLSearchParams([...body].filter(([, value]) => typeof value === "string")),
      headers: { "X-CSRFToken": token, "X-Requested-With": "fetch" },
      credentials: "same-origin",
      keepalive: true,
    })
      .then((answer) => {
        if (answer.ok && answer.redirected) tell("You were signed out. Your draft is kept: sign in again to go on.");
        else tell(answer.ok ? "Draft kept" : "Draft not kept: copy your words before you leave this page");
      })
      .catch(() => {
        isTyped = true;
        tell("Draft not kept: no connection. It will be tried again.");
        waiting = setTimeout(send, 5000);
      });
  };
  form.addEventListener("input", () => {
    isTyped = true;
    clearTimeout(waiting);
    waiting = setTimeout(send, 800);
  });
  form.addEventListener("submit", () => clearTimeout(waiting));
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "hidden") send();
  });
  // Kept as it is typed, so the button is for browsers without scripts.
  for (const button of form.querySelectorAll("[data-draft-button]")) button.hidden = true;
}

// Buttons that print, only where scripts run.
for (const button of document.querySelectorAll("[data-print]")) {
  button.hidden = false;
  button.addEventListener("click", () => window.print());
}
