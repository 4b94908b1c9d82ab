import { screen, waitFor, within } from '@testing-library/react';
import { http, HttpResponse } from 'msw';
import { beforeEach, expect, it } from 'vitest';
import { problem } from '../../test/factories';
import { violations } from '../../test/render';
import { server } from '../../test/server';
import InvitePage from './pages/InvitePage';
import LandingPage from './pages/LandingPage';
import ProblemPage from './pages/ProblemPage';
import RecoveryPage from './pages/RecoveryPage';
import SecurityPage from './pages/SecurityPage';
import SignInPage from './pages/SignInPage';
import SignUpPage from './pages/SignUpPage';
import VerificationPage from './pages/VerificationPage';
import FinishPage from './pages/FinishPage';
import { slugOf } from './pages/FindPage';
import { slugFrom } from './useSlug';
import { acme, flow, input, renderAuth, visit } from './testing';
import type { Flow } from './kratos';

const password = [
  input('default', 'identifier', 'text', { required: true }),
  input('password', 'password', 'password', { required: true }),
  input('password', 'method', 'submit', { value: 'password' }),
];
const at = (type: string, f: Flow) => http.get(`*/.ory/self-service/${type}/flows`, () => HttpResponse.json(f));

beforeEach(() => sessionStorage.clear());

it('signs in and goes where the flow came from', async () => {
  let sent: unknown;
  server.use(
    at('login', flow({ nodes: password, return_to: 'http://auth.bureau.localhost/broker/x' })),
    http.post('*/.ory/self-service/login', async ({ request }) => {
      sent = await request.json();
      return HttpResponse.json({ session: { id: 's' } });
    }),
  );
  const { user, went } = renderAuth(<SignInPage />, { at: '/login?flow=f1', brand: acme });
  await user.type(await screen.findByLabelText('E-mail'), 'ann@acme.test');
  await user.type(screen.getByLabelText('Password'), 'correct horse');
  expect(screen.getByText('to Acme IT')).toBeVisible();
  expect(await violations()).toEqual([]);
  await user.click(screen.getByRole('button', { name: 'Sign in' }));
  await waitFor(() => expect(went).toHaveBeenCalledWith('http://auth.bureau.localhost/broker/x'));
  expect(sent).toEqual({ csrf_token: 'c5rf', identifier: 'ann@acme.test', password: 'correct horse', method: 'password' });
});

it('asks for empty fields before sending', async () => {
  server.use(at('login', flow({ nodes: password })));
  const { user } = renderAuth(<SignInPage />, { at: '/login?flow=f1' });
  await user.click(await screen.findByRole('button', { name: 'Sign in' }));
  expect(screen.getByLabelText('E-mail')).toHaveAccessibleDescription('Please fill this in.');
  expect(screen.getByLabelText('E-mail')).toHaveFocus();
});

it('says that e-mail or password is wrong, and not which', async () => {
  server.use(
    at('login', flow({ nodes: password })),
    http.post('*/.ory/self-service/login', () => HttpResponse.json(flow({ nodes: password, messages: [{ id: 4000006, type: 'error', text: 'The provided credentials are invalid' }] }), { status: 400 })),
  );
  const { user } = renderAuth(<SignInPage />, { at: '/login?flow=f1' });
  await user.type(await screen.findByLabelText('E-mail'), 'ann@acme.test');
  await user.type(screen.getByLabelText('Password'), 'wrong');
  await user.click(screen.getByRole('button', { name: 'Sign in' }));
  expect(await screen.findByRole('alert')).toHaveTextContent('E-mail or password is wrong.');
});

it('starts a flow, and starts it again once when it has expired', async () => {
  const { went } = renderAuth(<SignInPage />, { at: '/login?return_to=%2Fx&aal=aal2' });
  await waitFor(() => expect(went).toHaveBeenCalledWith('/.ory/self-service/login/browser?return_to=%2Fx&aal=aal2'));
});

it('restarts an expired flow once and then says so', async () => {
  server.use(http.get('*/.ory/self-service/login/flows', () => HttpResponse.json({ error: { id: 'self_service_flow_expired' } }, { status: 410 })));
  const first = renderAuth(<SignInPage />, { at: '/login?flow=old' });
  await waitFor(() => expect(first.went).toHaveBeenCalledWith('/.ory/self-service/login/browser'));
  first.unmount();
  const second = renderAuth(<SignInPage />, { at: '/login?flow=old' });
  expect(await screen.findByRole('alert')).toHaveTextContent('Something went wrong');
  expect(second.went).not.toHaveBeenCalled();
});

