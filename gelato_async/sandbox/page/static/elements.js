// Writes values into elements, as text alone, and changes only what differs: so focus, selected text
// and open details stay where they are although the page polls.

/** The element with an id. */
export const get = (id) => document.getElementById(id);

/** Set an element's text. */
export function setText(element, text) {
  const wanted = text === null || text === undefined ? "" : String(text);
  if (element.textContent !== wanted) element.textContent = wanted;
}

/** Show or hide an element. */
export function show(element, isShown) {
  if (element.hidden === isShown) element.hidden = !isShown;
}

/** Say whether a button works. One that has the focus keeps it, which `disabled` would not. */
export function enable(button, isEnabled) {
  button.setAttribute("aria-disabled", String(!isEnabled));
}

/** Call `act` whenever a button that works is pressed. */
export function onPress(button, act) {
  button.addEventListener("click", (event) => {
    if (button.getAttribute("aria-disabled") !== "true") act(event);
  });
}

/** An amount with its currency; thousands are grouped. */
export function money(amount, currency) {
  const digits = { minimumFractionDigits: 2, maximumFractionDigits: 2 };
  return `${Number(amount).toLocaleString("en", digits)} ${currency}`;
}

/** A status as words. */
export const words = (status) => String(status).replaceAll("_", " ");

/** Fill the places in an element that are named by `data-field` (text) and `data-pill` (a status). */
export function fill(element, values) {
  for (const place of element.querySelectorAll("[data-field]")) {
    if (place.dataset.field in values) setText(place, values[place.dataset.field]);
  }
  for (const place of element.querySelectorAll("[data-pill]")) {
    if (!(place.dataset.pill in values)) continue;
    const status = values[place.dataset.pill];
    setText(place, words(status));
    if (place.dataset.status !== status) place.dataset.status = status;
  }
}

/**
 * Make the children of a list show some items: one child for each, found again by its key.
 *
 * Children whose key remains stay in the document, as long as the order of the items does.
 */
export function showList(list, items, { key, create, update = () => {} }) {
  const present = new Map([...list.children].map((child) => [child.dataset.key, child]));
  const wanted = new Set(items.map((item) => String(key(item))));
  for (const [name, child] of present) if (!wanted.has(name)) child.remove();
  let next = list.firstElementChild;
  for (const item of items) {
    const name = String(key(item));
    let child = present.get(name);
    if (child === undefined) {
      child = create(item);
      child.dataset.key = name;
    }
    if (child === next) next = next.nextElementSibling;
    else list.insertBefore(child, next);
    update(child, item);
  }
}

/**
 * Show some texts as a list, each once; one may be an array of values, which stand side by side.
 *
 * A value that is an address of the web becomes a link.
 */
export function showTexts(list, texts) {
  const lines = new Map();
  for (const text of texts) {
    const values = [text].flat().filter(Boolean).map(String);
    if (values.length) lines.set(JSON.stringify(values), values);
  }
  showList(list, [...lines], {
    key: ([key]) => key,
    create: ([, values]) => {
      const child = document.createElement("li");
      for (const value of values) child.append(child.hasChildNodes() ? " " : "", valueOf(value));
      return child;
    },
  });
}

/** A value as JSON, in which marks of direction are escaped. */
export function json(value) {
  const escaped = (mark) => `\\u${mark.charCodeAt(0).toString(16)}`;
  return JSON.stringify(value, null, 2).replace(/[\u200e\u200f\u202a-\u202e\u2066-\u2069]/g, escaped);
}

/** A copy of a template's only element. */
export const copyOf = (id) => get(id).content.firstElementChild.cloneNode(true);

/** Let a screen reader say something. */
export function announce(text) {
  setText(get("news"), text);
}

/** The time of day of a date in ISO form. */
export function timeOfDay(date) {
  return new Date(date).toLocaleTimeString([], { hour12: false });
}

/** Seconds as hours, minutes and seconds. */
export function duration(seconds) {
  const whole = Math.max(0, Math.floor(seconds));
  const days = Math.floor(whole / 86400);
  const hours = Math.floor(whole / 3600) % 24;
  const minutes = Math.floor(whole / 60) % 60;
  const rest = String(whole % 60).padStart(2, "0");
  const clock = hours ? `${hours}:${String(minutes).padStart(2, "0")}:${rest}` : `${minutes}:${rest}`;
  return days ? `${days} d ${clock}` : clock;
}

function valueOf(text) {
  if (isWebAddress(text)) return link(text);
  const element = document.createElement("bdi");
  element.textContent = text;
  return element;
}

function isWebAddress(text) {
  return /^https?:\/\/[^\s]+$/.test(text) && URL.canParse(text);
}

function link(address) {
  const element = document.createElement("a");
  element.href = address;
  element.rel = "noreferrer noopener";
  element.target = "_blank";
  element.textContent = address;
  return element;
}
