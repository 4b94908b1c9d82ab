import { tCommon } from '../lib/i18n';

/** RFC 9457 problem as the server sends it. */
export type Problem = {
  status: number;
  title?: string;
  detail?: string;
  code?: string;
  request_id?: string;
  /** Where to help oneself, on this host. */
  url?: string;
  errors?: { location?: string; message?: string }[] | null;
};

/** Every failed call ends as one of these two. */
export type ApiError = { kind: 'problem'; problem: Problem; retryAfter?: number } | { kind: 'network' };

export const isApiError = (e: unknown): e is ApiError =>
  typeof e === 'object' && e !== null && 'kind' in e && (e.kind === 'problem' || e.kind === 'network');

/** The stable code of a failure, the one to switch on. */
export const codeOf = (e: unknown): string => (isApiError(e) && e.kind === 'problem' ? (e.problem.code ?? '') : '');

export const statusOf = (e: unknown): number => (isApiError(e) && e.kind === 'problem' ? e.problem.status : 0);

/** 'body.items[3].tags' -> 'items.3.tags' */
export const fieldOf = (location?: string): string =>
  (location ?? '').replace(/^body(?=$|[.[])\.?/, '').replace(/\[(\d+)\]/g, '.$1').replace(/^\./, '');

/** What to tell the user about a failure as a whole. */
export function problemText(e: unknown): string {
  if (!isApiError(e)) return tCommon('error.unknown');
  if (e.kind === 'network') return tCommon('error.network');
  const fields = (e.problem.errors ?? []).map((x) => x.message).filter(Boolean);
  return e.problem.detail && !isGeneric(e.problem) ? e.problem.detail : fields.join(' ') || e.problem.detail || e.problem.title || tCommon('error.unknown');
}

/** What is wrong with the one thing that was entered: the field's own words, and the headline when there are none. */
export function reasonText(e: unknown): string {
  const said = isApiError(e) && e.kind === 'problem' ? (e.problem.errors ?? []).map((x) => x.message).filter(Boolean).join(' ') : '';
  return said ? said[0]!.toUpperCase() + said.slice(1) : problemText(e);
}

// The validator's own headline says nothing a user could act on; its fields do.
const isGeneric = (p: Problem) => p.detail === 'validation failed' && (p.errors?.length ?? 0) > 0;

/** The failure, with what it says about other places than the form's own moved to these. */
export function relocated(e: unknown, to: (location: string) => string): unknown {
  if (!isApiError(e) || e.kind === 'network' || !e.problem.errors) return e;
  return { ...e, problem: { ...e.problem, errors: e.problem.errors.map((x) => ({ ...x, location: to(x.location ?? '') })) } };
}

type SetError = (name: never, err: { type: string; message: string }, options?: { shouldFocus?: boolean }) => void;

/**
 * Puts the messages of a failed call at the fields they name and returns what
 * no field takes, for the alert of the form. `known` are the form's field
 * names, with `*` for an index ('lines.*.quantity').
 */
export function applyProblem(e: unknown, setError: SetError, known: readonly string[]): string | null {
  if (!isApiError(e) || e.kind === 'network') return problemText(e);
  const errors = e.problem.errors ?? [];
  const patterns = known.map((k) => new RegExp(`^${k.replaceAll('.', '\\.').replaceAll('*', '\\d+')}$`));
  const rest: string[] = [];
  let focused = false;
  for (const d of errors) {
    const name = fieldOf(d.location);
    const message = d.message ?? tCommon('error.invalid');
    if (patterns.some((p) => p.test(name))) {
      setError(name as never, { type: 'server', message }, { shouldFocus: !focused });
      focused = true;
    } else rest.push(message);
  }
  if (errors.length > 0 && rest.length === 0) return null;
  return rest.length > 0 ? rest.join(' ') : problemText(e);
}
