/** The parts of an OpenAPI 3.1 document that the page shows. */
export type Schema = {
  $ref?: string; type?: string | string[]; format?: string; description?: string; enum?: unknown[]; default?: unknown; examples?: unknown[];
  properties?: Record<string, Schema>; required?: string[]; items?: Schema; additionalProperties?: Schema | boolean; readOnly?: boolean;
  oneOf?: Schema[]; anyOf?: Schema[]; minimum?: number; maximum?: number; minLength?: number; maxLength?: number;
};
export type Parameter = { name: string; in: 'path' | 'query' | 'header' | 'cookie'; description?: string; required?: boolean; schema?: Schema };
type Content = Record<string, { schema?: Schema }>;
export type Answer = { description: string; content?: Content };
type Described = {
  operationId: string; summary?: string; description?: string; tags?: string[]; parameters?: Parameter[];
  requestBody?: { content?: Content }; responses?: Record<string, Answer>;
  'x-authz'?: { permission?: string; kinds?: string[]; host?: string };
};
export type Document = { paths: Record<string, Record<string, Described>>; components?: { schemas?: Record<string, Schema> } };
export type Operation = Described & { method: string; path: string };
export type Group = { tag: string; operations: Operation[] };

/** All operations by tag, in the order of the alphabet and of their addresses. */
export function groupsOf(doc: Document, q: string): Group[] {
  const words = q.toLowerCase().split(/\s+/).filter(Boolean);
  const groups = new Map<string, Operation[]>();
  for (const [path, methods] of Object.entries(doc.paths)) {
    for (const [method, o] of Object.entries(methods)) {
      const text = [method, path, o.operationId, o.summary, o.description, o['x-authz']?.permission, ...(o.tags ?? [])].join(' ').toLowerCase();
      if (!words.every((w) => text.includes(w))) continue;
      const tag = o.tags?.[0] ?? 'other';
      groups.set(tag, [...(groups.get(tag) ?? []), { ...o, method, path }]);
    }
  }
  return [...groups].sort(([a], [b]) => a.localeCompare(b)).map(([tag, operations]) => ({ tag, operations: operations.sort((a, b) => a.path.localeCompare(b.path)) }));
}

/** A schema, and the name it goes by when the document gives it one. */
export function resolve(doc: Document, s: Schema | undefined): { schema: Schema; name: string } {
  const name = s?.$ref?.split('/').at(-1) ?? '';
  return { schema: (name ? doc.components?.schemas?.[name] : s) ?? {}, name };
}

export const contentOf = (content: Content | undefined): [string, Schema | undefined] | undefined => {
  const first = Object.entries(content ?? {})[0];
  return first && [first[0], first[1].schema];
};

const typeOf = (s: Schema) => (Array.isArray(s.type) ? s.type.find((t) => t !== 'null') : s.type);

/** A value that the schema would take: examples first, then the simplest. */
export function sample(doc: Document, s: Schema | undefined, depth = 0): unknown {
  const { schema } = resolve(doc, s);
  if (schema.examples?.[0] !== undefined) return schema.examples[0];
  if (schema.default !== undefined) return schema.default;
  if (schema.enum) return schema.enum[0];
  const either = schema.oneOf?.[0] ?? schema.anyOf?.[0];
  if (either) return sample(doc, either, depth);
  const type = typeOf(schema);
  if (schema.properties) {
    if (depth > 3) return {};
    const wanted = schema.required?.length ? schema.required : Object.keys(schema.properties).slice(0, 3);
    return Object.fromEntries(wanted.flatMap((k) => (schema.properties?.[k] && !schema.properties[k].readOnly ? [[k, sample(doc, schema.properties[k], depth + 1)]] : [])));
  }
  if (type === 'array') return depth > 3 ? [] : [sample(doc, schema.items, depth + 1)];
  if (type === 'integer' || type === 'number') return schema.minimum ?? 1;
  if (type === 'boolean') return true;
  if (type === 'string') return ({ date: '2026-03-31', 'date-time': '2026-03-31T09:00:00Z', uuid: '00000000-0000-0000-0000-000000000000', email: 'someone@example.com' } as Record<string, string>)[schema.format ?? ''] ?? 'text';
  return {};
}

const quoted = (s: string) => `'${s.replaceAll("'", "'\\''")}'`;

/** The call on the command line. What is in braces is to be filled in. */
export function curl(doc: Document, o: Operation, origin: string): string {
  const needed = (o.parameters ?? []).filter((p) => p.required);
  const query = needed.filter((p) => p.in === 'query').map((p) => `${p.name}=${encodeURIComponent(String(sample(doc, p.schema)))}`).join('&');
  const lines = [`curl${o.method === 'get' ? '' : ` -X ${o.method.toUpperCase()}`} ${quoted(`${origin}${o.path}${query ? `?${query}` : ''}`)}`];
  if (o['x-authz']?.kinds?.includes('anonymous') !== true) lines.push('-H "Authorization: Bearer $BUREAU_TOKEN"');
  for (const p of needed.filter((x) => x.in === 'header')) lines.push(`-H ${quoted(`${p.name}: ${p.name === 'If-Match' ? '"1"' : String(sample(doc, p.schema))}`)}`);
  const body = contentOf(o.requestBody?.content);
  if (body?.[0].includes('json')) lines.push("-H 'Content-Type: application/json'", `-d ${quoted(JSON.stringify(sample(doc, body[1])))}`);
  else if (body) lines.push('-F file=@file');
  return lines.join(' \\\n  ');
}

/** 'string, date', 'list of Line' */
export function typeName(doc: Document, s: Schema | undefined, t: (key: 'list' | 'byKey' | 'anything' | 'orNull', v?: Record<string, unknown>) => string): string {
  const { schema, name } = resolve(doc, s);
  const empty = Array.isArray(schema.type) && schema.type.includes('null') ? ` ${t('orNull')}` : '';
  const type = typeOf(schema);
  if (type === 'array') return t('list', { type: typeName(doc, schema.items, t) }) + empty;
  if (name) return name + empty;
  if (typeof schema.additionalProperties === 'object') return t('byKey', { type: typeName(doc, schema.additionalProperties, t) }) + empty;
  const either = schema.oneOf ?? schema.anyOf;
  if (either) return either.map((e) => typeName(doc, e, t)).join(' | ');
  return (type ? [type, schema.format].filter(Boolean).join(', ') : t('anything')) + empty;
}

/** The object behind a schema whose fields can be shown: itself, or what a list or a map holds. */
export function fieldsOf(doc: Document, s: Schema | undefined): Schema | undefined {
  const { schema } = resolve(doc, s);
  if (schema.properties) return schema;
  if (schema.items) return fieldsOf(doc, schema.items);
  if (typeof schema.additionalProperties === 'object') return fieldsOf(doc, schema.additionalProperties);
  return undefined;
}
