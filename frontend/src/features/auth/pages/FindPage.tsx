import { useState, type FormEvent } from 'react';
import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import { AuthLayout } from '../components/AuthLayout';
import { Field } from '../components/Field';
import { browser } from '../useFlow';
import { t } from '../text';

/** What somebody typed or pasted as an agency's address, as its slug; null when it cannot be one. */
export function slugOf(typed: string, host: string): string | null {
  const bare = typed.trim().toLowerCase().replace(/^https?:\/\//, '').replace(/[/?#].*$/, '');
  const domain = host.replace(/:\d+$/, '');
  const slug = bare.replace(/:\d+$/, '').replace(new RegExp(`\\.${domain.replaceAll('.', '\\.')}$`), '');
  return /^[a-z][a-z0-9-]{1,62}$/.test(slug) && slug !== 'auth' ? slug : null;
}

export default function FindPage() {
  const [typed, setTyped] = useState('');
  const [bad, setBad] = useState(false);
  function submit(event: FormEvent) {
    event.preventDefault();
    const slug = slugOf(typed, location.host);
    if (slug) browser.go(`${location.protocol}//${slug}.${location.host}/`);
    else setBad(true);
  }
  return (
    <AuthLayout title={t('find.title')} text={t('find.text')} footer={<span>{t('find.forgot')}</span>}>
      <Box component="form" noValidate onSubmit={submit} sx={{ display: 'grid', gap: 4 }}>
        <Field
          label={t('find.label')}
          value={typed}
          autoFocus
          autoComplete="off"
          onChange={(e) => { setTyped(e.target.value); setBad(false); }}
          message={bad ? t('find.bad') : undefined}
          endAdornment={<span style={{ whiteSpace: 'nowrap', opacity: 0.75, fontSize: 13 }}>.{location.host}</span>}
          slotProps={{ input: { maxLength: 200, autoCapitalize: 'none', spellCheck: false } }}
        />
        <Button type="submit" variant="contained" size="large">{t('find.submit')}</Button>
      </Box>
    </AuthLayout>
  );
}
