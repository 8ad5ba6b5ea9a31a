// Every page works without this file; with it, some are quicker.
import { initAll } from "./govuk-frontend.min.js";

initAll();

// A form says that it is on its way, and cannot be sent twice by a double click.
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.dataset.sent === "yes") {
    event.preventDefault();
    return;
  }
  if (form.method === "post") {
    form.dataset.sent = "yes";
    window.addEventListener("pageshow", () => delete form.dataset.sent, { once: true });
  }
});

// Drafts: what is typed in a form marked data-draft is sent to the server as it is written.
for (const form of document.querySelectorAll("form[data-draft]")) {
  let waiting;
  const status = form.querySelector("[data-draft-status]");
  const send = () => {
    const body = new FormData(form);
    body.delete("csrfmiddlewaretoken");
    fetch(form.dataset.draft, {
      method: "POST",
      body: new URLSearchParams([...body].filter(([, value]) => typeof value === "string")),
      headers: { "X-CSRFToken": form.querySelector("[name=csrfmiddlewaretoken]").value },
      credentials: "same-origin",
      keepalive: true,
    })
      .then((answer) => {
        if (status) status.textContent = answer.ok ? "Draft kept" : "Draft not kept: you may be signed out";
      })
      .catch(() => {
        if (status) status.textContent = "Draft not kept: no connection";
      });
  };
  form.addEventListener("input", () => {
    clearTimeout(waiting);
    waiting = setTimeout(send, 800);
  });
  form.addEventListener("submit", () => clearTimeout(waiting));
}

// Buttons that print, and selects that send their form, only where scripts run.
for (const button of document.querySelectorAll("[data-print]")) {
  button.hidden = false;
  button.addEventListener("click", () => window.print());
}
