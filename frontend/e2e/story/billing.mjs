// The agency's own bill, from the first day of the trial to a canceled subscription. The stand-in for
// Stripe has a clock that is moved, so this comes last: other agencies' trials end with it.
import { signUp } from './entry.mjs';
import { expect } from './parts.mjs';

/** Lets days pass at the payment provider, and the notices of it arrive. */
async function pass(p, days) {
  const { page } = p;
  await page.goto(p.url('', '/dev/stripe/pages/control'));
  await page.getByLabel('Hours forward').fill(String(days * 24));
  await page.getByRole('button', { name: 'Move' }).click();
  await page.getByRole('heading', { name: 'Stripe stand-in' }).waitFor();
}

/** Opens the page of the bill, once what the provider says is known. */
async function bill(p, slug, name) {
  await p.page.goto(p.url(slug, '/settings/billing'));
  await p.settle();
  await p.api('POST', '/api/v1/billing/refresh');
  await p.visit(slug, '/settings/billing', name);
}

async function pay(p, card) {
  const { page } = p;
  await page.locator(`input[name=card][value=${card}]`).check();
  await page.getByRole('button', { name: /^(Subscribe|Use this card)$/ }).click();
}

export async function plans(p, slug) {
  const { page, report } = p;
  const say = (text) => report.step(`${p.width}: ${text}`);
  await signUp(p, slug, 'Planwise');

  say('sees the trial, and what happens when it is over');
  await bill(p, slug, 'billing-trial');
  // 14 days at the provider; more by our clock when the story before has moved the provider's.
  await page.getByText(p.width === 'desk' ? /14 days left in your trial/ : /\d+ days left in your trial/).waitFor();
  await pass(p, 15);
  await bill(p, slug, 'billing-over');
  await page.getByText('Your trial is over. Choose a plan to go on.').waitFor();
  await page.goto(p.url(slug, '/clients'));
  await page.getByText(/This agency is read only/).waitFor();
  await page.getByRole('button', { name: 'New client' }).first().click();
  await page.getByRole('dialog').getByLabel('Name', { exact: false }).first().fill('Too late');
  await p.refused(402, async () => {
    await page.getByRole('dialog').locator('button[type=submit]').click();
    await page.getByText(/can be read and exported, but not changed/).waitFor();
  });

  say('subscribes; a card is declined first');
  await bill(p, slug, 'billing-plans');
  await page.getByRole('button', { name: 'Choose Professional' }).click();
  await page.getByRole('textbox', { name: 'Seats' }).fill('2');
  await page.getByText('That is $98.00 a month.').waitFor();
  await p.look('billing-subscribe');
  await page.getByRole('dialog').locator('button[type=submit]').click();
  await page.getByRole('heading', { name: 'Checkout' }).waitFor();
  await pay(p, 'pm_card_chargeDeclined');
  await page.getByText('Your card was declined.').waitFor();
  await pay(p, 'pm_card_visa');
  await page.getByText('Thank you. Your subscription is active.').waitFor();
  await page.getByText('1 / 2').waitFor();

  say('adds a seat, with its price before the click');
  await page.getByRole('button', { name: 'Change seats' }).click();
  await page.getByRole('textbox', { name: 'Seats' }).fill('3');
  await page.getByText(/\$49\.00, charged now/).waitFor();
  await p.look('billing-change');
  await page.getByRole('dialog').locator('button[type=submit]').click();
  await page.getByText('1 / 3').waitFor();

  say('Starter is refused to eleven, the second legal entity to Professional');
  for (let n = 0; n < 10; n++) await p.api('POST', '/api/v1/invitations', { email: `guest${n}@${slug}.test`, name: `Guest ${n}`, role: 'member' });
  await bill(p, slug, 'billing-eleven');
  await page.getByRole('button', { name: 'Choose Starter' }).click();
  await p.refused(409, async () => {
    await page.getByText(/Starter holds 10 seats; 1 person and 10 open invitations need more/).first().waitFor();
  });
  await page.getByRole('button', { name: 'Cancel', exact: true }).or(page.getByRole('button', { name: 'Close' })).first().click();
  for (const { id } of (await p.api('GET', '/api/v1/invitations')).items) await p.api('POST', `/api/v1/invitations/${id}/revoke`);
  await p.api('POST', '/api/v1/legal-entities', { name: 'Planwise Ltd' });
  await p.visit(slug, '/settings/invoicing', 'billing-entities');
  await page.getByRole('button', { name: /Add/ }).first().click();
  await page.getByText(/This is part of Enterprise, at \$79 a person and month/).waitFor();
  await p.look('billing-not-in-plan');

  say('fails a payment, becomes read only and suspended, and pays');
  await bill(p, slug, 'billing-before');
  await page.getByRole('button', { name: 'Invoices, cards and addresses' }).click();
  await page.getByRole('heading', { name: 'Customer portal' }).waitFor();
  await pay(p, 'pm_card_chargeDeclined');
  await pass(p, 32);
  await bill(p, slug, 'billing-late');
  await page.getByText(/The last payment failed/).first().waitFor();
  await pass(p, 9);
  await bill(p, slug, 'billing-read-only');
  await page.getByText(/This agency is read only/).waitFor();
  await pass(p, 7);
  await bill(p, slug, 'billing-suspended');
  await page.goto(p.url(slug, '/clients'));
  await page.getByRole('heading', { level: 1, name: 'Closed for now' }).waitFor();
  await p.look('billing-closed-page');
  await bill(p, slug, 'billing-suspended-again');
  await page.getByRole('button', { name: 'Invoices, cards and addresses' }).click();
  await page.getByRole('heading', { name: 'Customer portal' }).waitFor();
  await pay(p, 'pm_card_visa');
  await bill(p, slug, 'billing-new-card');
  const owed = page.getByRole('button', { name: 'Pay now' });
  if (await owed.isVisible()) await owed.click();
  await page.getByText(/This agency is (read only|suspended)/).waitFor({ state: 'hidden' });

  say('goes to a smaller plan at the period’s end, cancels and comes back');
  await bill(p, slug, 'billing-paid');
  await page.getByRole('button', { name: 'Choose Starter' }).click();
  await page.getByText(/this stops:.*API tokens/).waitFor();
  await p.look('billing-smaller');
  await page.getByRole('dialog').locator('button[type=submit]').click();
  await page.getByText(/Starter from/).waitFor();
  await page.getByRole('button', { name: 'Cancel subscription' }).click();
  await page.getByRole('button', { name: 'Cancel at the end of the period' }).click();
  await page.getByRole('button', { name: 'Keep the subscription' }).click();
  await page.getByRole('button', { name: 'Cancel subscription' }).waitFor();

  say('the invoices add up to the cent');
  const { items } = await p.api('GET', '/api/v1/billing/invoices');
  const cents = items.filter((i) => i.status !== 'void').map((i) => Math.round(Number(i.total) * 100));
  expect(cents.reduce((a, b) => a + b, 0) === 9800 + 4900 + 14700, `the invoices are ${cents}`);
}
