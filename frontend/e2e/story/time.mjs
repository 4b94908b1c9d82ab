// Time: the timer, a week by keyboard or on a phone, submission and approval.
import { dialogOf, expect, find, finish, go, lastWeek, refusedAt, said } from './parts.mjs';

export async function runTimer({ mina }) {
  mina.report.step(`${mina.width}: starts the timer, sees it on a second screen, stops it`);
  const { page } = mina;
  await go(mina, 'My tasks');
  await page.getByText('Draw the header').first().waitFor();
  await mina.look('my-tasks');
  await go(mina, 'Time');
  await mina.look('time-empty');
  const second = await mina.context.newPage();
  await second.goto(mina.url(mina.slug, '/tasks'));
  await second.getByRole('heading', { level: 1 }).waitFor();
  await page.getByRole('button', { name: 'Start timer' }).first().click();
  const dialog = dialogOf(mina, 'What are you working on?');
  await dialog.getByRole('button', { name: 'Start', exact: true }).click();
  await dialog.getByText('Choose a project').waitFor();
  await find(mina, dialog, 'Project', 'Website relaunch');
  await dialog.getByLabel('Note').fill('Sketches');
  await mina.look('timer-new');
  await dialog.getByRole('button', { name: 'Start', exact: true }).click();
  await page.getByRole('group', { name: /Running timer: .*Sketches/ }).waitFor();
  await second.getByRole('group', { name: /Running timer: .*Sketches/ }).waitFor();
  await second.getByRole('button', { name: 'Stop timer' }).click();
  await page.getByRole('group', { name: /Running timer/ }).waitFor({ state: 'hidden' });
  await second.close();
}

/** The week before this one, 40 hours and half an hour. */
export async function fillWeek(cast) {
  cast.mina.report.step(`${cast.mina.width}: fills last week ${cast.mina.width === 'desk' ? 'by keyboard' : 'day by day'}`);
  await (cast.mina.width === 'desk' ? byKeyboard : dayByDay)(cast.mina);
  await cast.mina.look('time-filled');
}

async function byKeyboard(p) {
  const { page } = p;
  await page.getByRole('button', { name: 'Previous week' }).click();
  await page.getByRole('button', { name: 'Add row' }).click();
  const dialog = dialogOf(p, 'Add a row');
  await find(p, dialog, 'Project', 'Website relaunch');
  await find(p, dialog, 'Task', 'Draw the header');
  await finish(dialog, 'Add');
  const cell = (day) => page.locator(`input[data-at="0/${day}"]`);
  await cell(0).and(page.locator(':focus')).waitFor();
  // What cannot be is refused at the cell, and Escape takes it back.
  for (const wrong of ['-1', '25:00']) {
    await page.keyboard.type(wrong);
    await p.refused(422, async () => {
      await page.keyboard.press('Tab');
      await cell(0).and(page.locator('[aria-invalid=true]')).waitFor();
      await page.getByRole('alert').first().waitFor();
    });
    await cell(0).focus();
    await page.keyboard.press('Escape');
  }
  for (let day = 0; day < 5; day++) {
    await page.keyboard.type('8:06');
    await page.keyboard.press('Enter');
    await page.getByRole('status').filter({ hasText: 'Saved' }).waitFor();
    if (day < 4) {
      await cell(day).focus();
      await page.keyboard.press('ArrowRight');
      await cell(day + 1).and(page.locator(':focus')).waitFor();
    }
  }
  await page.getByText('40:30').first().waitFor();
  await page.reload();
  await page.getByText('40:30').first().waitFor();
  await pinByKeyboard(p, cell);
}

