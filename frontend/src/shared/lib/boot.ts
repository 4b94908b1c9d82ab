/** What the server wrote into the page for its first paint. */
export type Boot = {
  host: 'agency' | 'site' | 'auth';
  agency: { name: string; slug: string; colour: string; logo_url: string; locale: string };
  dev: boolean;
  nonce: string;
};

const none: Boot = { host: 'agency', agency: { name: 'Bureau', slug: '', colour: '', logo_url: '', locale: 'en' }, dev: true, nonce: '' };

function read(): Boot {
  try {
    const text = document.getElementById('bureau-boot')?.textContent ?? '';
    const got = JSON.parse(text) as Partial<Boot>;
    return { ...none, ...got, agency: { ...none.agency, ...got.agency } };
  } catch {
    return none; // Vite's own dev server and tests send no data
  }
}

export const boot = read();
