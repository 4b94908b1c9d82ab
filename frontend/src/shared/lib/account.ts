import { session } from '../api/session';

/** Pages about the person's own account live on the sign-in host, beside the agencies' hosts. */
export function accountUrl(path: string): string {
  const [, ...domain] = location.host.split('.');
  return `${location.protocol}//auth.${domain.join('.')}${path}`;
}

/** Ends the session here and the sign-in behind it, and goes where the server says. */
export async function signOut(): Promise<void> {
  session.leaving = true;
  let next = accountUrl('/login');
  try {
    const r = await fetch('/auth/sign-out', { method: 'POST', headers: { 'X-Bureau-CSRF': '1' }, credentials: 'same-origin' });
    if (r.ok) next = ((await r.json()) as { redirect_to: string }).redirect_to;
  } finally {
    session.go(next);
  }
}
