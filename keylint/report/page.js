"use strict";
(() => {
  const bar = document.getElementById("bar");
  if (!bar) return;
  const filter = document.getElementById("filter");
  const groups = document.getElementById("groups");
  const index = document.getElementById("index");
  const none = document.getElementById("none");
  const byRule = [...groups.children];
  const cards = byRule.flatMap((group) => [...group.querySelectorAll("article")].map((node) => ({
    node,
    rule: group,
    words: [...node.children].map((part) => part.textContent).join("\n").toLowerCase(),
  })));
  let byFile = null;

  function fileGroups() {
    const made = new Map();
    for (const { node } of cards) {
      const file = node.dataset.file;
      if (made.has(file)) continue;
      const section = document.createElement("section");
      section.className = "group file";
      section.dataset.title = file;
      const title = document.createElement("h2");
      const count = document.createElement("span");
      count.className = "count";
      title.append(file + " ", count);
      section.append(title);
      made.set(file, section);
    }
    return new Map([...made].sort(([a], [b]) => (a < b ? -1 : 1)));
  }

  function arrange(order) {
    groups.classList.toggle("files", order === "file");
    if (order === "file") {
      byFile = byFile || fileGroups();
      const rowOf = (node) => node.querySelector(".row").textContent;
      const sorted = [...cards].sort((a, b) => rowOf(a.node) - rowOf(b.node));
      for (const { node } of sorted) byFile.get(node.dataset.file).append(node);
      groups.replaceChildren(...byFile.values());
    } else {
      for (const { node, rule } of cards) rule.append(node);
      groups.replaceChildren(...byRule);
    }
    show();
  }

  function show() {
    const wanted = filter.value.toLowerCase().split(/\s+/).filter(Boolean);
    const shades = new Set([...bar.querySelectorAll("[name=shade]:checked")].map((box) => box.value));
    let any = false;
    for (const { node, words } of cards) {
      node.hidden = !shades.has(node.dataset.shade) || !wanted.every((word) => words.includes(word));
      any = any || !node.hidden;
    }
    const entries = [];
    [...groups.children].forEach((group, number) => {
      const left = [...group.querySelectorAll("article")].filter((node) => !node.hidden).length;
      group.hidden = !left;
      group.id = "g-" + number;
      group.querySelector(".count").textContent = left;
      if (!left) return;
      const entry = document.createElement("li");
      const link = document.createElement("a");
      const count = document.createElement("span");
      link.href = "#" + group.id;
      link.textContent = group.dataset.title;
      link.title = group.dataset.title;
      count.className = "count";
      count.textContent = left;
      entry.append(link, count);
      entries.push(entry);
    });
    index.replaceChildren(...entries);
    none.hidden = any;
  }

  bar.hidden = false;
  bar.addEventListener("submit", (event) => event.preventDefault());
  bar.addEventListener("input", (event) => {
    if (event.target.name === "order") arrange(event.target.value);
    else show();
  });
  document.addEventListener("keydown", (event) => {
    if (event.key === "/" && document.activeElement !== filter) {
      event.preventDefault();
      filter.focus();
    } else if (event.key === "Escape" && document.activeElement === filter) {
      filter.value = "";
      show();
    }
  });
  bar.reset();
  show();
})();
