// The deliveries of webhooks: their bodies, how each try was answered, and sending one again.

import { copyOf, enable, fill, get, onPress, setText, showList, timeOfDay, words } from "./elements.js";
import { control, view } from "./server.js";

const FULL = 20;

// The number of the last delivery of the page before, or null for the newest.
let before = null;
let last = null;

/** Read the deliveries that are to be shown, and show them. */
export async function refreshWebhooks({ hasWebhookUrl, webhooks, openWebhooks }) {
  const asked = before;
  const found = await view("webhooks", before === null ? {} : { before });
  if (asked !== before) return;
  showDeliveries(get("deliveries"), found.webhooks);
  last = found.webhooks.at(-1)?.number ?? null;
  const waiting = openWebhooks ? `, ${openWebhooks.toLocaleString("en")} waiting` : "";
  setText(get("webhook-total"), webhooks ? `${webhooks.toLocaleString("en")}${waiting}` : "");
  const nothing = hasWebhookUrl
    ? "No webhooks yet."
    : "The sandbox has no URL to deliver to: start it with --webhook-url.";
  setText(get("no-webhooks"), found.webhooks.length ? "" : nothing);
  enable(get("webhooks-newest"), before !== null);
  enable(get("webhooks-older"), found.webhooks.length === FULL);
}

/** Show some deliveries in a list. */
export function showDeliveries(list, deliveries) {
  showList(list, deliveries, {
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
    },
  });
}

/** Let the buttons act; `act` does something and then refreshes the page. */
export function startWebhooks(act, refresh) {
  for (const list of [get("deliveries"), get("order-webhooks")]) {
    list.addEventListener("click", (event) => {
      if (!event.target.matches(".resend")) return;
      const number = event.target.closest("li").dataset.key;
      act(() => control(`webhooks/${number}/resend`), "The webhook is sent again");
    });
  }
  onPress(get("webhooks-newest"), () => {
    before = null;
    refresh();
  });
  onPress(get("webhooks-older"), () => {
    before = last;
    refresh();
  });
}

function newDelivery({ event }) {
  const line = copyOf("delivery");
  fill(line, { body: JSON.stringify(event, null, 2) });
  return line;
}
