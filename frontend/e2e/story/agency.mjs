// The first day: the checklist, people, a client with a contact, rates and taxes.
import { choose, dialogOf, expect, find, finish, go, refusedAt, said } from './parts.mjs';

export async function begin({ olivia }) {
  olivia.report.step(`${olivia.width}: reads what to do first`);
  const { page } = olivia;
  await page.getByRole('button', { name: 'Load sample data' }).waitFor();
  await page.getByText(/of 7 done/).first().waitFor();
  await olivia.look('start-new');
}

export async function invite({ olivia, marco, mina, fay }) {
  olivia.report.step(`${olivia.width}: invites a manager, a member and a finance person by mail`);
  const { page } = olivia;
  await page.getByRole('link', { name: 'Invite your people' }).click();
  await page.getByRole('heading', { level: 1, name: 'People' }).waitFor();
  for (const [who, role] of [[marco, 'Manager'], [mina, 'Member'], [fay, 'Finance']]) {
    await page.getByRole('button', { name: 'Invite people' }).first().click();
    const dialog = dialogOf(olivia, 'Invite people');
    if (who === marco) {
      await dialog.getByLabel('E-mail addresses').fill('not an address');
      await dialog.getByRole('button', { name: 'Send invitations' }).click();
      await refusedAt(dialog, 'E-mail addresses', /not an e-mail address/);
      await olivia.look('invite-people');
    }
    await dialog.getByLabel('E-mail addresses').fill(who.email);
    await choose(olivia, dialog, 'Role', role);
    await finish(dialog, 'Send invitations');
    await said(olivia, 'Invitation sent');
  }
  await page.getByText(fay.email).first().waitFor();
  await olivia.look('invitations');
}

export async function addClient(cast) {
  const { olivia, cleo } = cast;
  olivia.report.step(`${olivia.width}: adds a client with a contact`);
  const { page } = olivia;
  await go(olivia, 'Clients');
  await page.getByRole('button', { name: 'New client' }).first().click();
  let dialog = dialogOf(olivia, 'New client');
  await dialog.getByRole('button', { name: 'Save' }).click();
  await refusedAt(dialog, 'Name', /fill this in/);
  await olivia.look('client-new');
  await dialog.getByLabel('Name').first().fill('Initech');
  await dialog.getByLabel('City').fill('Austin');
  await finish(dialog, 'Save');
  await page.waitForURL(/\/clients\/[0-9a-f-]{36}/);
  await page.getByRole('tab', { name: 'People' }).click();
  await page.getByRole('button', { name: 'Add contact' }).first().click();
  dialog = dialogOf(olivia, 'Add contact');
  await dialog.getByLabel('Name').fill(cleo.name);
  await dialog.getByLabel('E-mail').fill('cleo at initech');
  await olivia.refused(422, async () => {
    await dialog.getByRole('button', { name: 'Save' }).click();
    await refusedAt(dialog, 'E-mail', /./);
  });
  await dialog.getByLabel('E-mail').fill(cleo.email);
  await dialog.getByLabel('Gets invoices').check();
  await finish(dialog, 'Save');
  await page.getByText(cleo.email).first().waitFor();
  await olivia.look('client-people');
  cast.clientUrl = new URL(page.url()).pathname;
}

/** A rate card with a price for the member; a second one for the same days is refused at its field. */
export async function setRates({ olivia, mina }) {
  olivia.report.step(`${olivia.width}: sets a rate`);
  const { page } = olivia;
  await go(olivia, 'Rates');
  await page.getByRole('button', { name: 'New rate card' }).first().click();
  let dialog = dialogOf(olivia, 'New rate card');
  await dialog.getByLabel('Name').fill('Standard');
  await finish(dialog, 'Save');
  await page.getByRole('heading', { level: 1, name: 'Standard' }).waitFor();
  await said(olivia, 'Saved');
  const add = async () => {
    await page.getByRole('button', { name: 'Add rate' }).first().click();
    dialog = dialogOf(olivia, 'Add rate');
    await find(olivia, dialog, 'Person', mina.name);
    await dialog.getByLabel('Per hour').fill('120');
    await dialog.getByLabel('From').fill(`${new Date().getFullYear() - 1}-01-01`);
  };
  await add();
  await olivia.look('rate-new');
  await finish(dialog, 'Save');
  await said(olivia, 'Saved');
  await add();
  await olivia.refused(409, async () => {
    await dialog.getByRole('button', { name: 'Save' }).click();
    await refusedAt(dialog, 'From', /./);
  });
  await dialog.getByRole('button', { name: 'Close' }).click();
  await olivia.look('rate-card');
}

export async function setTaxes({ fay }) {
  fay.report.step(`${fay.width}: sets up invoicing as finance`);
  const { page } = fay;
  await page.goto(fay.url(fay.slug, '/settings/invoicing'));
  await page.getByRole('button', { name: 'Add tax rate' }).first().click();
  const dialog = dialogOf(fay, 'Add tax rate');
  await dialog.getByLabel('Name').fill('VAT');
  await dialog.getByLabel('Percent').fill('119');
  await dialog.getByLabel('Apply to new lines').check();
  await fay.refused(422, async () => {
    await dialog.getByRole('button', { name: 'Save' }).click();
    await refusedAt(dialog, 'Percent', /./);
  });
  await dialog.getByLabel('Percent').fill('19');
  await finish(dialog, 'Save');
  await page.getByText('19 %').first().waitFor();
  await fay.look('settings-invoicing');
  expect((await page.getByRole('link', { name: 'Audit log' }).count()) === 0 || fay.width === 'phone', 'finance has no audit log in the sidebar');
}
