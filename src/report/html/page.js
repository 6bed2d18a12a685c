"use strict";
(() => {
  const keys = [...document.querySelectorAll(".key")];
  if (keys.length === 0) return;
  const byId = (id) => document.getElementById(id);
  const texts = new Map(keys.map((key) => [key, key.textContent.toLowerCase()]));
  const boxes = [...document.querySelectorAll("input[data-severity]")];
  const bars = [...document.querySelectorAll(".bar")];
  const chosen = { until: "", reach: "" };

  const show = () => {
    const words = byId("search").value.toLowerCase().split(/\s+/).filter(Boolean);
    const severities = new Set(boxes.filter((box) => box.checked).map((box) => box.dataset.severity));
    const state = byId("state").value;
    const issuer = byId("issuer").value;
    const owner = byId("owner")?.value;
    let shown = 0;
    for (const key of keys) {
      const { dataset } = key;
      const passes = severities.has(dataset.severity)
        && (!state || dataset.state === state)
        && (!issuer || dataset.issuer === issuer)
        && (!owner || dataset.owners.split("\n").includes(owner))
        && (!chosen.until || dataset.until === chosen.until)
        && (!chosen.reach || dataset.reach === chosen.reach)
        && words.every((word) => texts.get(key).includes(word));
      key.hidden = !passes;
      shown += passes ? 1 : 0;
    }
    for (const bar of bars) {
      const on = chosen[bar.dataset.filter] === bar.dataset.value;
      bar.classList.toggle("on", on);
      bar.setAttribute("aria-pressed", on);
    }
    byId("shown").textContent = `${shown} of ${keys.length} keys`;
    byId("none").hidden = shown > 0;
  };
  const choose = (bar) => {
    const { filter, value } = bar.dataset;
    chosen[filter] = chosen[filter] === value ? "" : value;
    show();
  };
  const unfold = (open) => { for (const key of keys) if (!key.hidden) key.open = open; };

  byId("search").addEventListener("input", show);
  for (const control of [...boxes, byId("state"), byId("issuer"), byId("owner")]) control?.addEventListener("change", show);
  for (const bar of bars) {
    bar.addEventListener("click", () => choose(bar));
    bar.addEventListener("keydown", (event) => {
      if (event.key === "Enter" || event.key === " ") { event.preventDefault(); choose(bar); }
    });
  }
  byId("reset").addEventListener("click", () => {
    byId("search").value = "";
    for (const box of boxes) box.checked = true;
    if (byId("owner")) byId("owner").value = "";
    byId("state").value = byId("issuer").value = chosen.until = chosen.reach = "";
    show();
  });
  byId("unfold").addEventListener("click", () => unfold(keys.some((key) => !key.hidden && !key.open)));
  // On paper everything is unfolded; afterwards it is as it was.
  let folded = [];
  addEventListener("beforeprint", () => {
    folded = [...document.querySelectorAll(".key:not([hidden]):not([open]), .key:not([hidden]) .keyless:not([open])")];
    for (const one of folded) one.open = true;
  });
  addEventListener("afterprint", () => { for (const one of folded) one.open = false; });
  const count = (steps) => {
    const boxes = [...steps.querySelectorAll("input")];
    const done = boxes.filter((box) => box.checked).length;
    steps.closest(".body").querySelector(".done").textContent = done > 0 ? `${done} of ${boxes.length} done` : "";
  };
  for (const steps of document.querySelectorAll(".steps")) steps.addEventListener("change", () => count(steps));
  // An address may name one key.
  const visit = () => {
    const key = keys.find((one) => location.hash === `#${one.id}`);
    if (key) { key.open = true; key.scrollIntoView(); }
  };
  addEventListener("hashchange", visit);
  show();
  visit();
})();
