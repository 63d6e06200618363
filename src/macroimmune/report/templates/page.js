"use strict";
(() => {
  const make = (tag, props, ...children) => {
    const node = Object.assign(document.createElement(tag), props);
    node.append(...children);
    return node;
  };

  // The inside of a biomarker waits as the text of a noscript element: thousands of figures cost
  // nothing until they are looked at, and a browser without JavaScript shows them all.
  const unpack = (part) => {
    const held = part.querySelector("noscript");
    if (held) { held.insertAdjacentHTML("afterend", held.textContent); held.remove(); }
  };

  // A link into a closed part opens it, also in browsers that do not do so themselves.
  const reveal = () => {
    const target = location.hash && document.getElementById(decodeURIComponent(location.hash.slice(1)));
    const part = target && target.closest("details");
    if (part && !part.open) { unpack(part); part.open = true; target.scrollIntoView(); }
  };
  addEventListener("hashchange", reveal);
  reveal();
  addEventListener("beforeprint", () => document.querySelectorAll("details:not([open])").forEach((part) => { unpack(part); part.open = true; }));

  // Sorting: by the number a cell carries where it carries one, else by its words; missing last.
  const value = (row, index) => {
    const cell = row.cells[index];
    const number = cell.dataset.v === undefined ? NaN : Number(cell.dataset.v);
    return Number.isNaN(number) ? cell.textContent.trim() : number;
  };
  const isEmpty = (v) => v === "" || v === "–";
  const compare = (a, b, sign) => {
    if (isEmpty(a) || isEmpty(b)) return isEmpty(a) - isEmpty(b);
    if (typeof a === "number" && typeof b === "number") return sign * (a - b);
    return sign * String(a).localeCompare(String(b), undefined, { numeric: true });
  };
  const sort = (table, index) => {
    const head = table.tHead.rows[0].cells[index];
    const sign = head.getAttribute("aria-sort") === "ascending" ? -1 : 1;
    for (const other of table.tHead.rows[0].cells) other.removeAttribute("aria-sort");
    head.setAttribute("aria-sort", sign > 0 ? "ascending" : "descending");
    const keyed = [...table.tBodies[0].rows].map((row) => [value(row, index), row]);
    keyed.sort((a, b) => compare(a[0], b[0], sign));
    table.tBodies[0].append(...keyed.map((pair) => pair[1]));
  };
  const prepare = (table) => {
    if (table.tBodies[0].rows.length < 4) return;
    [...table.tHead.rows[0].cells].forEach((head, index) => {
      const button = make("button", { type: "button" }, ...head.childNodes);
      button.addEventListener("click", () => sort(table, index));
      head.append(button);
    });
  };

  const addFilter = (box) => {
    const table = box.querySelector("table");
    const rows = [...table.tBodies[0].rows];
    const said = make("span", { className: "quiet" });
    said.setAttribute("role", "status");
    const words = make("input", { type: "search", placeholder: "Filter rows" });
    words.setAttribute("aria-label", "Filter rows of: " + table.caption.textContent);
    const marked = make("input", { type: "checkbox" });
    const choices = (box.dataset.choices || "").split(" ").filter(Boolean).map((column) => {
      const head = table.tHead.rows[0].cells[column].textContent;
      const names = [...new Set(rows.map((row) => row.cells[column].textContent))];
      const list = make("select", {}, new Option(head + ": all", ""), ...names.map((name) => new Option(name, name)));
      list.setAttribute("aria-label", head + " of: " + table.caption.textContent);
      return [column, list];
    });
    const apply = () => {
      const wanted = words.value.toLowerCase().split(/\s+/).filter(Boolean);
      let shown = 0;
      for (const row of rows) {
        const text = row.textContent.toLowerCase();
        row.hidden = !(wanted.every((w) => text.includes(w)) && (!marked.checked || row.querySelector(".strong"))
          && choices.every(([column, list]) => !list.value || row.cells[column].textContent === list.value));
        shown += !row.hidden;
      }
      said.textContent = shown + " of " + rows.length + " rows";
    };
    words.addEventListener("input", apply);
    marked.addEventListener("change", apply);
    choices.forEach(([, list]) => list.addEventListener("change", apply));
    const tools = make("div", { className: "tools" }, words, ...choices.map(([, list]) => list));
    if (table.querySelector("tbody .strong")) tools.append(make("label", {}, marked, " only the marked rows"));
    tools.append(said);
    said.textContent = rows.length + " rows";
    box.before(tools);
  };

  // Under the pointer: what each line of survival or incidence says at that time, read from the drawn steps.
  const stairs = (path) => {
    let x = 0, y = 0;
    const points = [];
    for (const [, command, first, second] of path.getAttribute("d").matchAll(/([Mhv])(-?\d+)(?: (-?\d+))?/g)) {
      if (command === "M") { x = +first; y = +second; } else if (command === "h") { x += +first; } else { y += +first; }
      points.push([x, y]);
    }
    return points;
  };
  const read = (svg, said) => {
    const [left, right, last] = svg.dataset.x.split(" ").map(Number);
    const [bottom, top] = svg.dataset.y.split(" ").map(Number);
    const groups = svg.dataset.groups.split("\t");
    const lines = groups.map((_, index) => stairs(svg.querySelector("path.k" + index)));
    const hair = document.createElementNS("http://www.w3.org/2000/svg", "path");
    hair.setAttribute("class", "hair");
    svg.append(hair);
    svg.addEventListener("pointermove", (event) => {
      const spot = new DOMPoint(event.clientX, event.clientY).matrixTransform(svg.getScreenCTM().inverse());
      if (spot.x < left || spot.x > right) return;
      hair.setAttribute("d", `M${spot.x.toFixed(0)} ${top}V${bottom}`);
      const parts = groups.map((group, index) => {
        const line = lines[index];
        if (spot.x > line[line.length - 1][0]) return group + " –";
        let y = top;
        for (const [px, py] of line) { if (px > spot.x) break; y = py; }
        return group + " " + (100 * (bottom - y) / (bottom - top)).toFixed(0) + " %";
      });
      const days = (spot.x - left) / (right - left) * last;
      said.textContent = "Month " + (days / 30.4375).toFixed(1) + ": " + parts.join(", ");
    });
    svg.addEventListener("pointerleave", () => { hair.setAttribute("d", ""); said.textContent = ""; });
  };
  const save = (svg) => {
    const copy = svg.cloneNode(true);
    copy.querySelectorAll(".hair").forEach((node) => node.remove());
    copy.setAttribute("xmlns", "http://www.w3.org/2000/svg");
    copy.setAttribute("width", svg.viewBox.baseVal.width / 2);
    copy.setAttribute("height", svg.viewBox.baseVal.height / 2);
    const style = document.createElementNS("http://www.w3.org/2000/svg", "style");
    style.textContent = document.getElementById("figure-style").textContent;
    copy.prepend(style);
    const file = new Blob([new XMLSerializer().serializeToString(copy)], { type: "image/svg+xml" });
    const link = make("a", { href: URL.createObjectURL(file), download: svg.dataset.name + ".svg" });
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 1000);
  };
  const addTools = (svg) => {
    const said = make("p", { className: "at" });
    if (svg.dataset.groups) { svg.after(said); read(svg, said); }
    const button = make("button", { type: "button", className: "save" }, "Download SVG");
    button.setAttribute("aria-label", "Download SVG: " + svg.querySelector("title").textContent);
    button.addEventListener("click", () => save(svg));
    svg.closest("figure").append(button);
  };
  const dress = (part) => {
    unpack(part);
    part.querySelectorAll("table").forEach(prepare);
    part.querySelectorAll(".fig").forEach(addTools);
  };

  // What is closed is dressed when it opens: a page of thousands of figures opens at once.
  document.querySelectorAll("table:not(details *)").forEach(prepare);
  document.querySelectorAll(".fig:not(details *)").forEach(addTools);
  document.querySelectorAll("[data-filter]").forEach(addFilter);
  document.addEventListener("toggle", ({ target }) => {
    if (target.open && !target.dataset.dressed) { target.dataset.dressed = "yes"; dress(target); }
  }, true);
})();