it.each([
  [429, 'Too many tries. Please wait 30 seconds and try again.'],
  [503, 'Sign-in is not available at the moment.'],
])('answers %i with what to do', async (status, text) => {
  server.use(at('login', flow({ nodes: password })), http.post('*/.ory/self-service/login', () => HttpResponse.json(problem(status, 'x'), { status, headers: { 'Retry-After': '30' } })));
  const { user } = renderAuth(<SignInPage />, { at: '/login?flow=f1' });
  await user.type(await screen.findByLabelText('E-mail'), 'a@b.example');
  await user.type(screen.getByLabelText('Password'), 'x');
  await user.click(screen.getByRole('button', { name: 'Sign in' }));
  expect(await screen.findByRole('alert')).toHaveTextContent(text);
});

it('asks for the second step, by app or by recovery code', async () => {
  server.use(at('login', flow({
    requested_aal: 'aal2',
    nodes: [
      input('totp', 'totp_code', 'text', { required: true }), input('totp', 'method', 'submit', { value: 'totp' }),
      input('lookup_secret', 'lookup_secret', 'text', { required: true }), input('lookup_secret', 'method', 'submit', { value: 'lookup_secret' }),
    ],
  })));
  const { user } = renderAuth(<SignInPage />, { at: '/login?flow=f1' });
  expect(await screen.findByLabelText('Code from the app')).toHaveAttribute('autocomplete', 'one-time-code');
  await user.click(screen.getByRole('button', { name: 'Use a recovery code instead' }));
  expect(screen.getByLabelText('Recovery code')).toBeVisible();
  expect(screen.queryByLabelText('Code from the app')).toBeNull();
});

it('says aloud what it cannot draw', async () => {
  server.use(at('login', flow({ nodes: [...password, { type: 'script', group: 'webauthn', messages: [], attributes: { src: '/x.js' }, meta: { label: { id: 1, text: 'Security key' } } }] })));
  renderAuth(<SignInPage />, { at: '/login?flow=f1' });
  expect(await screen.findByText('This step is not supported here: Security key.')).toBeVisible();
});

it('recovers by a code and offers a new one without asking for the old', async () => {
  const sent = flow({ type: 'recovery', state: 'sent_email', messages: [{ id: 1060003, type: 'info', text: 'sent' }], nodes: [input('code', 'code', 'text', { required: true }), input('code', 'method', 'submit', { value: 'code' }), input('code', 'email', 'submit', { value: 'a@b.example' })] });
  const bodies: unknown[] = [];
  server.use(at('recovery', sent), http.post('*/.ory/self-service/recovery', async ({ request }) => {
    bodies.push(await request.json());
    return HttpResponse.json(sent);
  }));
  const { user } = renderAuth(<RecoveryPage />, { at: '/recovery?flow=f1' });
  await user.click(await screen.findByRole('button', { name: 'Send a new code' }));
  await waitFor(() => expect(bodies).toEqual([{ csrf_token: 'c5rf', email: 'a@b.example' }]));
});

it('goes on by itself once the address is confirmed', async () => {
  const nodes = [input('code', 'code', 'text', { required: true }), input('code', 'method', 'submit', { value: 'code' })];
  server.use(at('verification', flow({ type: 'verification', state: 'sent_email', nodes })), http.post('*/.ory/self-service/verification', () => HttpResponse.json(flow({ type: 'verification', state: 'passed_challenge' }))));
  const { user, went } = renderAuth(<VerificationPage />, { at: '/verification?flow=f1' });
  await user.type(await screen.findByLabelText('Code'), '123456');
  await user.click(screen.getByRole('button', { name: 'Confirm' }));
  await waitFor(() => expect(went).toHaveBeenCalledWith('/broker/'));
});

