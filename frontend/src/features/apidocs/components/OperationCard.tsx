import Box from '@mui/material/Box';
import ButtonBase from '@mui/material/ButtonBase';
import Typography from '@mui/material/Typography';
import type { ReactNode } from 'react';
import { contentOf, curl, typeName, type Document, type Operation } from '../model';
import { useT } from '../locales/en';
import { Code } from './Code';
import { Field, Fields } from './Fields';

const colours: Record<string, string> = { get: 'info.main', post: 'success.main', put: 'warning.main', patch: 'warning.main', delete: 'error.main' };

/** One operation: its line, and when open all that is to be known about it. */
export function OperationCard({ doc, operation: o, open, onToggle }: { doc: Document; operation: Operation; open: boolean; onToggle: () => void }) {
  return (
    <Box component="li" id={o.operationId} sx={{ borderTop: 1, borderColor: 'divider', scrollMarginTop: 16 }}>
      <Typography component="h3" sx={{ m: 0 }}>
        <ButtonBase aria-expanded={open} onClick={onToggle} sx={{ font: 'inherit', width: '100%', textAlign: 'start', justifyContent: 'flex-start', flexWrap: 'wrap', columnGap: 3, px: 4, py: 2, minHeight: 48, '&:hover': { bgcolor: 'action.hover' }, '&.Mui-focusVisible': { outline: '2px solid', outlineColor: 'primary.main', outlineOffset: -2 } }}>
          <Box component="span" sx={{ width: 56, fontSize: 12, fontWeight: 700, color: colours[o.method] ?? 'text.primary' }}>{o.method.toUpperCase()}</Box>
          <Box component="code" className="said" sx={{ fontSize: 13, minWidth: 0 }}>{o.path}</Box>
          <Box component="span" sx={{ color: 'text.secondary', fontSize: 13, flexBasis: { xs: '100%', sm: 'auto' }, ml: { sm: 'auto' } }}>{o.summary}</Box>
        </ButtonBase>
      </Typography>
      {open && <Details doc={doc} operation={o} />}
    </Box>
  );
}

function Details({ doc, operation: o }: { doc: Document; operation: Operation }) {
  const t = useT();
  const authz = o['x-authz'];
  const body = contentOf(o.requestBody?.content);
  const answers = Object.entries(o.responses ?? {});
  const good = answers.filter(([code]) => code < '400');
  const bad = answers.filter(([code]) => code >= '400');
  const kinds = ['staff', 'contact', 'token', 'anonymous'] as const;
  const who = (authz?.kinds ?? []).map((k) => kinds.find((x) => x === k)).flatMap((k) => (k ? [t(`kind.${k}`)] : [])).join(', ');
  return (
    <Box sx={{ px: 4, pb: 5 }}>
      {o.description && <Typography className="said" sx={{ mb: 3, whiteSpace: 'pre-wrap' }}>{o.description}</Typography>}
      <Box component="dl" sx={{ m: 0, display: 'grid', gridTemplateColumns: 'max-content 1fr', columnGap: 4, rowGap: 1, fontSize: 13, '& dt': { color: 'text.secondary' }, '& dd': { m: 0 } }}>
        <dt>{t('permission')}</dt><dd>{authz?.permission ? <code className="said">{authz.permission}</code> : t(authz?.kinds?.includes('anonymous') ? 'nobody' : 'anySignedIn')}</dd>
        {who && <><dt>{t('kinds')}</dt><dd>{who}</dd></>}
        {authz?.host && <><dt>{t('host')}</dt><dd>{authz.host}</dd></>}
      </Box>
      {(o.parameters?.length ?? 0) > 0 && (
        <Part title={t('parameters')}>
          <Box component="ul" sx={{ listStyle: 'none', m: 0, p: 0 }}>
            {o.parameters?.map((p) => <Field key={`${p.in} ${p.name}`} doc={doc} name={p.name} schema={p.schema} required={p.required} note={t(`in.${p.in}`)} description={p.description} />)}
          </Box>
        </Part>
      )}
      {body && <Part title={t('body')} note={`${body[0]} · ${typeName(doc, body[1], t)}`}><Fields doc={doc} schema={body[1]} /></Part>}
      {good.map(([code, a]) => {
        const c = contentOf(a.content);
        return <Part key={code} title={`${t('answers')}: ${code}`} note={c ? `${c[0]} · ${typeName(doc, c[1], t)}` : t('nothing')}>{c && <Fields doc={doc} schema={c[1]} />}</Part>;
      })}
      {bad.length > 0 && (
        <Part title={t('errors')} note="application/problem+json">
          <Box component="ul" sx={{ m: 0, pl: 4, fontSize: 13 }}>{bad.map(([code, a]) => <li key={code}><code>{code}</code> {a.description}</li>)}</Box>
        </Part>
      )}
      <Part title={t('example')}><Code text={curl(doc, o, location.origin)} label={`curl ${o.operationId}`} /></Part>
    </Box>
  );
}

function Part({ title, note, children }: { title: string; note?: string; children?: ReactNode }) {
  return (
    <Box sx={{ mt: 4 }}>
      <Typography component="h4" variant="h3" sx={{ mb: 1 }}>{title}</Typography>
      {note && <Typography variant="body2" className="said" sx={{ color: 'text.secondary', mb: 1 }}>{note}</Typography>}
      {children}
    </Box>
  );
}
