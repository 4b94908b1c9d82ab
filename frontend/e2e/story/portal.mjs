// The client's side: the portal, what is in it and what is not.
import { accept } from './entry.mjs';
import { bytesOf, dialogOf, expect, said } from './parts.mjs';

export async function invite({ olivia, cleo, clientUrl, slug }) {
  olivia.report.step(`${olivia.width}: invites the contact to the portal`);
  const { page } = olivia;
  await page.goto(olivia.url(slug, `${clientUrl}?tab=people`));
  await page.getByRole('button', { name: 'Invite to portal' }).click();
  await said(olivia, `${cleo.name} invited to the portal`);
}

export async function visit({ cleo, slug, open, voided, total }) {
  await accept(cleo, slug);
  cleo.report.step(`${cleo.width}: the contact sees their own things, and nothing else`);
  const { page } = cleo;
  await page.waitForURL(/\/portal/);
  await page.getByRole('heading', { level: 1, name: /^Hello/ }).waitFor();
  await cleo.look('portal');
  await page.getByRole('link', { name: 'Website relaunch' }).click();
  await page.getByText('The header is nearly there.').waitFor();
  expect((await page.getByText('The old logo must go.').count()) === 0, 'comments for the team stay in the team');
  await cleo.look('portal-project');
  await page.getByRole('button', { name: 'Reply on Draw the header' }).click();
  const dialog = dialogOf(cleo, 'Reply on Draw the header');
  await dialog.getByLabel('Reply').fill('We look forward to it.');
  await dialog.getByRole('button', { name: 'Send' }).click();
  await page.getByText('We look forward to it.').waitFor();
  await page.getByRole('tab', { name: 'Invoices' }).or(page.getByRole('link', { name: 'Invoices' })).first().click();
  await page.getByText(open).first().waitFor();
  await page.getByText(voided).first().waitFor();
  await cleo.look('portal-invoices');
  await page.getByRole('link', { name: 'Statement' }).click();
  await page.getByText('Closing balance').first().waitFor();
  await cleo.look('portal-account');
  await page.goBack();
  await page.getByRole('link', { name: open }).first().click();
  await page.getByText(total).first().waitFor();
  const href = await page.getByRole('link', { name: 'Open PDF' }).getAttribute('href');
  expect((await bytesOf(page, href)).subarray(0, 4).toString() === '%PDF', 'the contact gets the PDF');
  await cleo.look('portal-invoice');
  await page.goto(cleo.url(slug, '/clients'));
  await page.waitForURL(/\/portal/);
}

export async function preview({ olivia, cleo, clientUrl, slug, open }) {
  olivia.report.step(`${olivia.width}: the owner looks at the portal as the contact does`);
  const { page } = olivia;
  await page.goto(olivia.url(slug, `${clientUrl}?tab=people`));
  await page.getByText('Has access').first().waitFor();
  await page.getByRole('link', { name: 'View as' }).click();
  await page.getByText(new RegExp(`as ${cleo.name} of Initech does`)).waitFor();
  await page.getByText(open).first().waitFor();
  await olivia.look('portal-preview');
  await page.getByRole('link', { name: 'End preview' }).click();
  await page.getByRole('heading', { level: 1, name: 'Clients' }).waitFor();
}
