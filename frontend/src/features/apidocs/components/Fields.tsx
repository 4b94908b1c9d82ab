import Box from '@mui/material/Box';
import ButtonBase from '@mui/material/ButtonBase';
import Typography from '@mui/material/Typography';
import { useState } from 'react';
import { fieldsOf, resolve, typeName, type Document, type Schema } from '../model';
import { useT } from '../locales/en';

const limits = (s: Schema): string =>
  [
    s.minimum !== undefined && `≥ ${s.minimum}`, s.maximum !== undefined && `≤ ${s.maximum}`,
    s.maxLength !== undefined && `≤ ${s.maxLength} characters`, s.default !== undefined && `= ${JSON.stringify(s.default)}`,
  ].filter(Boolean).join(', ');

/** One name with what it takes: a parameter, or a field of a body. */
export function Field({ doc, name, schema, required, note, description }: { doc: Document; name: string; schema?: Schema; required?: boolean; note?: string; description?: string }) {
  const t = useT();
  const [open, setOpen] = useState(false);
  const { schema: s } = resolve(doc, schema);
  const inner = fieldsOf(doc, schema);
  const facts = [typeName(doc, schema, t), note, required && t('required'), (schema?.readOnly ?? s.readOnly) && t('readOnly'), limits(s)].filter(Boolean).join(' · ');
  return (
    <Box component="li" sx={{ py: 2, borderTop: 1, borderColor: 'divider' }}>
      <Box sx={{ display: 'flex', flexWrap: 'wrap', columnGap: 3, alignItems: 'baseline' }}>
        <Box component="code" className="said" sx={{ fontWeight: 620, fontSize: 13 }}>{name}</Box>
        <Typography variant="body2" component="span" sx={{ color: 'text.secondary' }}>{facts}</Typography>
        {inner && <ButtonBase aria-expanded={open} aria-label={t('show', { name })} onClick={() => setOpen(!open)} sx={{ font: 'inherit', fontSize: 13, color: 'primary.main', minHeight: 24, px: 1, borderRadius: 0.5 }}>{open ? '−' : '+'} {resolve(doc, schema).name || '{ }'}</ButtonBase>}
      </Box>
      {(description ?? schema?.description ?? s.description) && <Typography variant="body2" className="said">{description ?? schema?.description ?? s.description}</Typography>}
      {s.enum && <Typography variant="body2" className="said" sx={{ color: 'text.secondary' }}>{t('oneOf')} {s.enum.map(String).join(', ')}</Typography>}
      {open && <Box sx={{ pl: 4, borderLeft: 2, borderColor: 'divider', mt: 1 }}><Fields doc={doc} schema={inner} /></Box>}
    </Box>
  );
}

/** The fields of an object; what they hold opens in its place. */
export function Fields({ doc, schema }: { doc: Document; schema?: Schema }) {
  const s = fieldsOf(doc, schema);
  if (!s?.properties) return null;
  return (
    <Box component="ul" sx={{ listStyle: 'none', m: 0, p: 0 }}>
      {Object.entries(s.properties).map(([name, p]) => <Field key={name} doc={doc} name={name} schema={p} required={s.required?.includes(name)} />)}
    </Box>
  );
}
