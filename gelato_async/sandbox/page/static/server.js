// Requests to the sandbox's own routes. Answers are JSON, and errors have a message.

const SECONDS_TO_ANSWER = 10;

export class RefusedError extends Error {}

async function request(path, options) {
  const signal = AbortSignal.timeout(SECONDS_TO_ANSWER * 1000);
  const answer = await fetch(path, { ...options, signal, cache: "no-store" });
  const content = await answer.json();
  if (!answer.ok) throw new RefusedError(content.message);
  return content;
}

/** Read one of the page's views. */
export function view(path, query = {}) {
  const text = new URLSearchParams(query).toString();
  return request(`page/${path}${text ? `?${text}` : ""}`);
}

/** Use one of the controls. */
export function control(path, body = {}) {
  const headers = { "Content-Type": "application/json" };
  return request(path, { method: "POST", headers, body: JSON.stringify(body) });
}
