// What the chapters do over and over, named as a person would name it.

const quoted = (text) => (text instanceof RegExp ? text : new RegExp(`^${text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')}`));

/** Fails the story with a sentence instead of a stack of selectors. */
export function expect(fact, sentence) {
  if (!fact) throw new Error(`expected: ${sentence}`);
}

/** Goes to a place by the sidebar, or by the bar and its sheet on a phone. */
export async function go(p, place) {
  const nav = p.page.getByRole('navigation', { name: 'Main' });
  const link = nav.getByRole('link', { name: place, exact: true });
  await nav.waitFor();
  if (p.width === 'phone' && (await link.count()) === 0) {
    await nav.getByRole('button', { name: 'More' }).click();
    await p.page.getByRole('dialog', { name: 'More' }).getByRole('link', { name: place, exact: true }).click();
  } else await link.click();
  await p.page.getByRole('heading', { level: 1, name: place }).or(p.page.getByRole('heading', { level: 1, name: /^Good / })).first().waitFor();
  await p.settle();
}

export const dialogOf = (p, name) => p.page.getByRole('dialog', name ? { name } : {}).last();

/** Presses the dialog's main button and waits until it is done. */
export async function finish(dialog, button) {
  await dialog.getByRole('button', { name: button, exact: true }).click();
  await dialog.waitFor({ state: 'hidden' });
}

/** Finds something by typing in a field with suggestions. */
export async function find(p, scope, label, text) {
  const field = scope.getByRole('combobox', { name: quoted(label) });
  await field.click();
  await field.fill(text);
  await p.page.getByRole('option', { name: text }).first().click();
}

/** Chooses from a closed list. */
export async function choose(p, scope, label, option) {
  await scope.getByRole('combobox', { name: quoted(label) }).click();
  await p.page.getByRole('option', { name: option, exact: true }).click();
}

/** The field says that it is refused, and why, where the eye is. */
export async function refusedAt(scope, label, why) {
  const field = (typeof label === 'string' ? scope.getByLabel(label, { exact: false }) : label).first();
  await field.and(scope.locator('[aria-invalid=true]')).waitFor();
  const text = await field.evaluate((e) => (e.getAttribute('aria-describedby') ?? '').split(' ').map((id) => document.getElementById(id)?.textContent ?? '').join(' '));
  expect(why.test(text), `the field ${label} says ${why}, and it says "${text}"`);
}

/** A short message at the edge of the screen, then put away so that it hides nothing. */
export async function said(p, text) {
  const toast = p.page.locator('.MuiSnackbar-root').filter({ hasText: text });
  await toast.waitFor();
  // On a slow machine it may go by itself first.
  const close = toast.getByRole('button', { name: 'Close' });
  await close.click({ timeout: 5_000 }).catch(async (e) => {
    if (await toast.isVisible()) throw e;
  });
  await toast.waitFor({ state: 'hidden' });
}

/** What is behind a link of the page, read as the browser reads it. */
export async function bytesOf(page, href) {
  const base64 = await page.evaluate(async (at) => {
    const r = await fetch(at);
    if (!r.ok) throw new Error(`${at} answers ${r.status}`);
    return new Promise((resolve) => {
      const reader = new FileReader();
      reader.addEventListener('load', () => resolve(reader.result.split(',')[1]));
      r.blob().then((b) => reader.readAsDataURL(b));
    });
  }, href);
  return Buffer.from(base64, 'base64');
}

export const codeIn = (letter) => /\b(\d{6})\b/.exec(letter.text)[1];

/** The days of the week before this one, Monday first, where the story's work is done. */
export function lastWeek() {
  const now = new Date();
  const monday = new Date(Date.UTC(now.getFullYear(), now.getMonth(), now.getDate() - ((now.getDay() + 6) % 7) - 7));
  return Array.from({ length: 7 }, (_, i) => new Date(monday.getTime() + i * 86_400_000).toISOString().slice(0, 10));
}
