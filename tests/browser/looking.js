// What is wrong with a page, as a list of sentences: asked for by the tests, no part of any page.
(() => {
  const wrong = [];
  const shown = (element) => {
    const box = element.getBoundingClientRect();
    return box.width > 0 && box.height > 0 && getComputedStyle(element).visibility !== "hidden";
  };
  const name = (element) => `${element.tagName.toLowerCase()}.${element.getAttribute("class") || ""} “${element.textContent.trim().slice(0, 30)}”`;
  const wide = document.documentElement.clientWidth;
  if (document.documentElement.scrollWidth > wide) wrong.push(`the page is ${document.documentElement.scrollWidth} wide, the window ${wide}`);

  const numbers = (colour) => (colour.match(/[\d.]+/g) || []).map(Number);
  const light = (colour) => {
    const [red, green, blue] = numbers(colour).map((part) => part / 255).map((part) => (part <= 0.03928 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4));
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
  };
  const behind = (element) => {
    for (let up = element; up; up = up.parentElement) {
      const colour = getComputedStyle(up).backgroundColor;
      const parts = numbers(colour);
      if (!(up instanceof SVGElement) && (parts.length < 4 || parts[3] > 0)) return colour;
    }
    return "rgb(255, 255, 255)";
  };

  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    const holder = node.parentElement;
    if (!node.data.trim() || holder.closest("title") || !shown(holder)) continue;
    const range = document.createRange();
    range.selectNodeContents(node);
    const drawing = holder.closest("svg");
    const scrolling = holder.closest(".scroll");
    const edge = drawing ? drawing.getBoundingClientRect() : (scrolling || document.documentElement).getBoundingClientRect();
    const inside = scrolling && !drawing ? scrolling.scrollWidth - scrolling.clientWidth + 1 : 1;
    for (const box of range.getClientRects()) {
      if (box.left < edge.left - 1 || box.right > edge.right + inside) wrong.push(`text leaves its place: ${name(holder)}`);
    }
    const style = getComputedStyle(holder);
    const ink = light(drawing ? style.fill : style.color);
    const paper = light(behind(holder));
    const contrast = (Math.max(ink, paper) + 0.05) / (Math.min(ink, paper) + 0.05);
    if (contrast < 4.5) wrong.push(`contrast ${contrast.toFixed(2)}: ${name(holder)}`);
    if (parseFloat(style.fontSize) < 11) wrong.push(`letters of ${style.fontSize}: ${name(holder)}`);
  }
  for (const element of document.querySelectorAll("main *:not(svg *):not(svg)")) {
    const style = getComputedStyle(element);
    if (style.display === "inline" || style.overflowX === "auto" || !shown(element)) continue;
    if (element.scrollWidth > element.clientWidth + 1 && element.clientWidth > 0 && !element.querySelector("svg")) wrong.push(`content is wider than its box: ${name(element)}`);
  }
  for (const drawing of document.querySelectorAll("svg")) {
    if (drawing.getAttribute("role") === "img" && !(drawing.querySelector("title") || {}).textContent) wrong.push("a chart without a name");
    const texts = [...drawing.querySelectorAll("text")].filter(shown).map((text) => [text, text.getBoundingClientRect()]);
    texts.forEach(([one, box], position) => texts.slice(position + 1).forEach(([other, second]) => {
      const across = Math.min(box.right, second.right) - Math.max(box.left, second.left);
      const down = Math.min(box.bottom, second.bottom) - Math.max(box.top, second.top);
      if (across > 1 && down > 3) wrong.push(`texts lie on each other: ${name(one)} and ${name(other)}`);
    }));
  }
  for (const cell of document.querySelectorAll("th")) if (!cell.getAttribute("scope")) wrong.push(`a header without a scope: ${name(cell)}`);
  for (const link of document.querySelectorAll("a")) if (!document.querySelector(link.getAttribute("href"))) wrong.push(`a link to nothing: ${name(link)}`);
  const ids = [...document.querySelectorAll("[id]")].map((element) => element.id);
  if (new Set(ids).size < ids.length) wrong.push("an id twice");
  return wrong;
})()