it('sets up the second step and shows recovery codes to keep', async () => {
  server.use(at('settings', flow({
    type: 'settings',
    nodes: [
      input('profile', 'traits.email', 'email', { value: 'ann@acme.test' }), input('profile', 'traits.name', 'text', { value: 'Ann' }), input('profile', 'method', 'submit', { value: 'profile' }),
      input('password', 'password', 'password', { required: true }), input('password', 'method', 'submit', { value: 'password' }),
      { type: 'img', group: 'totp', messages: [], attributes: { id: 'totp_qr', src: 'data:image/png;base64,AA==' } },
      { type: 'text', group: 'totp', messages: [], attributes: { id: 'totp_secret_key', text: { id: 1050006, text: 'JBSWY3DP', context: { secret: 'JBSWY3DP' } } } },
      input('totp', 'totp_code', 'text', { required: true }), input('totp', 'method', 'submit', { value: 'totp' }),
      { type: 'text', group: 'lookup_secret', messages: [], attributes: { id: 'lookup_secret_codes', text: { id: 1050015, text: '', context: { secrets: [{ id: 1050009, text: 'aaaa1111', context: { secret: 'aaaa1111' } }, { id: 1050014, text: '', context: { used_at: '2026-01-01' } }] } } } },
      input('lookup_secret', 'lookup_secret_confirm', 'submit', { value: 'true' }),
    ],
  })));
  renderAuth(<SecurityPage />, { at: '/settings?flow=f1', brand: acme });
  expect(await screen.findByAltText('Picture to scan with the authenticator app')).toBeVisible();
  expect(screen.getByText('JBSWY3DP')).toBeVisible();
  expect(screen.getByText('aaaa1111')).toBeVisible();
  expect(screen.getByText('used')).toBeVisible();
  expect(screen.getByRole('button', { name: 'I have saved them' })).toBeVisible();
  const fields = screen.getAllByRole('textbox').map((f) => f.getAttribute('name'));
  expect(fields.slice(0, 2)).toEqual(['traits.name', 'traits.email']);
  expect(screen.getByRole('link', { name: 'Back to Acme IT' })).toHaveAttribute('href', acme.url);
  expect(await violations()).toEqual([]);
});

it('asks for a new password alone after a recovery', async () => {
  server.use(at('settings', flow({ type: 'settings', messages: [{ id: 1060001, type: 'success', text: 'recovered' }], nodes: [input('password', 'password', 'password', { required: true }), input('password', 'method', 'submit', { value: 'password' }), input('profile', 'traits.name', 'text')] })));
  renderAuth(<SecurityPage />, { at: '/settings?flow=f1' });
  expect(await screen.findByRole('heading', { name: 'Choose a new password' })).toBeVisible();
  expect(screen.queryByLabelText('Name')).toBeNull();
});

it('makes an address from the name and says live whether it is free', async () => {
  server.use(http.get('*/api/v1/slugs/:slug', ({ params }) => {
    const slug = String(params.slug);
    const status = slug === 'taken' || slug === 'held' ? slug : slug === 'admin' ? 'reserved' : slug.length < 3 ? 'malformed' : 'available';
    return HttpResponse.json({ slug, status, message: '', address: `http://${slug}.bureau.localhost` });
  }));
  const { user } = renderAuth(<SignUpPage />, { at: '/sign-up' });
  await user.type(screen.getByLabelText('Agency name'), 'Müller & Söhne GmbH');
  const slug = screen.getByLabelText('Web address');
  expect(slug).toHaveValue('mueller-soehne');
  await screen.findByText('mueller-soehne.bureau.localhost is free.');
  for (const [typed, text] of [['taken', 'This address is taken.'], ['held', 'Somebody is signing up with this address.'], ['admin', 'This address is kept for the product itself.'], ['ab', 'Use 3 to 40 small letters']] as const) {
    await user.clear(slug);
    await user.type(slug, typed);
    await screen.findByText(new RegExp(text));
  }
  expect(await violations()).toEqual([]);
});

it('shows at the field what the server refuses, and goes on when it does not', async () => {
  let first = true;
  server.use(
    http.get('*/api/v1/slugs/:slug', ({ params }) => HttpResponse.json({ slug: params.slug, status: 'available', message: '', address: 'http://x' })),
    http.post('*/api/v1/sign-ups', () => {
      if (!first) return HttpResponse.json({ continue_url: 'http://auth.bureau.localhost/broker/sign-up?token=t' }, { status: 201 });
      first = false;
      return HttpResponse.json(problem(409, 'tenancy.slug_taken', 'taken', [{ location: 'body.slug', message: 'is taken already' }]), { status: 409 });
    }),
  );
  const { user, went } = renderAuth(<SignUpPage />, { at: '/sign-up' });
  await user.type(screen.getByLabelText('Agency name'), 'Acme');
  await user.click(screen.getByRole('button', { name: 'Continue' }));
  expect(await screen.findByText('is taken already')).toBeVisible();
  await user.click(screen.getByRole('button', { name: 'Continue' }));
  await waitFor(() => expect(went).toHaveBeenCalledWith('http://auth.bureau.localhost/broker/sign-up?token=t'));
});

