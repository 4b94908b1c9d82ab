// The product's story in a browser, on a wide screen and on a phone at the
// same time: an agency signs up, invites its people, plans and tracks, bills,
// and its client reads the invoice in the portal. All of it through the pages.
// Every page is looked at: accessibility in light and dark, width, jumps, errors.
// STORY=desk or STORY=phone tells one of them, STORY=none the operators and the bill alone, STORY=paying a payment on line at both widths; BUREAU_E2E_QUICK=1 leaves the looks out,
// BUREAU_E2E_SLOW=400 keeps every answer of the API back for up to so many milliseconds: what jumps only on a slow network jumps then.
import { openBrowser, Person, Report, startServer } from './harness.mjs';
import * as account from './story/account.mjs';
import * as agency from './story/agency.mjs';
import { lookAround } from './story/around.mjs';
import * as billing from './story/billing.mjs';
import { accept, haveAccount, signUp } from './story/entry.mjs';
import { billTheMonth, workTheMonth } from './story/month.mjs';
import * as money from './story/money.mjs';
import { payOnLine } from './story/paying.mjs';
import { operate } from './story/ops.mjs';
import * as portal from './story/portal.mjs';
import * as time from './story/time.mjs';
import * as work from './story/work.mjs';

const report = new Report();
// The second database is for the operators to move an agency to.
const server = await startServer(['--database', 'second']);
const browser = await openBrowser();

async function story(width) {
  const slug = `${width}-${Date.now().toString(36)}`;
  const person = (name, short) => new Person(browser, report, { port: server.port, name, email: `${short}@${slug}.test`, width, slug });
  const cast = {
    slug,
    olivia: person('Olivia Owner', 'olivia'),
    marco: person('Marco Manager', 'marco'),
    another: person('Marco Manager', 'marco'),
    mina: person('Mina Member', 'mina'),
    fay: person('Fay Finance', 'fay'),
    cleo: person('Cleo Contact', 'cleo'),
  };
  try {
    await tell(cast);
  } catch (e) {
    // Where everybody stood when it went wrong.
    for (const p of Object.values(cast).filter((x) => x instanceof Person && x.page)) await p.picture(`stopped-${width}-${p.name}`).catch(() => {});
    throw e;
  }
}

async function tell(cast) {
  const { slug, olivia, marco, mina, fay, cleo } = cast;
  for (const p of [olivia, marco, mina, fay, cleo]) await p.open();
  await Promise.all([signUp(olivia, slug, 'Acme Digital').then(() => agency.begin(cast)), haveAccount(fay)]);
  await agency.invite(cast);
  await Promise.all([accept(marco, slug, { look: true }), accept(mina, slug), accept(fay, slug, { existing: true }), agency.addClient(cast)]);
  await agency.setRates(cast);
  await work.planProject(cast);
  await work.moveCard(cast);
  await work.comment(cast);
  await Promise.all([time.runTimer(cast).then(() => time.fillWeek(cast)), agency.setTaxes(cast)]);
  await time.submit(cast);
  await time.sendBack(cast);
  await time.approve(cast);
  await money.firstInvoice(cast);
  await money.voidAndAgain(cast);
  await portal.invite(cast);
  await workTheMonth(cast);
  await Promise.all([
    portal.visit(cast).then(() => Promise.all([portal.preview(cast).then(() => lookAround(cast)), billTheMonth(cast)])),
    account.lostPassword(cast).then(() => account.secondStep(cast)).then(() => account.otherSession(cast)),
  ]);
}

/** One person's part of the story, with a picture of where they stood when it went wrong. */
async function alone(at, name, part, width, tell) {
  const slug = `${part}-${Date.now().toString(36)}`;
  const person = new Person(browser, report, { port: at.port, name, email: `${name.split(' ')[0].toLowerCase()}@${slug}.test`, width, slug });
  try {
    await person.open();
    await tell(person);
    await person.context.close(); // it would ask a server that has ended
  } catch (e) {
    await person.picture(`stopped-${part}`).catch(() => {});
    throw e;
  }
}

const operators = () =>
  alone(server, 'Opal Operator', 'ops', 'desk', (opal) => {
    const oscar = new Person(browser, report, { port: server.port, name: 'Oscar Operator', email: `oscar@${opal.slug}.test`, width: 'desk', slug: opal.slug });
    return operate(opal, server.bureau, oscar);
  });

/** A client pays on line, at an agency of its own. */
const paid = (width) =>
  alone(server, 'Penny Payee', `paying-${width}`, width, async (penny) => {
    const cleo = new Person(browser, report, { port: server.port, name: 'Cleo Contact', email: `cleo@${penny.slug}.test`, width, slug: penny.slug });
    await cleo.open();
    try {
      await payOnLine(penny, cleo, penny.slug);
    } catch (e) {
      await cleo.picture(`stopped-paying-contact-${width}`).catch(() => {});
      throw e;
    }
    await cleo.context.close();
  });

/** Bills move the clock of the payment provider, for everybody there: they have a server for themselves, and one comes after the other. */
async function bills() {
  const its = process.env.BUREAU_E2E_PORT ? server : await startServer();
  try {
    for (const width of widths) await alone(its, 'Petra Planner', `plans-${width}`, width, (petra) => billing.plans(petra, petra.slug));
  } finally {
    if (its !== server) await its.stop();
  }
}

const began = Date.now();
const widths = ['desk', 'phone'].filter((w) => !['desk', 'phone'].includes(process.env.STORY) || w === process.env.STORY);
const stories = process.env.STORY === 'none' ? [] : process.env.STORY === 'paying' ? widths.map(paid) : widths.map(story);
// On a server that others use too, the clock is moved last.
const last = process.env.BUREAU_E2E_PORT ? Promise.allSettled(stories) : Promise.resolve();
// Clients pay on their phones; on a wide screen it is told by itself.
const rest = process.env.STORY === 'paying' ? [] : [operators(), ...widths.filter((w) => w === 'phone').map(paid), last.then(bills)];
const ends = await Promise.allSettled([...stories, ...rest]);
await browser.close();
await server.stop();
const failed = ends.filter((e) => e.status === 'rejected');
for (const f of failed) console.error(f.reason);
// Once more, where whoever reads only the end finds them.
for (const p of report.problems) console.log(`!! ${p}`);
console.log(`\n${report.steps} steps, ${report.pages} looks, ${report.problems.length} problems, ${Math.round((Date.now() - began) / 1000)} s`);
process.exit(failed.length > 0 || report.problems.length > 0 ? 1 : 0);
