import { lookup } from './text';

/** The part of Kratos' flows that we read. Whatever else is there is left alone. */
export type FlowType = 'login' | 'recovery' | 'verification' | 'settings' | 'registration';
export type UiText = { id: number; text: string; type?: string; context?: Record<string, unknown> };
export type UiNode = {
  type: string;
  group: string;
  attributes: {
    node_type?: string;
    name?: string;
    type?: string;
    value?: unknown;
    required?: boolean;
    disabled?: boolean;
    autocomplete?: string;
    id?: string;
    src?: string;
    href?: string;
    title?: UiText;
    text?: UiText;
    [other: string]: unknown;
  };
  messages: UiText[];
  meta?: { label?: UiText };
};
export type ContinueWith = { action: string; flow?: { id: string; url?: string }; redirect_browser_to?: string };
export type Flow = {
  id: string;
  state?: string;
  return_to?: string;
  requested_aal?: string;
  refresh?: boolean;
  ui: { action: string; method: string; nodes: UiNode[]; messages?: UiText[] };
  continue_with?: ContinueWith[] | null;
  identity?: { traits?: { email?: string; name?: unknown } };
};

/** Where Kratos answers, on the same origin as these pages. */
export const kratosPath = '/.ory';

/** What came of a request to Kratos. */
export type Outcome =
  | { kind: 'flow'; flow: Flow }
  | { kind: 'go'; url: string }
  | { kind: 'restart' }
  | { kind: 'done' }
  | { kind: 'wait'; seconds: number }
  | { kind: 'failed'; why: 'offline' | 'unavailable' | 'broken' };

export function startUrl(type: FlowType, params: Record<string, string | undefined> = {}): string {
  const query = new URLSearchParams();
  for (const [k, v] of Object.entries(params)) if (v) query.set(k, v);
  return `${kratosPath}/self-service/${type}/browser${query.size ? `?${query}` : ''}`;
}

export async function loadFlow(type: FlowType, id: string): Promise<Outcome> {
  return send(`${kratosPath}/self-service/${type}/flows?id=${encodeURIComponent(id)}`, { method: 'GET' });
}

export async function submitFlow(flow: Flow, body: Record<string, unknown>): Promise<Outcome> {
  return send(sameOrigin(flow.ui.action), {
    method: flow.ui.method || 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify(body),
  });
}

/** Kratos writes its own public address into a flow; only the path matters to us. */
function sameOrigin(action: string): string {
  const url = new URL(action, location.origin);
  return url.pathname + url.search;
}

async function send(url: string, init: RequestInit): Promise<Outcome> {
  let response: Response;
  let body: unknown;
  try {
    response = await fetch(url, {
      ...init,
      credentials: 'same-origin',
      headers: { Accept: 'application/json', ...init.headers },
    });
    body = await response.json().catch(() => null);
  } catch {
    return { kind: 'failed', why: 'offline' };
  }
  return outcome(response.status, body, Number(response.headers.get('Retry-After')));
}

type ErrorBody = { error?: { id?: string; code?: number }; redirect_browser_to?: string; code?: string };

/** What an answer of Kratos asks for. Exported for its tests: this table is where sign-in pages go wrong. */
export function outcome(status: number, body: unknown, retryAfter = 0): Outcome {
  const answer = (typeof body === 'object' && body !== null ? body : {}) as Partial<Flow> & ErrorBody;
  if (status === 429) return { kind: 'wait', seconds: retryAfter > 0 ? retryAfter : 60 };
  if (status >= 500) return { kind: 'failed', why: status === 502 || status === 503 || status === 504 ? 'unavailable' : 'broken' };
  const error = answer.error?.id;
  const target = answer.redirect_browser_to;
  switch (error) {
    case 'security_csrf_violation':
    case 'self_service_flow_expired':
    case 'security_identity_mismatch':
    case 'self_service_flow_return_to_forbidden':
      return { kind: 'restart' };
    case 'session_already_available':
      return { kind: 'done' };
    case 'browser_location_change_required':
    case 'session_refresh_required':
    case 'session_aal2_required':
    case 'session_aal1_required':
      return target ? { kind: 'go', url: target } : { kind: 'restart' };
    case 'session_inactive':
      return { kind: 'go', url: startUrl('login') };
  }
  if (status === 410 || status === 404) return { kind: 'restart' };
  if (status === 422 && target) return { kind: 'go', url: target };
  if (status === 401) return { kind: 'go', url: startUrl('login') };
  if (answer.ui?.nodes) {
    if (status < 400) {
      const next = followed(answer.continue_with);
      if (next) return { kind: 'go', url: next };
    }
    return { kind: 'flow', flow: answer as Flow };
  }
  if (status >= 200 && status < 300) {
    const next = followed(answer.continue_with);
    return next ? { kind: 'go', url: next } : { kind: 'done' };
  }
  return { kind: 'failed', why: 'broken' };
}

/**
 * The step of continue_with to take. A page of ours comes before a plain redirect, wherever Kratos
 * lists it: the redirect would pass by the code that waits in the mail.
 */
function followed(steps: ContinueWith[] | null | undefined): string | undefined {
  for (const [action, page] of Object.entries({ show_verification_ui: 'verification', show_recovery_ui: 'recovery', show_settings_ui: 'settings' })) {
    const step = steps?.find((s) => s.action === action && s.flow);
    if (step?.flow) return `/${page}?flow=${encodeURIComponent(step.flow.id)}`;
  }
  return steps?.find((s) => s.action === 'redirect_browser_to')?.redirect_browser_to;
}

const groupOrder = ['default', 'profile', 'password', 'code', 'totp', 'lookup_secret', 'webauthn', 'passkey', 'oidc', 'link'];

/** The nodes of some groups in our order, the hidden ones of `default` always with them. */
export function nodesOf(flow: Flow, groups: readonly string[]): UiNode[] {
  const at = (n: UiNode) => (groupOrder.indexOf(n.group) + groupOrder.length + 1) % (groupOrder.length + 1);
  return flow.ui.nodes
    .filter((n) => groups.includes(n.group) || (n.group === 'default' && n.attributes.type === 'hidden'))
    .map((n, i) => [n, i] as const)
    .sort(([a, i], [b, j]) => at(a) - at(b) || i - j)
    .map(([n]) => n);
}

export const hasGroup = (flow: Flow, group: string) =>
  flow.ui.nodes.some((n) => n.group === group && n.attributes.type !== 'hidden');

export const findNode = (flow: Flow, name: string) =>
  flow.ui.nodes.find((n) => n.attributes.name === name || n.attributes.id === name);

/** Our words for a message of Kratos; its own when we do not know the number. */
export const messageText = (m: UiText): string => lookup('kratos', `m${m.id}`) ?? m.text;

/** Our label for a field; Kratos' own when we do not know the name. */
export function labelOf(node: UiNode): string {
  const name = (node.attributes.name ?? '').replace(/^traits\./, '');
  return lookup('fields', name) ?? node.meta?.label?.text ?? name;
}

/** Form values as Kratos wants them: `traits.name` becomes {traits: {name}}. */
export function bodyOf(data: Iterable<[string, FormDataEntryValue]>): Record<string, unknown> {
  const body: Record<string, unknown> = {};
  for (const [name, value] of data) {
    if (typeof value !== 'string') continue;
    let at = body;
    const parts = name.split('.');
    for (const part of parts.slice(0, -1)) at = (at[part] ??= {}) as Record<string, unknown>;
    at[parts[parts.length - 1]!] = value;
  }
  return body;
}
