// A client pays an invoice on line: the agency connects its account, the contact pays in the portal.
import { accept, signUp } from './entry.mjs';
import { dialogOf, finish } from './parts.mjs';
import { invite } from './portal.mjs';

export async function payOnLine(penny, cleo, slug) {
  const { page, report } = penny;
  const say = (text) => report.step(`${penny.width}: ${text}`);
  await signUp(penny, slug, 'Paywise');

  say('connects an account at Stripe, first only half');
  await penny.visit(slug, '/settings/payments', 'payments-none');
  await connect(penny, 'Connect with Stripe', 'Save for later');
  await page.getByText('Not finished').first().waitFor();
  await penny.look('payments-unfinished');
  await connect(penny, 'Go on at Stripe', 'Complete');
  await page.getByText('Clients can pay').first().waitFor();
  await penny.look('payments-ready');
  await page.getByRole('checkbox', { name: 'Clients may pay a part of an invoice' }).click();
  await page.getByText('Saved').first().waitFor();

  const client = await penny.api('POST', '/api/v1/clients', { name: 'Initech' });
  await penny.api('POST', `/api/v1/clients/${client.id}/contacts`, { name: cleo.name, email: cleo.email, billing: true });
  const draft = await penny.api('POST', '/api/v1/invoices', { client_id: client.id, currency: 'USD', lines: [{ description: 'Design', quantity: '1', unit_price: '1200' }] });
  await penny.api('POST', `/api/v1/invoices/${draft.id}/issue`, {});
  await invite({ olivia: penny, cleo, clientUrl: `/clients/${client.id}`, slug });
  await accept(cleo, slug);

  say('the contact pays a part; a card is declined first');
  const portal = cleo.page;
  await portal.waitForURL(/\/portal/);
  await portal.getByRole('heading', { level: 1, name: /^Hello/ }).waitFor();
  await portal.goto(cleo.url(slug, `/portal/invoices/${draft.id}`));
  await portal.getByRole('button', { name: /^Pay \$1,200\.00 now/ }).waitFor();
  await cleo.look('portal-pay');
  await portal.getByRole('button', { name: 'Pay a part' }).click();
  const dialog = dialogOf(cleo, 'Pay a part of the invoice');
  await dialog.getByLabel('Amount').fill('200');
  await dialog.locator('button[type=submit]').click();
  await pay(portal, 'pm_card_chargeDeclined');
  await portal.getByText('Your card was declined.').waitFor();
  await pay(portal, 'pm_card_visa');
  await portal.getByText('Thank you. Your payment of $200.00 has arrived.').waitFor();
  await cleo.look('portal-paid-part');

  say('sees what came in and what it cost, and gives a part back');
  await page.goto(penny.url(slug, `/invoices/${draft.id}`));
  const online = page.getByRole('region', { name: 'On line' });
  await online.getByText(/Visa\s••••\s4242 · .* · fee \$6\.10/).waitFor();
  await online.getByRole('button', { name: 'Give back on line' }).click();
  const refund = dialogOf(penny, 'Give back on line');
  await refund.getByLabel('Amount given back').fill('50');
  await refund.getByLabel('Reason').fill('Less work than planned');
  await finish(refund, 'Give back');
  await online.getByText('Refunded', { exact: true }).waitFor();
  await page.getByText('$50.00 given back on').first().waitFor();
  await penny.look('invoice-on-line');
}

async function connect(p, button, then) {
  const { page } = p;
  await page.getByRole('button', { name: button }).first().click();
  const dialog = dialogOf(p, 'Connect with Stripe');
  const country = dialog.getByLabel('Country');
  if (button === 'Connect with Stripe') {
    await country.fill('US');
    await country.press('Tab');
  }
  await dialog.locator('button[type=submit]').click();
  await page.getByRole('heading', { name: 'Onboarding' }).waitFor();
  await page.getByRole('button', { name: then }).click();
  await page.getByRole('heading', { level: 1, name: 'Payments on line' }).waitFor();
}

async function pay(page, method) {
  await page.getByRole('heading', { name: 'Checkout' }).waitFor();
  await page.locator(`input[name=card][value=${method}]`).check();
  await page.getByRole('button', { name: 'Pay', exact: true }).click();
}
