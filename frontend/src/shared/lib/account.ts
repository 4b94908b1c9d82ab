import { session } from '../api/session';

/** Pages about the person's own account live on the sign-in host, beside the agencies' hosts. */
export function accountUrl(path: string): string {
  const [, ...domain] = location.host.split('.');
  return `${location.protocol}//auth.${domain.join('.')}${path}`;
}

/** Ends the session here and leaves. */
export async function signOut(): Promise<void> {
  session.leaving = true;
  try {
    await fetch('/auth/sign-out', { method: 'POST', headers: { 'X-Bureau-CSRF': '1' }, credentials: 'same-origin', redirect: 'manual' });
  } finally {
    session.go(accountUrl('/login'));
  }
}
