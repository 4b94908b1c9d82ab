import { useState, type FormEvent } from 'react';
import Alert from '@mui/material/Alert';
import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import Link from '@mui/material/Link';
import { call, messages, type SignUp } from '../api';
import { AuthLayout } from '../components/AuthLayout';
import { Field } from '../components/Field';
import { SlugField } from '../components/SlugField';
import { browser, waitText } from '../useFlow';
import { slugFrom, useSlug } from '../useSlug';
import { t } from '../text';

/** The first of three steps: what the agency is called and where it lives. */
export default function SignUpPage() {
  const [name, setName] = useState('');
  const [typedSlug, setTypedSlug] = useState<string | null>(null);
  const [errors, setErrors] = useState<Record<string, string>>({});
  const [problem, setProblem] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);
  const slug = typedSlug ?? slugFrom(name);
  const state = useSlug(slug);

  async function submit(event: FormEvent<HTMLFormElement>) {
    event.preventDefault();
    if (busy) return;
    const form = event.currentTarget;
    const wrong: Record<string, string> = {};
    if (!name.trim()) wrong.agency_name = t('common.required');
    if (!slug) wrong.slug = t('common.required');
    setErrors(wrong);
    setProblem(null);
    const first = wrong.agency_name ? 'agency_name' : wrong.slug || ['taken', 'held', 'reserved', 'malformed'].includes(state.status) ? 'slug' : null;
    if (first) {
      form.querySelector<HTMLInputElement>(`input[name="${first}"]`)?.focus();
      return;
    }
    setBusy(true);
    const r = await call<SignUp>('POST', '/api/v1/sign-ups', { agency_name: name.trim(), slug });
    if (r.ok) {
      browser.go(r.data.continue_url);
      return;
    }
    setBusy(false);
    if (r.problem.status === 429) setProblem(waitText(r.retryAfter));
    else if (r.problem.status === 0) setProblem(t('common.offline'));
    else {
      const m = messages(r.problem, ['agency_name', 'slug']);
      setErrors(m.fields);
      setProblem(m.rest ?? (Object.keys(m.fields).length > 0 ? null : t('common.broken')));
    }
  }

  return (
    <AuthLayout
      title={t('signUp.title')}
      step={t('signUp.step', { n: 1 })}
      text={t('signUp.text')}
      footer={<span>{t('signUp.have')} <Link href="/find" underline="always">{t('signUp.signIn')}</Link></span>}
    >
      <Box component="form" noValidate onSubmit={(e) => void submit(e)} sx={{ display: 'grid', gap: 4, gridTemplateColumns: 'minmax(0,1fr)' }}>
        {problem && <Alert severity="error" role="alert">{problem}</Alert>}
        <Field
          label={t('signUp.agency')}
          name="agency_name"
          value={name}
          onChange={(e) => setName(e.target.value)}
          autoComplete="organization"
          autoFocus
          message={errors.agency_name}
          slotProps={{ input: { maxLength: 80, 'aria-required': true } }}
        />
        <SlugField
          value={slug}
          domain={location.host}
          state={state}
          message={errors.slug}
          onChange={(s) => {
            setTypedSlug(s);
            setErrors({});
          }}
        />
        <Button type="submit" variant="contained" size="large" loading={busy}>{t('signUp.submit')}</Button>
      </Box>
    </AuthLayout>
  );
}
