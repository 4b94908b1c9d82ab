import { http, HttpResponse } from 'msw';
import { setupServer } from 'msw/node';
import { me } from './factories';

/** Answers that every page needs; a test adds its own with server.use(). Anything else fails the test. */
export const server = setupServer(http.get('*/api/v1/me', () => HttpResponse.json(me())));
