import { registerLocale } from '../../../shared/lib/i18n';

export const useT = registerLocale('apidocs', {
  title: 'API',
  intro: 'Everything that the screens do. Call it with a token from Settings, API tokens, on the address of your agency.',
  document: 'OpenAPI document',
  search: 'Search operations', clear: 'Clear', groups: 'Groups', skip: 'Skip to content',
  found_one: '{{count}} operation', found_other: '{{count}} operations', none: 'No operation fits “{{q}}”.',
  loading: 'Loading the document', failed: 'The document could not be loaded.', retry: 'Try again',
  permission: 'Permission', anySignedIn: 'Anyone who is signed in', nobody: 'Nobody needs to be signed in', kinds: 'Who', host: 'Host',
  kind: { staff: 'staff', contact: 'client contacts', token: 'API tokens', anonymous: 'anyone' },
  parameters: 'Parameters', body: 'Body', answers: 'Answers', example: 'Example', errors: 'Errors',
  required: 'required', readOnly: 'read only', oneOf: 'one of', nothing: 'No content', anything: 'any value', orNull: 'or null', show: 'Show the fields of {{name}}', list: 'list of {{type}}', byKey: 'by key: {{type}}',
  copy: 'Copy', copied: 'Copied', copyWhat: 'Copy: {{what}}',
  in: { path: 'path', query: 'query', header: 'header', cookie: 'cookie' },
});
