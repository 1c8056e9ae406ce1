/* Starts the components, copies links and keeps live counts; every page works without it. */
import { initAll } from "static:govuk-frontend.min.js";

initAll();

for (const button of document.querySelectorAll("[data-copy]")) {
  button.hidden = false;
  button.addEventListener("click", async () => {
    await navigator.clipboard.writeText(location.href);
    document.getElementById(button.dataset.copy).textContent = "Link copied";
  });
}

for (const place of document.querySelectorAll("[data-live]")) {
  const source = new EventSource(place.dataset.live);
  source.onmessage = (said) => {
    place.textContent = said.data;
    place.hidden = said.data === "";
  };
}