/** Without a mouse: a note, a pin that the next week shows as well, a week filled from its first day, and all of it taken back. */
async function pinByKeyboard(p, cell) {
  const { page } = p;
  const { keyboard } = page;
  const at = (n) => cell(n).and(page.locator(':focus')).waitFor();
  const said = (text) => page.getByRole('status').filter({ hasText: text }).first().waitFor();
  await cell(0).focus();
  await keyboard.press('Shift+Enter');
  await page.getByRole('dialog', { name: 'Note' }).waitFor();
  await keyboard.type('Wireframes');
  await keyboard.press('Control+Enter');
  await at(0);
  await keyboard.press('Alt+p');
  await said('Pinned to every week');
  await page.getByRole('button', { name: /^Pin Website relaunch/, pressed: true }).waitFor();
  await p.look('time-pinned');
  await keyboard.press('Tab'); // out of the grid, to where the week is left
  await page.getByRole('button', { name: 'Next week' }).focus();
  await keyboard.press('Enter');
  await page.getByRole('button', { name: 'Today' }).waitFor({ state: 'hidden' });
  await page.getByRole('button', { name: /^Pin Website relaunch/, pressed: true }).waitFor();
  await page.getByRole('button', { name: 'Previous week' }).focus();
  await keyboard.press('Enter');
  await page.getByText('40:30').first().waitFor();
  await cell(0).focus();
  await keyboard.press('Alt+p');
  await said('No longer pinned');
}

async function dayByDay(p) {
  const { page } = p;
  for (let i = 0; i < 7; i++) await page.getByRole('button', { name: 'Previous day' }).click();
  for (const [n, day] of lastWeek().slice(0, 5).entries()) {
    await page.getByRole('button', { name: 'Log time' }).first().click();
    const dialog = dialogOf(p, 'Log time');
    await find(p, dialog, 'Project', 'Website relaunch');
    await find(p, dialog, 'Task', 'Draw the header');
    await dialog.getByLabel('Date').fill(day);
    if (n === 0) {
      await dialog.getByLabel('Duration').last().fill('-1');
      await dialog.getByRole('button', { name: 'Save' }).click();
      await refusedAt(dialog, dialog.getByLabel('Duration').last(), /./);
      await p.refused(422, async () => {
        await dialog.getByLabel('Duration').last().fill('25:00');
        await dialog.getByRole('button', { name: 'Save' }).click();
        await refusedAt(dialog, dialog.getByLabel('Duration').last(), /./);
      });
      await p.look('log-time');
    }
    await dialog.getByLabel('Duration').last().fill('8:06');
    await finish(dialog, 'Save');
    await said(p, 'Saved');
  }
  await page.getByText('40:30').first().waitFor();
}

export async function submit(cast) {
  const { mina } = cast;
  mina.report.step(`${mina.width}: submits the week`);
  const { page } = mina;
  await page.getByRole('button', { name: 'Submit week' }).click();
  const asked = page.getByRole('alertdialog');
  const sent = page.getByText('Waits for approval').first();
  await asked.or(sent).first().waitFor();
  if (await asked.isVisible()) await asked.getByRole('button', { name: 'Submit week' }).click();
  await sent.waitFor();
}

export async function sendBack(cast) {
  const { marco, mina } = cast;
  marco.report.step(`${marco.width}: the manager sends the week back with a reason`);
  const { page } = marco;
  await go(marco, 'Approvals');
  await page.getByRole('checkbox', { name: new RegExp(mina.name) }).waitFor();
  await page.getByRole('button', { name: new RegExp(`Show the lines of ${mina.name}`) }).click();
  await page.getByText('Website relaunch').first().waitFor();
  await marco.look('approvals');
  await page.getByRole('button', { name: new RegExp(`^Send back ${mina.name}`) }).click();
  const dialog = dialogOf(marco, `Send back to ${mina.name}`);
  await marco.refused(422, async () => {
    await dialog.getByRole('button', { name: 'Send back', exact: true }).click();
    await refusedAt(dialog, 'What should change?', /./);
  });
  await dialog.getByLabel('What should change?').fill('Six minutes less on each day, please.');
  await finish(dialog, 'Send back');
  await page.getByText('Nothing to approve').waitFor();
  await mina.page.getByText('Sent back: Six minutes less on each day, please.').first().waitFor();
  await mina.look('time-sent-back');
}

export async function approve(cast) {
  const { marco, mina } = cast;
  marco.report.step(`${marco.width}: the week comes again and is approved`);
  await submit(cast);
  const { page } = marco;
  await page.getByRole('button', { name: new RegExp(`^Approve ${mina.name}`) }).click();
  await said(marco, 'Timesheet approved');
  await page.getByText('Nothing to approve').waitFor();
  await mina.page.getByText('Approved', { exact: true }).first().waitFor();
  expect((await mina.page.getByText(/€|\$|EUR|USD/).count()) === 0, 'a member sees no money with their time');
}
