import { describe, expect, it } from 'vitest';
import { bodyOf, messageText, nodesOf, outcome } from './kratos';
import { flow, input } from './testing';

describe('what an answer of Kratos asks for', () => {
  const error = (id: string, extra: object = {}) => ({ error: { id }, ...extra });
  it.each([
    ['a flow', 200, flow(), 'flow'],
    ['a flow with complaints', 400, flow(), 'flow'],
    ['an expired flow', 410, error('self_service_flow_expired'), 'restart'],
    ['a flow that is gone', 404, {}, 'restart'],
    ['a lost CSRF cookie', 403, error('security_csrf_violation'), 'restart'],
    ['a session that is there', 400, error('session_already_available'), 'done'],
    ['a session too old', 403, error('session_refresh_required', { redirect_browser_to: '/x' }), 'go'],
    ['a second step', 422, error('session_aal2_required', { redirect_browser_to: '/x' }), 'go'],
    ['a redirect', 422, { redirect_browser_to: '/x' }, 'go'],
    ['a sign-in', 200, { session: {} }, 'done'],
    ['a return address that is not allowed', 400, error('self_service_flow_return_to_forbidden'), 'restart'],
    ['too many tries', 429, { code: 'identity.too_many_tries' }, 'wait'],
    ['Kratos away', 503, { code: 'identity.unavailable' }, 'failed'],
    ['nonsense', 400, 'x', 'failed'],
    ['nobody signed in', 401, error('session_inactive'), 'go'],
  ])('%s', (_, status, body, want) => expect(outcome(status, body).kind).toBe(want));

  it('follows continue_with', () => {
    const to = (step: object) => outcome(200, { session: {}, continue_with: [{ action: 'set_ory_session_token' }, step] });
    expect(to({ action: 'show_verification_ui', flow: { id: 'v1' } })).toEqual({ kind: 'go', url: '/verification?flow=v1' });
    expect(to({ action: 'show_settings_ui', flow: { id: 's1' } })).toEqual({ kind: 'go', url: '/settings?flow=s1' });
    expect(to({ action: 'redirect_browser_to', redirect_browser_to: '/broker/' })).toEqual({ kind: 'go', url: '/broker/' });
    const redirect = { action: 'redirect_browser_to', redirect_browser_to: '/broker/' };
    expect(outcome(200, { continue_with: [redirect, { action: 'show_verification_ui', flow: { id: 'v1' } }] })).toEqual({ kind: 'go', url: '/verification?flow=v1' });
    expect(to({ action: 'something_new' })).toEqual({ kind: 'done' });
  });
  it('says how long to wait', () => {
    expect(outcome(429, {}, 17)).toEqual({ kind: 'wait', seconds: 17 });
    expect(outcome(429, {})).toEqual({ kind: 'wait', seconds: 60 });
  });
});

it('shows our groups in our order, with the hidden fields of default', () => {
  const f = flow({ nodes: [input('totp', 'totp_code', 'text'), input('password', 'password', 'password'), input('default', 'identifier', 'text')] });
  expect(nodesOf(f, ['default', 'password']).map((n) => n.attributes.name)).toEqual(['csrf_token', 'identifier', 'password']);
  expect(nodesOf(f, ['totp']).map((n) => n.attributes.name)).toEqual(['csrf_token', 'totp_code']);
});

it('nests traits', () => expect(bodyOf([['traits.name', 'Ann'], ['traits.email', 'a@b.example'], ['method', 'profile']])).toEqual({ traits: { name: 'Ann', email: 'a@b.example' }, method: 'profile' }));

it('knows messages by number and shows the text of others', () => {
  expect(messageText({ id: 4000006, text: 'The provided credentials are invalid' })).toBe('E-mail or password is wrong.');
  expect(messageText({ id: 4999999, text: 'Something new' })).toBe('Something new');
});

it('says the same for an unknown address and a wrong password', () => {
  expect(messageText({ id: 4000035, text: '' })).toBe(messageText({ id: 4000006, text: '' }));
});
