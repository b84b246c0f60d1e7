/* Names that complete themselves, and sliders that show their number. Everything else works without script. */
"use strict";
(() => {
  const WAIT = 120;

  /* A combobox after the ARIA pattern: the focus stays in the field, arrows walk the list. */
  function completing(field, address) {
    const input = field.querySelector("input");
    const list = field.querySelector("[role=listbox]");
    let timer = 0;
    let asked = "";
    let shown = "";
    let active = -1;
    const options = () => Array.from(list.querySelectorAll("[role=option]"));

    function close() {
      list.hidden = true;
      active = -1;
      input.setAttribute("aria-expanded", "false");
      input.removeAttribute("aria-activedescendant");
    }
    function show(index) {
      const all = options();
      active = all.length ? (index + all.length) % all.length : -1;
      all.forEach((option, place) => option.setAttribute("aria-selected", String(place === active)));
      if (active >= 0) {
        input.setAttribute("aria-activedescendant", all[active].id);
        all[active].scrollIntoView({ block: "nearest" });
      }
    }
    function dismiss() { /* what is still asked must not open the list again */
      clearTimeout(timer);
      asked = null;
    }
    function choose(option) {
      dismiss();
      input.value = option.dataset.value;
      close();
      input.dispatchEvent(new Event("change", { bubbles: true }));
    }
    async function ask() {
      const typed = input.value.trim();
      asked = typed;
      if (!typed) return close();
      const answer = await fetch(`${address}?q=${encodeURIComponent(typed)}`);
      if (!answer.ok || asked !== typed || document.activeElement !== input) return;
      const text = await answer.text();
      if (asked !== typed) return;
      const part = new DOMParser().parseFromString(text, "text/html");
      const found = Array.from(part.querySelectorAll("[role=option]"));
      found.forEach((option, place) => { option.id = `${list.id}-${place}`; });
      list.replaceChildren(...found);
      shown = typed;
      active = -1;
      list.hidden = !found.length;
      input.setAttribute("aria-expanded", String(found.length > 0));
      input.removeAttribute("aria-activedescendant");
    }
    input.addEventListener("input", () => {
      clearTimeout(timer);
      timer = setTimeout(ask, WAIT);
    });
    input.addEventListener("keydown", (event) => {
      if (list.hidden) {
        if (event.key === "ArrowDown") { event.preventDefault(); ask(); }
        else if (event.key === "Escape") dismiss();
        return;
      }
      const walks = event.key === "ArrowDown" || event.key === "ArrowUp";
      if (walks && shown !== input.value.trim()) { event.preventDefault(); ask(); } /* the list is of an earlier text */
      else if (event.key === "ArrowDown") { event.preventDefault(); show(active + 1); }
      else if (event.key === "ArrowUp") { event.preventDefault(); show(active < 0 ? -1 : active - 1); }
      else if (event.key === "Escape") { event.preventDefault(); dismiss(); close(); }
      else if (event.key === "Enter" && active >= 0) { event.preventDefault(); choose(options()[active]); }
      else if (event.key === "Tab") { close(); }
    });
    input.addEventListener("blur", () => setTimeout(close, 150));
    list.addEventListener("pointerdown", (event) => {
      const option = event.target.closest("[role=option]");
      if (option) { event.preventDefault(); choose(option); }
    });
  }

  /* A slider moves the number beside it; an empty number leaves the slider where it is. */
  function sliding(range) {
    const number = document.getElementById(range.dataset.moves);
    range.addEventListener("input", () => {
      number.value = range.value;
      number.dispatchEvent(new Event("input", { bubbles: true }));
    });
    number.addEventListener("input", () => { if (number.value !== "") range.value = number.value; });
  }

  /* Fields left empty stay out of the address, so that links are short. */
  function tidying(form) {
    form.addEventListener("formdata", (event) => {
      for (const [name, value] of Array.from(event.formData.entries())) {
        if (value === "" && event.formData.getAll(name).every((one) => one === "")) event.formData.delete(name);
      }
    });
  }

  /* Who follows a link of a list that renews itself is on the way: an answer that comes late must neither take the link away
     between pressing and letting go, nor bring the old address back. */
  function renewing(source) {
    const target = document.querySelector(source.getAttribute("hx-target"));
    let held = false;
    let missed = false;
    const hold = (event) => {
      held = Boolean(event.target.closest("a[href]")) && !(event.button || event.ctrlKey || event.metaKey || event.shiftKey);
    };
    function release() {
      held = false;
      setTimeout(() => {
        if (!held && missed) { missed = false; htmx.trigger(source, "input"); }
      });
    }
    target.addEventListener("pointerdown", hold);
    target.addEventListener("click", hold);
    for (const name of ["pointerup", "pointercancel", "pageshow"]) window.addEventListener(name, release);
    source.addEventListener("htmx:beforeRequest", (event) => {
      if (held) { missed = true; event.preventDefault(); }
    });
    target.addEventListener("htmx:beforeSwap", (event) => {
      if (held && event.target === target) { missed = true; event.detail.shouldSwap = false; }
    });
  }

  /* A link to a part that lies inside something closed opens it. */
  function reveal() {
    const target = location.hash && document.getElementById(decodeURIComponent(location.hash.slice(1)));
    for (let node = target; node; node = node.parentElement) if (node.tagName === "DETAILS") node.open = true;
    if (target) target.scrollIntoView();
  }

  document.querySelectorAll("[data-complete]").forEach((field) => completing(field, field.dataset.complete));
  document.querySelectorAll("input[type=range][data-moves]").forEach(sliding);
  document.querySelectorAll("form[method=get]").forEach(tidying);
  document.querySelectorAll("form[hx-sync]").forEach(renewing);
  window.addEventListener("hashchange", reveal);
  window.addEventListener("beforeprint", () => document.querySelectorAll("details.print").forEach((one) => { one.open = true; }));
  reveal();
})();
