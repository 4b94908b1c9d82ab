'use strict';

const api = '/dev/mail/api/messages';
const $ = (id) => document.getElementById(id);
const make = (tag, props = {}, ...children) => {
  const node = Object.assign(document.createElement(tag), props);
  node.append(...children);
  return node;
};
const person = (a) => (a.name ? `${a.name} <${a.email}>` : a.email);
const time = (at) => new Date(at).toLocaleString(undefined, { dateStyle: 'medium', timeStyle: 'short' });

let mails = [];
let chosen = decodeURIComponent(location.hash.slice(1));
let view = 'html';
let shown = '';
let drawn; // the ids in the list, undefined before the first answer

async function refresh() {
  try {
    const answer = await fetch(`${api}?q=${encodeURIComponent($('search').value.trim())}`);
    if (!answer.ok) return;
    const items = (await answer.json()).items;
    const ids = items.map((m) => m.id).join();
    if (ids === drawn) return;
    drawn = ids;
    mails = items;
    drawList();
    drawMail();
  } catch {
    // The server is restarting; the next round finds it.
  }
}

function drawList() {
  $('list').replaceChildren(
    ...mails.map((m) => {
      const row = make(
        'button',
        { type: 'button', onclick: () => choose(m.id) },
        make('div', { className: 'line' }, make('span', { textContent: m.recipients.join(', ') }), make('time', { dateTime: m.at, textContent: time(m.at) })),
        make('strong', { textContent: m.subject || '(no subject)' }),
        make('span', { textContent: m.text.replace(/\s+/g, ' ').slice(0, 140) }),
      );
      row.setAttribute('aria-current', String(m.id === chosen));
      return make('li', {}, row);
    }),
  );
  $('empty').hidden = mails.length > 0;
}

function choose(id) {
  chosen = id;
  history.replaceState(null, '', id ? `#${encodeURIComponent(id)}` : location.pathname);
  drawList();
  drawMail();
}

function drawMail() {
  const m = mails.find((x) => x.id === chosen);
  $('mail').hidden = !m;
  document.body.classList.toggle('reading', Boolean(m));
  if (!m) {
    shown = '';
    return;
  }
  const mode = view === 'html' && !m.html ? 'text' : view;
  if (shown === `${m.id} ${mode}`) return;
  shown = `${m.id} ${mode}`;
  $('subject').textContent = m.subject || '(no subject)';
  const facts = [['From', person(m.from)], ['To', m.to.map(person).join(', ') || m.recipients.join(', ')], ['Arrived', time(m.at)]];
  $('facts').replaceChildren(...facts.flatMap(([k, v]) => [make('dt', { textContent: k }), make('dd', { textContent: v })]));
  for (const b of document.querySelectorAll('[data-view]')) {
    b.setAttribute('aria-pressed', String(b.dataset.view === mode));
    if (b.dataset.view === 'html') b.hidden = !m.html;
  }
  $('raw').href = `${api}/${m.id}/raw`;
  if (mode === 'html') {
    const frame = make('iframe', { title: 'The message' });
    // No permission at all: nothing in a mail runs, and links lead nowhere but to a new tab.
    frame.setAttribute('sandbox', 'allow-popups allow-popups-to-escape-sandbox');
    frame.srcdoc = `<base target="_blank">${m.html}`;
    $('body').replaceChildren(frame);
  } else {
    const text = mode === 'text' ? m.text : Object.entries(m.headers).map(([k, v]) => `${k}: ${v}`).join('\n');
    $('body').replaceChildren(make('pre', { textContent: text, tabIndex: 0 }));
  }
  $('attachments').replaceChildren(
    ...m.attachments.map((a, n) =>
      make('li', {}, make('a', { href: `${api}/${m.id}/attachments/${n}`, download: a.name, textContent: `${a.name} (${Math.ceil(a.size / 1024)} KB)` })),
    ),
  );
}

$('search').addEventListener('input', refresh);
$('back').addEventListener('click', () => choose(''));
$('clear').addEventListener('click', async () => {
  if (!confirm('Delete all caught mails?')) return;
  await fetch(api, { method: 'DELETE' });
  choose('');
  await refresh();
});
for (const b of document.querySelectorAll('[data-view]')) {
  b.addEventListener('click', () => {
    view = b.dataset.view;
    drawMail();
  });
}
refresh();
setInterval(() => document.hidden || refresh(), 1500);
