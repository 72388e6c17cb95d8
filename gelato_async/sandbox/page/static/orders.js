// The list of orders: search, pages, and which of them is chosen.

import {
  copyOf, enable, fill, get, money, onPress, setText, show, showList, timeOfDay,
} from "./elements.js";
import { view } from "./server.js";

const ROWS = 25;
const list = get("order-rows");

let offset = 0;
// A POSIX time: newer orders are not shown, so that the list holds still.
let until = null;
let now = 0;
let search = "";
let chosen = null;

/** Whose order it is: its API, and its account if there are several. */
export function owner({ account, backend }, accounts) {
  const api = backend === "gelato" ? "Gelato" : "Connect";
  return accounts > 1 ? `${account} · ${api}` : api;
}

/** Read the page of orders that is to be shown, and show it. */
export async function refreshOrders(accounts) {
  const asked = search;
  const query = { offset, limit: ROWS };
  if (search) query.search = search;
  if (until !== null) query.until = until;
  const answer = await view("orders", query);
  // An answer to an earlier search.
  if (asked !== search) return;
  now = answer.now;
  showRows(answer.orders, accounts);
  showPages(answer);
}

/** Mark the order that is shown beside the list. */
export function markChosen(id) {
  chosen = id;
  for (const row of list.children) mark(row);
}

/** Return the focus to the list. */
export function focusRow(id) {
  const row = [...list.children].find((child) => child.dataset.key === id);
  (row?.firstElementChild ?? get("orders-title")).focus();
}

/** Call `refresh` when another page or search is wanted, and `choose` with the id of an order. */
export function startOrders(refresh, choose) {
  list.addEventListener("click", (event) => {
    const row = event.target.closest("li");
    if (row) choose(row.dataset.key);
  });
  // Whoever walks through the list by keyboard must not lose the place.
  list.addEventListener("focusin", () => hold());
  list.addEventListener("focusout", (event) => {
    if (!list.contains(event.relatedTarget) && offset === 0) until = null;
  });
  get("search").addEventListener("input", () => {
    search = get("search").value.trim();
    go(0, refresh);
  });
  onPress(get("newer"), () => {
    get("orders-title").focus();
    go(0, refresh);
  });
  onPress(get("previous"), () => go(Math.max(0, offset - ROWS), refresh));
  onPress(get("next"), () => go(offset + ROWS, refresh));
}

function go(where, refresh) {
  offset = where;
  if (offset === 0) until = null;
  else hold();
  refresh();
}

function hold() {
  until ??= now;
}

function showRows(orders, accounts) {
  const focused = list.contains(document.activeElement);
  showList(list, orders, {
    key: (order) => order.id,
    create: () => copyOf("order-row"),
    update: (row, order) => {
      fill(row, {
        reference: order.orderReferenceId,
        owner: owner(order, accounts),
        firstName: order.firstName,
        lastName: order.lastName,
        country: order.country,
        items: order.itemsCount === 1 ? "1 item" : `${order.itemsCount.toLocaleString("en")} items`,
        total: money(order.totalInclVat, order.currency),
        at: timeOfDay(order.createdAt),
        status: order.fulfillmentStatus,
      });
      mark(row);
    },
  });
  // The row with the focus is gone: a draft was deleted, or all was reset.
  if (focused && !list.contains(document.activeElement)) get("orders-title").focus();
}

function mark(row) {
  const isChosen = row.dataset.key === chosen;
  const button = row.firstElementChild;
  if (isChosen) button.setAttribute("aria-current", "true");
  else button.removeAttribute("aria-current");
}

function showPages({ orders, more, newer, total }) {
  setText(get("total"), total ? total.toLocaleString("en") : "");
  const nothing = search ? "No order has these words." : "No orders yet. They appear here as they are made.";
  setText(get("no-orders"), orders.length ? "" : nothing);
  show(get("newer"), newer > 0);
  setText(get("newer"), newer === 1 ? "Show 1 newer order" : `Show ${newer.toLocaleString("en")} newer orders`);
  const last = offset + orders.length;
  setText(get("range"), orders.length ? `${offset + 1}–${last}` : "");
  enable(get("previous"), offset > 0);
  enable(get("next"), more);
}
