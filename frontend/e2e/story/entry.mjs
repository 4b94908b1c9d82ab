// Ways in: a new agency, a new account, an invitation, sign-in and sign-out.
import { codeIn, expect, refusedAt } from './parts.mjs';

/** Registration with the code from the mail, from the page where name and password are asked. */
export async function register(p, look) {
  const { page } = p;
  await page.waitForURL(/registration/);
  await page.locator('input[name="traits.name"]').fill(p.name);
  await page.locator('input[name="traits.email"]').fill(p.email);
  await page.locator('input[name="password"]').fill(p.password);
  if (look) await p.look('registration');
  await page.locator('button[type=submit]').last().click();
  await page.waitForURL(/verification/);
  if (look) {
    await p.look('verification');
    await p.refused(400, async () => {
      await page.locator('input[name=code]').fill('000000');
      await page.locator('button[type=submit]').first().click();
      await page.getByText(/not right|not valid/).first().waitFor();
    });
  }
  await page.locator('input[name=code]').fill(codeIn(await p.mail(/verify/i)));
  await page.locator('button[type=submit]').first().click();
}

export async function signUp(p, slug, agency) {
  p.report.step(`${p.width}: signs up`);
  const { page } = p;
  await p.visit('', '/', 'landing');
  await p.visit('', '/sign-up', 'sign-up');
  await page.getByLabel('Agency name').fill(agency);
  const address = page.getByLabel('Web address');
  for (const [slugTried, why] of [['admin', /kept for the product/], ['-acme', /small letters/], [`a${'b'.repeat(63)}`, /small letters/]]) {
    await address.fill(slugTried);
    await page.getByText(why).first().waitFor();
    await refusedAt(page, 'Web address', why);
  }
  await address.fill(slug);
  await page.getByText(/is free/).waitFor();
  await page.locator('button[type=submit]').click();
  await register(p, true);
  await page.waitForURL((u) => u.hostname.startsWith(slug));
}

/** Somebody who has an account already, and belongs to nobody yet. */
export async function haveAccount(p) {
  p.report.step(`${p.width}: ${p.name} makes an account of their own`);
  await p.page.goto(p.url('auth', '/.ory/self-service/registration/browser'));
  await register(p, false);
  await p.page.getByText('You do not belong to any agency yet').waitFor();
  await p.look('agencies-none');
}

/** Follows the mail and joins, with a new account or the one they have. */
export async function accept(p, slug, { existing = false, look = false } = {}) {
  p.report.step(`${p.width}: ${p.name} accepts the invitation`);
  const { page } = p;
  const letter = await p.mail(/invit|join/i);
  await page.goto(/https?:\/\/\S+\/invite#\S+/.exec(letter.text)[0]);
  await page.getByRole('heading', { name: /^Join/ }).waitFor();
  if (look) await p.look('invite');
  if (existing) await page.getByRole('button', { name: 'Accept the invitation' }).click();
  else {
    await page.getByRole('link', { name: 'Create my account' }).click();
    await register(p, false);
    const again = page.getByRole('button', { name: 'Accept the invitation' });
    await again.or(page.getByRole('navigation').first()).first().waitFor();
    if (await again.isVisible()) await again.click();
  }
  await page.waitForURL((u) => u.hostname.startsWith(slug));
  await p.settle();
}

/** The agency's address, opened by somebody who is signed out, ends at the sign-in page. */
async function toSignIn(p, slug) {
  await p.refused(401, async () => {
    await p.page.goto(p.url(slug));
    await p.page.locator('input[name=identifier]').waitFor();
  });
}

export async function signIn(p, slug, { code } = {}) {
  const { page } = p;
  await toSignIn(p, slug);
  await page.locator('input[name=identifier]').fill(p.email);
  await page.locator('input[name=password]').fill(p.password);
  if (!code) await page.locator('button[type=submit]').first().click();
  else {
    // Kratos says "go on over there" as a refusal.
    await p.refused(422, async () => {
      await page.locator('button[type=submit]').first().click();
      await page.getByRole('heading', { name: 'Second step' }).waitFor();
    });
    await p.look('second-step');
    await page.locator('input[name=totp_code]').fill(code());
    await page.locator('button[type=submit]').first().click();
  }
  await page.waitForURL((u) => u.hostname.startsWith(slug));
  await p.settle();
}

/** A password that is wrong and an address that nobody has get the same answer. */
export async function strangers(p, slug) {
  const { page } = p;
  const answers = [];
  for (const email of [p.email, `nobody-${p.email}`]) {
    await toSignIn(p, slug);
    await page.locator('input[name=identifier]').fill(email);
    await page.locator('input[name=password]').fill('this is not the password');
    await p.refused(400, async () => {
      await page.locator('button[type=submit]').first().click();
      answers.push(await page.getByRole('alert').first().innerText());
    });
  }
  expect(answers[0].includes('E-mail or password is wrong'), 'a wrong password is told so');
  expect(answers[0] === answers[1], `both answers are the same: ${answers.join(' / ')}`);
  await p.look('sign-in-refused');
}

export async function signOut(p) {
  await p.page.getByRole('button', { name: /^Account of/ }).click();
  // What the page asks for in the same moment is refused: nobody is signed in any more.
  await p.refused(401, async () => {
    await p.page.getByRole('menuitem', { name: 'Sign out' }).click();
    await p.page.waitForURL((u) => u.hostname.startsWith('auth.'));
  });
}
