// What no chapter came by: the rest of the pages, the audit log, the keyboard.
export async function lookAround({ olivia, slug, clientUrl, projectUrl }) {
  const pages = ['/', '/clients', clientUrl, '/clients/import', '/projects', `${projectUrl}?tab=list`, `${projectUrl}?tab=budget`, `${projectUrl}?tab=billing`, `${projectUrl}?tab=activity`, '/tasks', '/time', '/time/entries', '/approvals', '/team', '/rates', '/rates?tab=who', '/rates?tab=costs', '/invoices', '/invoice-runs', '/invoice-runs/new', '/statement-runs', '/statement-runs/new', '/recurring', '/recurring/new', '/realisation', '/late-fees', '/currencies', clientUrl.replace('clients', 'statements'), '/retainers', '/expenses', '/leave', '/plan', '/plan?tab=bench', '/audit', '/settings', '/settings/agency', '/settings/people', '/settings/positions', '/settings/time', '/settings/leave', '/settings/holidays', '/settings/expenses', '/settings/invoicing', '/settings/reminders', '/settings/payments', clientUrl.replace('clients', 'reminders'), '/settings/profile', '/settings/tokens', '/settings/data', '/api/docs', '/nowhere'];
  olivia.report.step(`${olivia.width}: looks at every page`);
  for (const at of pages) await olivia.visit(slug, at, `all${at}`);
  olivia.report.step(`${olivia.width}: checks the chain of the audit log`);
  await olivia.page.goto(olivia.url(slug, '/audit'));
  await olivia.page.getByRole('button', { name: 'Check the chain' }).click();
  await olivia.page.getByText(/The chain is whole/).waitFor();
  if (olivia.width === 'phone') return;
  olivia.report.step(`${olivia.width}: jumps by keyboard`);
  await olivia.page.keyboard.press('Control+k');
  await olivia.page.getByRole('dialog').getByPlaceholder(/client/).fill('Initech');
  await olivia.page.getByRole('option', { name: /Initech/ }).first().waitFor();
  await olivia.page.keyboard.press('Escape');
}
