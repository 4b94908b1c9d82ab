// One's own account: sign-out, a lost password, a second step, other sessions.
import { createHmac } from 'node:crypto';
import { signIn, signOut, strangers } from './entry.mjs';
import { codeIn, expect } from './parts.mjs';

/** The code that an authenticator app shows now. */
export function totp(secret) {
  const bits = [...secret.replace(/[^A-Z2-7]/g, '')].map((c) => 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'.indexOf(c).toString(2).padStart(5, '0')).join('');
  const key = Buffer.from(bits.match(/.{8}/g).map((b) => Number.parseInt(b, 2)));
  const moment = Buffer.alloc(8);
  moment.writeBigUInt64BE(BigInt(Math.floor(Date.now() / 30_000)));
  const sum = createHmac('sha1', key).update(moment).digest();
  return String((sum.readUInt32BE(sum[19] & 15) & 0x7fffffff) % 1_000_000).padStart(6, '0');
}

export async function lostPassword({ marco, slug }) {
  marco.report.step(`${marco.width}: signs out, forgets the password and gets a new one by mail`);
  const { page } = marco;
  await signOut(marco);
  await strangers(marco, slug);
  await page.getByRole('link', { name: 'Forgot your password?' }).click();
  await page.locator('input[name=email]').fill(marco.email);
  await marco.look('recovery');
  await page.locator('button[type=submit]').first().click();
  await page.locator('input[name=code]').waitFor();
  await marco.look('recovery-code');
  await page.locator('input[name=code]').fill(codeIn(await marco.mail(/recover/i)));
  await page.locator('button[type=submit]').first().click();
  await page.getByRole('heading', { name: 'Choose a new password' }).waitFor();
  await marco.look('new-password');
  marco.password = 'something new to remember 9';
  await page.locator('input[name=password]').fill(marco.password);
  await page.locator('button[type=submit]').first().click();
  // A code from a mail opens no agency: the new password does.
  await page.getByRole('heading', { name: 'Please confirm that it is you' }).waitFor();
  await page.locator('input[name=password]').fill(marco.password);
  await page.locator('button[type=submit]').first().click();
  await page.waitForURL((u) => u.hostname.startsWith(slug));
}

export async function secondStep({ marco, slug }) {
  marco.report.step(`${marco.width}: sets up a second step and signs in with it`);
  const { page } = marco;
  await page.goto(marco.url(slug, '/settings/profile'));
  await page.getByRole('link', { name: 'Open security settings' }).click();
  await page.locator('input[name=totp_code]').waitFor();
  await marco.look('security');
  const secret = await page.locator('code').first().innerText();
  await page.locator('input[name=totp_code]').fill(totp(secret));
  await page.getByRole('button', { name: 'Switch on' }).click();
  await page.getByText('On. Signing in asks for a code from your app.').waitFor();
  await page.getByRole('button', { name: 'Make recovery codes' }).click();
  await page.getByRole('button', { name: 'I have saved them' }).click();
  await page.getByRole('button', { name: /Show the codes|Make new codes/ }).first().waitFor();
  await page.goto(marco.url(slug));
  await signOut(marco);
  await signIn(marco, slug, { code: () => totp(secret) });
  marco.secret = secret;
}

/** A session that is ended elsewhere stops working within a second. */
export async function otherSession({ marco, slug, another }) {
  marco.report.step(`${marco.width}: ends the session on another device`);
  await another.open();
  another.password = marco.password;
  await signIn(another, slug, { code: () => totp(marco.secret) });
  const { page } = marco;
  await page.goto(marco.url(slug, '/settings/profile'));
  await page.getByText('This session').first().waitFor();
  await marco.look('profile');
  await another.refused(401, async () => {
    await page.getByRole('button', { name: 'End all others' }).click();
    await page.getByRole('alertdialog').getByRole('button', { name: 'End all others' }).click();
    await page.getByText('All other sessions ended').first().waitFor();
    const ended = Date.now();
    for (;;) {
      const status = await another.page.evaluate(async () => (await fetch('/api/v1/me')).status);
      if (status === 401) break;
      expect(Date.now() - ended < 1500, `the ended session is refused within a second, and it answers ${status} yet`);
    }
    await another.page.goto(another.url(slug, '/projects'));
    await another.page.waitForURL((u) => u.hostname.startsWith('auth.'));
  });
  await page.reload();
  await page.getByText('This session').first().waitFor();
  await another.context.close();
}
