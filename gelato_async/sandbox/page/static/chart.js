// The chart of the last minute: for each key one bar a second, the refused part of it in red.

import { get, setText, showList } from "./elements.js";

const SVG = "http://www.w3.org/2000/svg";
const SECONDS = 60;
const SLOT = 10;
const HEIGHT = 100;
const TOPS = [10, 25, 50, 100, 250, 500, 1000, 2500, 5000];
// The parts of the height below the limit, and below the top of bars that are far from it.
const LIMIT = 0.92;
const FAR = 0.7;

const picture = document.createElementNS(SVG, "svg");
picture.setAttribute("viewBox", `0 0 ${SECONDS * SLOT} ${HEIGHT}`);
picture.setAttribute("preserveAspectRatio", "none");
picture.setAttribute("role", "img");
get("chart").append(picture);

/** Show the traffic of an overview. */
export function showTraffic({ traffic, rateLimit, worstSecond, refused, faults, accounts }) {
  const names = traffic.map((series) => nameOf(series, accounts));
  const most = Math.max(0, ...traffic.flatMap((series) => series.requests));
  const scale = scaleOf(most, rateLimit);
  traffic.forEach((series, number) => showBars(series, number, traffic.length, scale.full));
  for (const extra of [...picture.children].slice(traffic.length)) extra.remove();
  showScale(scale, rateLimit);
  showLegend(traffic, names);
  const cap = rateLimit === null ? "no limit" : `limit ${rateLimit} for each key`;
  setText(get("worst"), `${worstSecond} (${cap})`);
  setText(get("refused"), refused);
  const given = Object.entries(faults).map(([name, times]) => `${name} × ${times}`);
  setText(get("faults"), given.join(", ") || "none");
  const summary = `Requests per second of the last minute, at most ${most}; ${cap}.`;
  if (picture.getAttribute("aria-label") !== summary) picture.setAttribute("aria-label", summary);
}

function nameOf(series, accounts) {
  if (!series.account) return "without a valid key";
  const api = series.backend === "gelato" ? "Gelato" : "GelatoConnect";
  return accounts > 1 ? `${series.account} · ${api}` : api;
}

// The value that a line stands for, and the one that a bar of the full height would have. The line of
// the limit is always there, but to scale only if it is near: else a few requests would not be seen.
function scaleOf(most, rateLimit) {
  const top = TOPS.find((value) => value >= most) ?? most;
  if (rateLimit === null) return { line: top, full: top / LIMIT };
  if (top < rateLimit / 2) return { line: top, full: top / FAR };
  return { line: null, full: Math.max(top, rateLimit) / LIMIT };
}

function showBars(series, number, count, full) {
  const group = picture.children[number] ?? picture.appendChild(newGroup());
  group.setAttribute("class", series.account ? `series-${number % 4}` : "series-nobody");
  const width = (SLOT - 2) / count;
  series.requests.forEach((requests, second) => {
    const x = second * SLOT + 1 + number * width;
    const refused = series.refused[second];
    const [whole, red] = group.children[second].children;
    setBar(whole, x, width, requests, requests, full);
    setBar(red, x, width, refused, requests, full);
  });
}

function newGroup() {
  const group = document.createElementNS(SVG, "g");
  for (let second = 0; second < SECONDS; second += 1) {
    const bars = document.createElementNS(SVG, "g");
    const whole = document.createElementNS(SVG, "rect");
    const red = document.createElementNS(SVG, "rect");
    red.setAttribute("class", "refused");
    bars.append(whole, red);
    group.append(bars);
  }
  return group;
}

// A bar of `value`, which hangs from the height of `from`.
function setBar(bar, x, width, value, from, full) {
  bar.setAttribute("x", x.toFixed(2));
  bar.setAttribute("width", (width * 0.9).toFixed(2));
  bar.setAttribute("y", (HEIGHT * (1 - from / full)).toFixed(2));
  bar.setAttribute("height", ((HEIGHT * value) / full).toFixed(2));
}

function showScale({ line, full }, rateLimit) {
  if (line === null) {
    showLine(get("scale"), "", 0);
    showLine(get("cap"), `limit ${rateLimit}/s`, rateLimit / full);
    return;
  }
  showLine(get("scale"), `${line}/s`, line / full);
  showLine(get("cap"), rateLimit === null ? "" : `limit ${rateLimit}/s, not to scale`, LIMIT);
}

function showLine(label, text, height) {
  setText(label, text);
  label.style.top = `${100 * (1 - height)}%`;
}

function showLegend(traffic, names) {
  showList(get("legend"), traffic.map((series, number) => ({ series, number })), {
    key: ({ number }) => names[number],
    create: () => document.createElement("li"),
    update: (entry, { series, number }) => {
      entry.className = series.account ? `series-${number % 4}` : "series-nobody";
      const last = series.requests[SECONDS - 2];
      setText(entry, `${names[number]} ${last}/s`);
    },
  });
}
