import { createApi, fetchBaseQuery, type BaseQueryFn, type FetchArgs, type FetchBaseQueryError } from '@reduxjs/toolkit/query/react';
import type { ApiError, Problem } from './problem';
import { session, stepUp } from './session';

/** The code that asks a signed-in person to prove it once more. */
export const stepUpCode = 'access.step_up_required';

const raw = fetchBaseQuery({
  // A bare '/' is refused by fetch outside a browser.
  baseUrl: location.origin,
  credentials: 'same-origin',
  timeout: 30_000,
  responseHandler: async (r) => {
    const type = r.headers.get('content-type') ?? '';
    if (r.status === 204) return null;
    if (type.includes('json')) return r.json();
    return type.startsWith('text/') ? r.text() : r.blob();
  },
});

/** Bodies that hold a file travel as multipart. */
function multipart(body: unknown): unknown {
  if (!body || typeof body !== 'object' || body instanceof FormData) return body;
  if (!Object.values(body).some((v) => v instanceof Blob)) return body;
  const form = new FormData();
  for (const [k, v] of Object.entries(body)) {
    if (v instanceof Blob) form.append(k, v, v instanceof File ? v.name : k);
    else if (v !== null && v !== undefined) form.append(k, String(v));
  }
  return form;
}

const safe = (method: string) => method === 'GET' || method === 'HEAD';

// A call that got no answer may have been done. Sending the same again under
// the same key makes it count once, so the key lives until an answer comes.
const unanswered = new Map<string, string>();

// How often the answer of a first call is asked for, once a second. A call that was cut off counts as under way for twenty.
const patience = 25;
const underWay = (e: FetchBaseQueryError | undefined) => e?.status === 409 && (e.data as Problem | null)?.code === 'request.under_way';

function newKey(): string {
  const b = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(b, (x) => x.toString(16).padStart(2, '0')).join('');
}

function retryAfter(r: Response | undefined): number | undefined {
  const n = Number(r?.headers.get('retry-after') ?? Number.NaN);
  return Number.isFinite(n) ? n : undefined;
}

export const baseQuery: BaseQueryFn<string | FetchArgs, unknown, ApiError> = async (args, api, extra) => {
  const call: FetchArgs = typeof args === 'string' ? { url: args } : { ...args, body: multipart(args.body) };
  const method = (call.method ?? 'GET').toUpperCase();
  const headers = new Headers();
  for (const [k, v] of Object.entries((call.headers ?? {}) as Record<string, string | undefined>)) {
    if (v !== undefined) headers.set(k, v);
  }
  let fingerprint = '';
  if (!safe(method)) {
    headers.set('X-Bureau-CSRF', '1');
    if (method === 'POST' && !headers.has('Idempotency-Key') && !(call.body instanceof FormData)) {
      fingerprint = `${call.url} ${JSON.stringify(call.params ?? null)} ${JSON.stringify(call.body ?? null)}`;
      const key = unanswered.get(fingerprint) ?? newKey();
      unanswered.set(fingerprint, key);
      headers.set('Idempotency-Key', key);
    }
  }
  let r = await raw({ ...call, headers }, api, extra);
  const asked = r.error?.status === 403 ? (r.error.data as Problem | null) : null;
  // The form stays as it is; once confirmed, the very same call goes out again.
  if (asked?.code === stepUpCode && asked.url && (await stepUp.ask(asked.url))) r = await raw({ ...call, headers }, api, extra);
  // The first of two has done it, or is about to: its answer comes in a moment, and with another key it would be done twice.
  for (let n = 0; n < patience && underWay(r.error); n++) {
    await new Promise((go) => setTimeout(go, (retryAfter(r.meta?.response) ?? 1) * 1000));
    r = await raw({ ...call, headers }, api, extra);
  }
  if (!r.error || (typeof r.error.status === 'number' && !underWay(r.error))) unanswered.delete(fingerprint);
  if (!r.error) return { data: r.data, meta: r.meta };
  if (typeof r.error.status !== 'number') return { error: { kind: 'network' } };

  const { status, data } = r.error;
  const problem: Problem = data && typeof data === 'object' && !(data instanceof Blob) ? { ...(data as Problem), status } : { status };
  if (status === 401) session.signIn();
  return { error: { kind: 'problem', problem, retryAfter: retryAfter(r.meta?.response) } };
};

/** The one client; generated files and features add their endpoints to it. */
export const api = createApi({
  baseQuery,
  endpoints: () => ({}),
  keepUnusedDataFor: 300,
  refetchOnMountOrArgChange: 60,
  refetchOnReconnect: true,
});
