import { call } from './api';
import { browser } from './useFlow';

/** Ends the sign-in on this host and goes where the server says. */
export async function signOut(fallback = '/login'): Promise<void> {
  const r = await call<{ redirect_to: string }>('POST', '/broker/sign-out', {});
  browser.go(r.ok ? r.data.redirect_to : fallback);
}
