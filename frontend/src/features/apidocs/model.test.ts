import { expect, it } from 'vitest';
import { curl, groupsOf, typeName, type Document } from './model';

const doc: Document = {
  components: { schemas: { NewClient: { type: 'object', required: ['name'], properties: { name: { type: 'string', examples: ["O'Neill"] }, parent: { $ref: '#/components/schemas/NewClient' } } } } },
  paths: {
    '/api/v1/clients': {
      post: { operationId: 'clients-create', summary: 'Add a client', tags: ['clients'], requestBody: { content: { 'application/json': { schema: { $ref: '#/components/schemas/NewClient' } } } }, 'x-authz': { permission: 'clients.clients.write', kinds: ['staff', 'token'] } },
      get: { operationId: 'clients-list', summary: 'List clients', tags: ['clients'] },
    },
    '/api/v1/status': { get: { operationId: 'status', tags: ['app'], 'x-authz': { kinds: ['anonymous'] } } },
  },
};
const create = groupsOf(doc, 'clients write')[0]?.operations[0];

it('groups by tag and finds by all words, the permission too', () => {
  expect(groupsOf(doc, '').map((g) => [g.tag, g.operations.length])).toEqual([['app', 1], ['clients', 2]]);
  expect(create?.operationId).toBe('clients-create');
  expect(groupsOf(doc, 'nothing like it')).toEqual([]);
});

it('writes a call that a shell takes as it is', () => {
  if (!create) throw new Error('not found');
  expect(curl(doc, create, 'https://acme.example')).toBe(
    ["curl -X POST 'https://acme.example/api/v1/clients'", '-H "Authorization: Bearer $BUREAU_TOKEN"', "-H 'Content-Type: application/json'", `-d '{"name":"O'\\''Neill"}'`].join(' \\\n  '),
  );
});

it('names types in words', () => {
  const t = (key: string, v?: Record<string, unknown>) => (key === 'list' ? `list of ${String(v?.['type'])}` : key);
  expect(typeName(doc, { type: ['array', 'null'], items: { $ref: '#/components/schemas/NewClient' } }, t)).toBe('list of NewClient orNull');
});
