import { http, HttpResponse } from 'msw';
import { setupServer } from 'msw/node';
import { me, meAnswer } from './factories';

/** Answers that every page needs; a test adds its own with server.use(). Anything else fails the test. */
export const server = setupServer(
  http.get('*/api/v1/me', () => HttpResponse.json(meAnswer(me()))),
  http.get('*/api/v1/settings', () => HttpResponse.json(me().agency)),
  http.get('*/api/v1/billing/status', () => HttpResponse.json({ level: 'full', plan: 'enterprise', max_seats: null, features: ['api_tokens', 'custom_rates', 'audit_log', 'legal_entities', 'true_up'], reasons: ['in_order'], until: null, next: '' })),
);

/** The test's person: signInAs({ role: 'member', permissions: ['projects.projects.read'] }) */
export const signInAs = (over: Parameters<typeof me>[0]): void =>
  server.use(http.get('*/api/v1/me', () => HttpResponse.json(meAnswer(me(over)))));
