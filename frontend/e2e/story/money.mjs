// Money: a draft from approved time, issue, PDF, mail, payments, voiding.
import { bytesOf, dialogOf, expect, find, finish, go, said } from './parts.mjs';

const paper = (page) => page.getByRole('article', { name: 'Invoice' });

async function draft(p, look) {
  const { page } = p;
  await go(p, 'Invoices');
  if (look) await p.look('invoices-empty');
  await page.getByRole('button', { name: 'New invoice' }).first().click();
  const dialog = dialogOf(p, 'New invoice');
  await dialog.getByText('Choose a client to see what can be billed.').waitFor();
  await find(p, dialog, 'Client', 'Initech');
  await dialog.getByRole('button', { name: 'Last week' }).click();
  await dialog.getByText(/Total of the draft · 1 line/).waitFor();
  const total = await dialog.locator('strong').last().innerText();
  if (look) await p.look('invoice-new');
  await dialog.getByRole('button', { name: 'Create draft' }).click();
  await page.waitForURL(/\/invoices\/[0-9a-f-]{36}/);
  await paper(page).waitFor();
  return total;
}

// All that a document says, a line for each piece of text, however wide it is laid out: the preview stands beside its form.
const wordsOf = (document) => document.evaluate((root) => {
  const texts = root.ownerDocument.createTreeWalker(root, NodeFilter.SHOW_TEXT);
  const lines = [];
  while (texts.nextNode()) lines.push(texts.currentNode.data.trim());
  return lines.filter(Boolean).join('\n');
});

export async function issue(p, look) {
  const { page } = p;
  const before = await wordsOf(paper(page));
  if (look) await p.look('invoice-draft');
  await page.getByRole('button', { name: 'Issue', exact: true }).click();
  const asked = page.getByRole('alertdialog');
  const promised = /number (\S+) and/.exec(await asked.innerText())[1];
  await asked.getByRole('button', { name: 'Issue', exact: true }).click();
  await said(p, `Invoice ${promised} issued`);
  await page.getByRole('heading', { level: 1, name: promised }).waitFor();
  await paper(page).getByText(promised).waitFor();
  const after = await wordsOf(paper(page));
  expect(after === before.replace(/^Draft$/m, promised), `the issued document equals its preview but for the number:\n${before}\n--\n${after}`);
  return promised;
}

/** Follows a link to a PDF as the browser would and looks into it. */
async function readPdf(p, href, number) {
  const bytes = await bytesOf(p.page, href);
  expect(bytes.subarray(0, 4).toString() === '%PDF', `${href} is a PDF`);
  // The title in its properties is written in UTF-16.
  expect(bytes.includes(Buffer.from(number, 'utf16le').swap16()) || bytes.includes(number), `the PDF carries the number ${number}`);
  return bytes;
}

async function send(p, number, cleo) {
  const { page } = p;
  await page.getByRole('button', { name: 'Send', exact: true }).click();
  const dialog = dialogOf(p, `Send invoice ${number}`);
  await dialog.getByLabel('To', { exact: false }).and(dialog.locator(`[value="${cleo.email}"]`)).first().waitFor();
  await finish(dialog, 'Send');
  await page.getByText(cleo.email).first().waitFor();
}

/** The mail as the contact finds it on the mail catcher's page, with the same PDF. */
async function readMail(p, cleo, number, pdf) {
  await cleo.mail(new RegExp(number));
  const box = await p.context.newPage();
  await box.goto(p.url('', '/dev/mail'));
  await box.getByText(new RegExp(number)).first().click();
  const href = await box.getByRole('link', { name: /\.pdf/i }).first().getAttribute('href');
  expect(Buffer.compare(await bytesOf(box, href), pdf) === 0, 'the PDF in the mail is the one on the page');
  await box.close();
}

export async function pay(p, amount) {
  const { page } = p;
  await page.getByRole('button', { name: 'Record payment' }).first().click();
  const dialog = dialogOf(p, 'Record a payment');
  if (amount) await dialog.getByLabel('Amount received').fill(amount);
  await finish(dialog, 'Record payment');
  await said(p, 'Payment recorded');
}

export async function firstInvoice(cast) {
  const { fay, cleo } = cast;
  fay.report.step(`${fay.width}: makes an invoice from approved time, issues it, reads its PDF, mails it`);
  const { page } = fay;
  cast.total = await draft(fay, true);
  await page.getByRole('button', { name: 'Issue', exact: true }).waitFor();
  cast.voided = await issue(fay, true);
  const pdf = await readPdf(fay, await page.getByRole('link', { name: 'PDF' }).first().getAttribute('href'), cast.voided);
  await send(fay, cast.voided, cleo);
  await readMail(fay, cleo, cast.voided, pdf);
  fay.report.step(`${fay.width}: records a part payment, then the rest`);
  await pay(fay, '1000');
  await page.getByText('Partly paid').first().waitFor();
  await fay.look('invoice-part');
  await pay(fay);
  await page.getByText('Paid', { exact: true }).first().waitFor();
}

export async function voidAndAgain(cast) {
  const { fay, cleo } = cast;
  fay.report.step(`${fay.width}: voids the invoice; its time can be billed again`);
  const { page } = fay;
  // What was paid comes off first; it stays as credit of the client.
  for (let left = 2; left > 0; left--) {
    const applied = page.getByRole('region', { name: 'Payments' }).getByRole('listitem').filter({ hasNot: page.locator('s') });
    await applied.first().getByRole('button', { name: /^What to do with/ }).click();
    await page.getByRole('menuitem', { name: 'Take off this invoice' }).click();
    await page.getByRole('alertdialog').getByRole('button', { name: 'Take off this invoice' }).click();
    await page.getByRole('alertdialog').waitFor({ state: 'hidden' });
    await page.waitForFunction((n) => document.querySelectorAll('section[aria-label=Payments] li:not(:has(s))').length === n, left - 1);
  }
  await page.getByText('Open', { exact: true }).first().waitFor();
  await page.getByRole('button', { name: 'Void', exact: true }).click();
  const dialog = dialogOf(fay, `Void invoice ${cast.voided}?`);
  await dialog.getByRole('button', { name: 'Void', exact: true }).click();
  await dialog.getByText('Please fill this in').waitFor();
  await fay.look('invoice-void');
  await dialog.getByLabel(/Return it to unbilled/).check();
  await dialog.getByLabel('Reason').fill('Billed to the wrong order');
  await finish(dialog, 'Void');
  await page.getByText('Billed to the wrong order').first().waitFor();
  const again = await draft(fay, false);
  expect(again === cast.total, `the voided time bills the same again: ${again}, first ${cast.total}`);
  cast.open = await issue(fay, false);
  expect(cast.open !== cast.voided, 'a number is never used twice');
  await send(fay, cast.open, cleo);
  await go(fay, 'Invoices');
  await fay.look('invoices');
}
