// The console's API, as the pages use it.

/** What the API refused, or why it could not be reached: `status` (0: not reached), `kind`, `detail`, and the problem's members. */
export class Refused extends Error {
  constructor(status, problem) {
    super(problem.detail || "The console did not answer.");
    this.status = status;
    this.kind = (problem.type || "").split(":").pop();
    this.problem = problem;
  }
}

/**
 * Asks the API. Gives {status, data, etag, next}, the address of the next page; throws {@link Refused}. `match` becomes
 * If-Match. `keyed`: with a key, by which it is done once; not needed where a state is named or twice is as good as once,
 * and the console has to keep the key, which it cannot on a full disk.
 */
export async function ask(method, path, { body, match, signal, seconds = 10, keyed = !match } = {}) {
  const headers = { accept: "application/json" };
  const csrf = document.querySelector("meta[name=csrf]")?.content;
  if (csrf && method !== "GET") headers["x-csrf-token"] = csrf;
  if (body !== undefined) headers["content-type"] = "application/json";
  if (match) headers["if-match"] = match;
  if (method !== "GET" && keyed) headers["idempotency-key"] = crypto.randomUUID?.() ?? `${Date.now()}-${Math.random()}`;
  const limit = AbortSignal.timeout(seconds * 1000);
  let answer;
  try {
    answer = await fetch(path, {
      method,
      headers,
      body: body === undefined ? undefined : JSON.stringify(body),
      signal: signal ? AbortSignal.any([signal, limit]) : limit,
      credentials: "same-origin",
    });
  } catch (error) {
    if (signal?.aborted) throw error;
    throw new Refused(0, { detail: "The console cannot be reached. Nothing was changed, as far as this page knows." });
  }
  const data = await answer.json().catch(() => ({}));
  if (!answer.ok) throw new Refused(answer.status, data);
  const next = /<([^>]+)>; rel="next"/.exec(answer.headers.get("link") ?? "")?.[1];
  return { status: answer.status, data, etag: answer.headers.get("etag"), next };
}
