// The work itself: a project from a template, tasks on the board, comments.
import { dialogOf, expect, find, go, refusedAt } from './parts.mjs';

export async function planProject(cast) {
  const { olivia, mina } = cast;
  olivia.report.step(`${olivia.width}: plans a project from a template`);
  const { page } = olivia;
  await go(olivia, 'Projects');
  await page.getByRole('button', { name: 'New project' }).first().click();
  const dialog = dialogOf(olivia, 'New project');
  await dialog.getByRole('radio', { name: /website/i }).first().click();
  await dialog.getByRole('region', { name: 'What the template makes' }).waitFor();
  await dialog.getByRole('button', { name: 'Create project' }).click();
  await refusedAt(dialog, 'Name', /fill this in/);
  await olivia.look('project-new');
  await dialog.getByLabel('Name').fill('Website relaunch');
  await find(olivia, dialog, 'Client', 'Initech');
  await dialog.getByLabel('Budget in hours').fill('200');
  await dialog.getByRole('button', { name: 'Create project' }).click();
  await page.waitForURL(/\/projects\/[0-9a-f-]{36}/);
  await page.getByRole('region', { name: 'Board' }).waitFor();
  cast.projectUrl = new URL(page.url()).pathname;
  await olivia.look('board');
  await page.getByRole('tab', { name: 'People' }).click();
  await find(olivia, page, 'Add to the team', mina.name);
  await page.getByRole('button', { name: `Take ${mina.name} off the team` }).waitFor();
  await olivia.look('project-people');
  await page.getByRole('tab', { name: 'Board' }).click();
}

const column = (page, name) => page.getByRole('region', { name: 'Board' }).getByRole('region', { name, exact: true });

/** A card is added and moved to the next column: by keyboard on a wide screen, by its menu on a phone. */
export async function moveCard({ olivia }) {
  olivia.report.step(`${olivia.width}: adds a task and moves it on the board`);
  const { page } = olivia;
  const board = page.getByRole('region', { name: 'Board' });
  await board.getByRole('heading', { level: 2 }).first().waitFor();
  const names = await board.getByRole('heading', { level: 2 }).allInnerTexts();
  const [first, second] = names;
  await column(page, first).getByRole('button', { name: `Add a task to ${first}` }).click();
  await page.keyboard.type('Draw the header');
  await page.keyboard.press('Enter');
  const card = page.getByRole('button', { name: 'Open Draw the header' });
  await card.waitFor();
  await page.keyboard.press('Escape');
  if (olivia.width === 'desk') {
    await card.focus();
    await page.keyboard.press('Space');
    await page.getByText(new RegExp(`Draw the header is over ${first}`)).waitFor({ state: 'attached' });
    // What is picked up listens to keys from the next turn of the page's clock on.
    await page.evaluate(() => new Promise((next) => { setTimeout(next, 0); }));
    await page.keyboard.press('ArrowRight');
    await page.getByText(new RegExp(`Draw the header is over ${second}`)).waitFor({ state: 'attached' });
    await page.keyboard.press('Space');
    await page.getByText(new RegExp(`Draw the header is now in ${second}`)).waitFor({ state: 'attached' });
  } else {
    await page.getByRole('button', { name: 'Move Draw the header' }).click();
    await page.getByRole('menuitem', { name: second, exact: true }).click();
  }
  await column(page, second).getByRole('button', { name: 'Open Draw the header' }).waitFor();
  await page.reload();
  await column(page, second).getByRole('button', { name: 'Open Draw the header' }).waitFor();
}

/** What is said to the team stays in the team; what is for the client is marked so. */
export async function comment({ olivia, mina }) {
  olivia.report.step(`${olivia.width}: assigns the task and comments on it`);
  const { page } = olivia;
  await page.getByRole('button', { name: 'Open Draw the header' }).click();
  const drawer = page.getByRole('dialog', { name: 'Draw the header' });
  await find(olivia, drawer, 'Assignee', mina.name);
  await drawer.getByLabel('Write a comment').fill('The old logo must go.');
  await drawer.getByRole('button', { name: 'Comment', exact: true }).click();
  await drawer.getByText('The old logo must go.').waitFor();
  await drawer.getByRole('button', { name: 'Client sees this' }).click();
  await drawer.getByText('The client will see this in the portal.').waitFor();
  await drawer.getByLabel('Write to the client').fill('The header is nearly there.');
  await drawer.getByRole('button', { name: 'Send to the client' }).click();
  await drawer.getByText('The header is nearly there.').waitFor();
  await olivia.look('task');
  await drawer.getByRole('button', { name: 'Close task' }).click();
  await drawer.waitFor({ state: 'hidden' });
  expect(!page.url().includes('task='), 'a closed task leaves the address');
}
