// One order in full: its time line, what can be done to it, and its parts.

import {
  announce, copyOf, duration, enable, fill, get, json, money, onPress, setText, show, showList,
  showTexts, timeOfDay, words,
} from "./elements.js";
import { owner } from "./orders.js";
import { control, view } from "./server.js";
import { showDeliveries } from "./webhooks.js";

const RELEASE = "";
const ADDRESS = "#order=";

let id = null;
let status = null;

/** The id of the order that is shown, or null. */
export const shownOrder = () => id;

/** The address of an order on this page. */
export const addressOf = (orderId) => ADDRESS + orderId;

/** The id of the order in the address of this page, or null. */
export function addressedOrder() {
  return location.hash.startsWith(ADDRESS) ? location.hash.slice(ADDRESS.length) : null;
}

/** Show an order from the next refresh on; null shows none. */
export function chooseOrder(orderId) {
  id = orderId;
  status = null;
  show(get("order-body"), id !== null);
  show(get("no-order"), id === null);
  document.body.classList.toggle("has-order", id !== null);
}

/** Read the order that is chosen, and show it; call `forget` if it does not exist any more. */
export async function refreshOrder({ accounts, hasWebhookUrl }, forget) {
  const asked = id;
  if (asked === null) return;
  const found = await view(`orders/${encodeURIComponent(asked)}`);
  // Another one was chosen while this one was read.
  if (asked !== id) return;
  const { order } = found;
  if (order === null) {
    forget();
    return;
  }
  announceStatus(order);
  fill(get("order-body"), {
    title: order.orderReferenceId,
    owner: owner(found, accounts),
    id: order.id,
    fulfillmentStatus: order.fulfillmentStatus,
  });
  showReason(order);
  showCancel(found);
  showStages(found);
  showConnected(found.connected);
  showParts(order);
  showDeliveries(get("order-webhooks"), found.webhooks, hasWebhookUrl);
  const nothing = found.webhooks.length ? "" : "None yet.";
  setText(get("no-order-webhooks"), hasWebhookUrl ? nothing : "The sandbox has no --webhook-url.");
  setText(get("order-json"), json(order));
}

/** Let the buttons act; `act` does something and then refreshes the page. */
export function startOrder(act) {
  const path = (rest) => `orders/${encodeURIComponent(id)}/${rest}`;
  const force = (wanted, more = {}) =>
    act(() => control(path("status"), { fulfillmentStatus: wanted, ...more }));
  const advance = (wanted) => act(() => control(path("advance"), { fulfillmentStatus: wanted }));
  onPress(get("next-stage"), () => advance(null));
  onPress(get("deliver"), () => advance("delivered"));
  onPress(get("cancel"), () => force("canceled"));
  onSubmit(get("force"), () => {
    const wanted = get("force-status").value;
    force(wanted === RELEASE ? null : wanted);
  });
  onSubmit(get("fail"), () => {
    const reason = get("fail-reason").value.trim();
    force("failed", reason ? { refusalReason: reason } : {});
    get("fail-reason").value = "";
  });
}

/** Offer these statuses. */
export function offerStatuses(statuses) {
  const select = get("force-status");
  if (select.options.length) return;
  select.append(new Option("as its age says", RELEASE));
  for (const name of statuses) select.append(new Option(words(name), name));
}

function onSubmit(form, act) {
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    act();
  });
}

function announceStatus(order) {
  if (status !== null && status !== order.fulfillmentStatus) {
    announce(`Order ${order.orderReferenceId} is ${words(order.fulfillmentStatus)}`);
  }
  status = order.fulfillmentStatus;
}

function showReason(order) {
  const code = order.refusalReasonCode ? `(${order.refusalReasonCode})` : "";
  fill(get("order-reason"), { refusalReason: order.refusalReason, refusalReasonCode: code });
  show(get("order-reason"), Boolean(order.refusalReason));
}

// Beyond what the API would do, the button says that it forces the status.
function showCancel({ order, cancelable }) {
  const isForced = !cancelable && order.fulfillmentStatus !== "canceled";
  enable(get("cancel"), order.fulfillmentStatus !== "canceled");
  setText(get("cancel"), isForced ? "Force canceled" : "Cancel");
  setText(get("cancel-note"), isForced ? "The API refuses to cancel the order now, with 409." : "");
}

