// The deliveries of webhooks: their bodies, how each try was answered, and sending one again.

import {
  copyOf, enable, fill, get, json, onPress, setText, showList, timeOfDay, words,
} from "./elements.js";
import { control, view } from "./server.js";

const FULL = 20;

const list = get("deliveries");

// The number of the last delivery of the page before, or null for the newest.
let before = null;
// While one is read, newer ones are not shown: the list holds still at this number.
let held = null;
let isNewWanted = false;
// The numbers of the first and the last one shown.
let first = null;
let last = null;

/** Read the deliveries that are to be shown, and show them. */
export async function refreshWebhooks({ hasWebhookUrl, webhooks, openWebhooks }) {
  const isRead = list.contains(document.activeElement) || list.querySelector("[open]") !== null;
  if (!isRead || isNewWanted) held = null;
  else if (first !== null) held ??= first + 1;
  isNewWanted = false;
  const asked = before ?? held;
  const found = await view("webhooks", asked === null ? {} : { before: asked });
  if (asked !== (before ?? held)) return;
  showDeliveries(list, found.webhooks, hasWebhookUrl);
  first = found.webhooks.at(0)?.number ?? null;
  last = found.webhooks.at(-1)?.number ?? null;
  const waiting = openWebhooks ? `, ${openWebhooks.toLocaleString("en")} waiting` : "";
  setText(get("webhook-total"), webhooks ? `${webhooks.toLocaleString("en")}${waiting}` : "");
  const nothing = found.webhooks.length ? "" : "No webhooks yet.";
  const noUrl = "The sandbox has no URL to deliver to: start it with --webhook-url.";
  setText(get("no-webhooks"), hasWebhookUrl ? nothing : noUrl);
  enable(get("webhooks-newest"), before !== null || held !== null);
  enable(get("webhooks-older"), found.webhooks.length === FULL);
}

/** Show some deliveries in a list; without a URL none is sent again. */
export function showDeliveries(place, deliveries, hasWebhookUrl) {
  showList(place, deliveries, {
    key: (delivery) => delivery.number,
    create: newDelivery,
    update: (line, delivery) => {
      const { event } = delivery;
      fill(line, {
        event: event.event ?? "event",
        subject: event.orderReferenceId ?? event.storeProductId ?? "",
        change: words(event.fulfillmentStatus ?? event.status ?? event.trackingCode ?? ""),
        answers: delivery.answers.map((answer) => answer ?? "no answer").join(", "),
        at: timeOfDay(delivery.at),
        reason: delivery.reason,
        state: delivery.state,
      });
      enable(line.querySelector(".resend"), hasWebhookUrl);
    },
  });
}

/** Let the buttons act; `act` does something and then refreshes the page. */
export function startWebhooks(act, refresh) {
  for (const deliveries of [list, get("order-webhooks")]) {
    deliveries.addEventListener("click", (event) => {
      if (!event.target.matches('.resend:not([aria-disabled="true"])')) return;
      const number = event.target.closest("li").dataset.key;
      isNewWanted = true;
      act(() => control(`webhooks/${number}/resend`), "The webhook is sent again");
    });
  }
  onPress(get("webhooks-newest"), () => {
    before = null;
    for (const details of list.querySelectorAll("[open]")) details.open = false;
    refresh();
  });
  onPress(get("webhooks-older"), () => {
    before = last;
    refresh();
  });
}

function newDelivery({ event }) {
  const line = copyOf("delivery");
  fill(line, { body: json(event) });
  return line;
}
