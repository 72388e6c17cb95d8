// Polls the sandbox once a second while the page is seen, and lets the buttons act.

import { showTraffic } from "./chart.js";
import { announce, duration, get, onPress, setText, show } from "./elements.js";
import {
  addressOf, addressedOrder, chooseOrder, offerStatuses, refreshOrder, shownOrder, startOrder,
} from "./order.js";
import { focusRow, markChosen, refreshOrders, startOrders } from "./orders.js";
import { RefusedError, control, view } from "./server.js";
import { refreshWebhooks, startWebhooks } from "./webhooks.js";

const SECONDS_BETWEEN_POLLS = 1;

let timer = null;
let started = null;
// Only the last poll schedules the next one.
let polls = 0;
// What went wrong with the last poll, and with the last act that was answered.
const problems = { poll: "", act: "" };

async function poll() {
  clearTimeout(timer);
  polls += 1;
  const number = polls;
  try {
    await refresh();
    complain("poll", "");
  } catch (failure) {
    complain("poll", reasonOf(failure));
  }
  if (number === polls) timer = setTimeout(poll, SECONDS_BETWEEN_POLLS * 1000);
}

async function refresh() {
  if (document.hidden) return;
  const overview = await view("overview");
  noticeReset(overview);
  offerStatuses(overview.statuses);
  setText(get("clock"), duration(overview.life));
  setText(get("speed"), overview.speed === 0 ? "stands still" : `× ${overview.speed}`);
  showTraffic(overview);
  await Promise.all([
    refreshOrders(overview.accounts),
    refreshOrder(overview, forgetOrder),
    refreshWebhooks(overview),
  ]);
}

function noticeReset(overview) {
  if (started !== null && started !== overview.started) announce("The sandbox was reset");
  started = overview.started;
}

function forgetOrder() {
  const hadFocus = get("order").contains(document.activeElement);
  choose(null);
  announce("The order does not exist any more");
  if (hadFocus) get("orders-title").focus();
}

function reasonOf(failure) {
  if (failure instanceof RefusedError) return failure.message;
  if (isUnanswered(failure)) return "The sandbox does not answer. The page goes on asking.";
  return String(failure);
}

function isUnanswered(failure) {
  return failure instanceof TypeError || failure.name === "TimeoutError";
}

function complain(source, text) {
  problems[source] = text;
  const shown = problems.act || problems.poll;
  setText(get("alert"), shown);
  show(get("alert"), shown !== "");
}

/** Do something, say so, and show what came of it. */
async function act(action, done = "") {
  complain("act", "");
  try {
    await action();
  } catch (failure) {
    // The next poll that is answered takes it back.
    complain(isUnanswered(failure) ? "poll" : "act", reasonOf(failure));
    return;
  }
  announce(done);
  await poll();
}

function choose(id) {
  chooseOrder(id);
  markChosen(id);
  history.replaceState(null, "", location.pathname + (id === null ? "" : addressOf(id)));
}

async function open(id) {
  choose(id);
  await poll();
  get("order-title").focus();
}

function close() {
  const id = shownOrder();
  choose(null);
  focusRow(id);
}

for (const button of document.querySelectorAll("[data-advance]")) {
  const seconds = Number(button.dataset.advance);
  onPress(button, () => act(() => control("advance", { seconds }), "The clock is advanced"));
}
onPress(get("reset"), () => get("reset-dialog").showModal());
onPress(get("reset-no"), () => get("reset-dialog").close());
onPress(get("reset-yes"), () => {
  get("reset-dialog").close();
  act(() => control("reset"));
});
onPress(get("close"), close);
get("order").addEventListener("keydown", (event) => {
  if (event.key === "Escape" && shownOrder() !== null) close();
});
document.addEventListener("visibilitychange", poll);
setText(get("place"), location.host);
startOrders(poll, open);
startOrder(act);
startWebhooks(act, poll);
addEventListener("hashchange", () => {
  if (addressedOrder() !== null) open(addressedOrder());
});
if (addressedOrder() !== null) choose(addressedOrder());
poll();