function showConnected(connected) {
  show(get("connected-part"), connected.length > 0);
  showList(get("connected"), connected, {
    key: (part) => part.id,
    create: () => copyOf("connected-order"),
    update: (line, part) => {
      fill(line, part);
      const address = addressOf(part.id);
      const link = line.querySelector("a");
      if (link.getAttribute("href") !== address) link.setAttribute("href", address);
    },
  });
}

function showStages({ order, age, stages, forced }) {
  show(get("stages"), age !== null);
  show(get("moments"), age === null);
  const reached = age === null ? -1 : stages.findLastIndex((stage) => stage.age <= age);
  const next = age === null ? undefined : stages[reached + 1];
  enable(get("next-stage"), next !== undefined);
  enable(get("deliver"), next !== undefined);
  setText(get("next-stage"), next ? `To ${words(next.status)}` : "Next stage");
  setText(get("aging"), agingNote(order, age, forced, next));
  showList(get("stages"), stages, {
    key: (stage) => stage.status,
    create: () => copyOf("stage"),
    update: (line, stage) => {
      const number = stages.indexOf(stage);
      const state = number < reached ? "past" : number === reached ? "present" : "coming";
      if (line.className !== state) line.className = state;
      fill(line, { status: words(stage.status), when: whenOf(stage, age, state) });
    },
  });
  showMoments(order);
}

// The time line of an order that does not age: what is known of it.
function showMoments(order) {
  const moments = [
    ["created", order.createdAt],
    ["ordered", order.orderedAt === order.createdAt ? null : order.orderedAt],
    [words(order.fulfillmentStatus), order.updatedAt],
  ].filter(([, date]) => date);
  showList(get("moments"), moments, {
    key: ([name]) => name,
    create: () => copyOf("stage"),
    update: (line, [name, date]) => {
      line.className = "past";
      fill(line, { status: name, when: timeOfDay(date) });
    },
  });
}

function agingNote(order, age, forced, next) {
  if (next) return "These two advance the clock of all orders.";
  if (age !== null) return "The order has arrived; its status does not change by itself.";
  const name = words(order.fulfillmentStatus);
  if (name === "draft" && !forced) return "A draft ages once it is confirmed.";
  if (forced) return `The status is fixed: ${name}. Set “as its age says” to let the order age again.`;
  return `The order does not age: it is ${name}.`;
}

function whenOf(stage, age, state) {
  if (age === null || state === "past") return `at ${duration(stage.age)}`;
  if (state === "present") return `since ${duration(age - stage.age)}`;
  return `in ${duration(stage.age - age)}`;
}

function showParts(order) {
  const address = order.shippingAddress;
  showTexts(get("recipient"), [
    [address.firstName, address.lastName],
    address.companyName,
    address.addressLine1,
    address.addressLine2,
    [address.postCode, address.city, address.state],
    address.country,
    address.email,
    address.phone,
  ]);
  showList(get("items"), order.items, {
    key: (item) => item.id,
    create: () => copyOf("item"),
    update: (line, item) => {
      fill(line, {
        quantity: `${item.quantity} ×`,
        product: item.productUid,
        price: item.price === undefined ? "" : money(item.price, order.currency),
      });
      const files = item.files.map((file) => file.url);
      showTexts(line.querySelector(".files"), [item.itemReferenceId, ...files]);
    },
  });
  showSums(order);
  showShipment(order.shipment ?? {});
}

function showSums(order) {
  const receipt = order.receipts?.[0];
  const sums = receipt === undefined ? [] : [
    ["Products", receipt.productsPrice],
    ["Shipping", receipt.shippingPrice],
    ["Packaging", receipt.packagingPrice],
    ["Discount", -receipt.discount],
    ["VAT", receipt.totalVat],
    ["Total", receipt.totalInclVat],
  ].filter(([name, amount]) => amount || name === "Total");
  showList(get("sums"), sums, {
    key: ([name]) => name,
    create: ([name]) => {
      const line = document.createElement("div");
      const [term, amount] = [document.createElement("dt"), document.createElement("dd")];
      term.textContent = name;
      line.append(term, amount);
      return line;
    },
    update: (line, [, amount]) => setText(line.lastElementChild, money(amount, order.currency)),
  });
}

function showShipment(shipment) {
  const codes = (shipment.packages ?? []).flatMap((one) => [one.trackingCode, one.trackingUrl]);
  const dates = [shipment.minDeliveryDate, shipment.maxDeliveryDate].filter(Boolean).join(" – ");
  showTexts(get("shipment"), [shipment.shipmentMethodName, dates, ...codes]);
}
