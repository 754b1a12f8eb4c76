"use strict";
(() => {
  const get = (id) => document.getElementById(id);
  const table = get("all");
  const body = table.tBodies[0];
  const rows = [...body.rows];
  const texts = rows.map((row) => row.textContent.toLowerCase());
  const search = get("q"), outcome = get("fo"), verdict = get("fv"), left = get("fl");

  /** The words of state in a row: its outcome first, then the verdicts of its devices. */
  const states = rows.map((row) => [...row.querySelectorAll(".v")].map((one) => one.lastChild.textContent.trim()));

  const filter = () => {
    const words = search.value.toLowerCase().split(/\s+/).filter(Boolean);
    let shown = 0;
    rows.forEach((row, at) => {
      const [first, ...verdicts] = states[at];
      const fits =
        words.every((word) => texts[at].includes(word)) &&
        (!outcome.value || first.split(/[:,]/)[0] === outcome.value) &&
        (!verdict.value || verdicts.includes(verdict.value)) &&
        (!left.checked || !row.classList.contains("s"));
      row.hidden = !fits;
      shown += fits;
    });
    get("shown").textContent = `${shown.toLocaleString("en")} of ${rows.length.toLocaleString("en")} shown`;
  };
  for (const one of [search, outcome, verdict, left]) one.addEventListener("input", filter);

  const headings = [...table.tHead.rows[0].cells];
  const collator = new Intl.Collator("en", { numeric: true, sensitivity: "base" });
  const sort = (heading) => {
    const descending = heading.getAttribute("aria-sort") === "ascending";
    for (const other of headings) other.removeAttribute("aria-sort");
    heading.setAttribute("aria-sort", descending ? "descending" : "ascending");
    const at = headings.indexOf(heading);
    const keys = new Map(rows.map((row) => [row, row.cells[at].textContent]));
    const sorted = [...rows].sort((one, two) => collator.compare(keys.get(one), keys.get(two)));
    // A body outside of the page is changed at once, and not row by row.
    body.remove();
    body.append(...(descending ? sorted.reverse() : sorted));
    table.append(body);
  };
  for (const heading of headings) {
    if (!("sort" in heading.dataset)) continue;
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = heading.textContent;
    button.addEventListener("click", () => sort(heading));
    heading.replaceChildren(button);
  }

  get("tools").hidden = false;
  filter();
})();
