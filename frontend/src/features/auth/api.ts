/** A problem as the server sends it (RFC 9457). */
export type Problem = { status: number; code?: string; detail?: string; title?: string; errors?: { location?: string; message?: string }[] | null };
export type Answer<T> = { ok: true; data: T } | { ok: false; problem: Problem; retryAfter: number };

/** Calls our own API. The sign-in pages carry no query cache: each asks once. */
export async function call<T>(method: 'GET' | 'POST' | 'PATCH', path: string, body?: unknown, signal?: AbortSignal): Promise<Answer<T>> {
  const headers: Record<string, string> = { Accept: 'application/json' };
  if (method !== 'GET') headers['X-Bureau-CSRF'] = '1';
  if (body !== undefined) headers['Content-Type'] = 'application/json';
  try {
    const init: RequestInit = { method, headers, credentials: 'same-origin', signal };
    if (body !== undefined) init.body = JSON.stringify(body);
    const r = await fetch(path, init);
    const data: unknown = r.status === 204 ? null : await r.json().catch(() => null);
    if (r.ok) return { ok: true, data: data as T };
    return { ok: false, problem: { ...(data as object), status: r.status }, retryAfter: Number(r.headers.get('Retry-After')) || 60 };
  } catch {
    return { ok: false, problem: { status: 0 }, retryAfter: 0 };
  }
}

export type AgencyLook = { slug: string; name: string; colour: string; logo_url: string | null; url: string };

export type Context = {
  site_url: string;
  agency: AgencyLook | null;
  sign_up: { agency_name: string; slug: string; address: string; expires_at: string } | null;
  invitation: boolean;
  account: { email: string; name: string; verified: boolean; aal: string } | null;
  kratos: 'ok' | 'unavailable';
};

export type Invitation = {
  agency: AgencyLook;
  kind: string;
  role: string;
  email: string;
  state: 'open' | 'accepted' | 'revoked' | 'expired';
  expires_at: string;
  account: { email: string; verified: boolean; matches: boolean } | null;
};

export type SlugCheck = { slug: string; status: 'available' | 'taken' | 'held' | 'reserved' | 'malformed'; message: string; address: string };
export type Agency = { slug: string; name: string; url: string; kind: string };
export type SignUp = { id: string; agency_name: string; slug: string; expires_at: string; continue_url: string };

/** What a form says to the person: at a field when the problem names one of its fields. */
export function messages(p: Problem, fields: readonly string[]): { fields: Record<string, string>; rest: string | null } {
  const at: Record<string, string> = {};
  const rest: string[] = [];
  for (const e of p.errors ?? []) {
    const name = (e.location ?? '').replace(/^body\.?/, '');
    if (fields.includes(name)) at[name] = e.message ?? '';
    else if (e.message) rest.push(e.message);
  }
  if (rest.length > 0) return { fields: at, rest: rest.join(' ') };
  return { fields: at, rest: Object.keys(at).length > 0 ? null : (p.detail ?? p.title ?? null) };
}