it('finishes a sign-up, and asks for another address when it was taken meanwhile', async () => {
  let calls = 0;
  server.use(
    http.post('*/api/v1/sign-ups/complete', () => (calls++ === 0 ? HttpResponse.json(problem(409, 'tenancy.slug_taken'), { status: 409 }) : HttpResponse.json({ redirect_to: 'http://acme2.bureau.localhost/welcome' }))),
    http.get('*/api/v1/slugs/:slug', ({ params }) => HttpResponse.json({ slug: params.slug, status: 'available', message: '', address: 'http://x' })),
    http.patch('*/api/v1/sign-ups/current', () => HttpResponse.json({})),
  );
  const { user, went } = renderAuth(<FinishPage />, { at: '/sign-up/finish', context: visit({ sign_up: { agency_name: 'Acme', slug: 'acme', address: '', expires_at: '' } }) });
  await user.type(await screen.findByLabelText('Web address'), 'acme2');
  await user.click(screen.getByRole('button', { name: 'Take this address' }));
  await waitFor(() => expect(went).toHaveBeenCalledWith('http://acme2.bureau.localhost/welcome'));
});

const invitation = { agency: acme, kind: 'staff', role: 'manager', email: 'b…@acme.test', state: 'open', expires_at: '', account: null };

it('takes the token out of the address and offers both ways in', async () => {
  let token: unknown;
  server.use(http.post('*/api/v1/invitations/look', async ({ request }) => {
    token = await request.json();
    return HttpResponse.json(invitation);
  }));
  renderAuth(<InvitePage />, { at: '/invite#s3cret' });
  expect(await screen.findByRole('heading', { name: 'Join Acme IT' })).toBeVisible();
  expect(token).toEqual({ token: 's3cret' });
  expect(location.hash).toBe('');
  expect(screen.getByRole('link', { name: 'Create my account' })).toHaveAttribute('href', expect.stringContaining('registration/browser?return_to='));
  expect(screen.getByRole('link', { name: 'I have an account' })).toHaveAttribute('href', expect.stringContaining('login/browser?return_to='));
  expect(await violations()).toEqual([]);
});

it.each([
  ['expired', 'This invitation has expired'],
  ['revoked', 'This invitation was withdrawn'],
  ['accepted', 'This invitation was used already'],
])('says that an invitation is %s', async (state, title) => {
  server.use(http.post('*/api/v1/invitations/look', () => HttpResponse.json({ ...invitation, state })));
  renderAuth(<InvitePage />, { at: '/invite' });
  expect(await screen.findByRole('heading', { name: title })).toBeVisible();
});

it('says who is invited and who is signed in when they differ', async () => {
  server.use(http.post('*/api/v1/invitations/look', () => HttpResponse.json({ ...invitation, account: { email: 'z…@home.test', verified: true, matches: false } })));
  renderAuth(<InvitePage />, { at: '/invite' });
  expect(await screen.findByText(/It was sent to b…@acme.test, and you are signed in as z…@home.test/)).toBeVisible();
  expect(screen.getByRole('button', { name: 'Use another account' })).toBeVisible();
});

it('accepts', async () => {
  server.use(
    http.post('*/api/v1/invitations/look', () => HttpResponse.json({ ...invitation, account: { email: 'b…@acme.test', verified: true, matches: true } })),
    http.post('*/api/v1/invitations/accept', () => HttpResponse.json({ redirect_to: 'http://acme.bureau.localhost/' })),
  );
  const { user, went } = renderAuth(<InvitePage />, { at: '/invite' });
  await user.click(await screen.findByRole('button', { name: 'Accept the invitation' }));
  await waitFor(() => expect(went).toHaveBeenCalledWith('http://acme.bureau.localhost/'));
});

it('explains each refusal of the broker', async () => {
  const { unmount } = renderAuth(<ProblemPage />, { at: '/problem?code=identity.deactivated&agency=acme', brand: acme });
  expect(screen.getByRole('heading', { name: 'Your access to Acme IT is switched off' })).toBeVisible();
  unmount();
  renderAuth(<ProblemPage />, { at: '/problem?code=constructor' });
  expect(screen.getByRole('heading', { name: 'That did not work' })).toBeVisible();
});

it('shows the plans and both doors', async () => {
  renderAuth(<LandingPage />);
  const plans = screen.getAllByRole('article');
  expect(plans.map((p) => within(p).getByText(/^\$/).textContent)).toEqual(['$29', '$49', '$79']);
  expect(screen.getByText('Up to 10 staff')).toBeVisible();
  expect(screen.getAllByRole('link', { name: 'Find your agency' })[0]).toHaveAttribute('href', '/find');
  expect(await violations()).toEqual([]);
});

it.each([['acme', 'acme'], [' https://ACME.bureau.localhost:8080/time ', 'acme'], ['auth', null], ['a b', null], ['evil.example', null]])('finds %s', (typed, slug) => expect(slugOf(typed, 'bureau.localhost:8080')).toBe(slug));
it.each([['Acme', 'acme'], ['Ångström Ltd.', 'angstroem'], ['42 Degrees', 'degrees'], ['日本', '']])('makes an address of %s', (name, slug) => expect(slugFrom(name)).toBe(slug));
