import { useCallback, useEffect, useState, type FormEvent } from 'react';
import Alert from '@mui/material/Alert';
import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import LinearProgress from '@mui/material/LinearProgress';
import { call, messages } from '../api';
import { AuthLayout } from '../components/AuthLayout';
import { SlugField } from '../components/SlugField';
import { useVisit } from '../brand';
import { startUrl } from '../kratos';
import { browser, waitText } from '../useFlow';
import { useSlug } from '../useSlug';
import { t } from '../text';

/** The last moment of a sign-up: the agency is made and its door opens. */
export default function FinishPage() {
  const visit = useVisit();
  const [state, setState] = useState<'working' | 'gone' | 'taken'>('working');
  const [problem, setProblem] = useState<string | null>(null);
  const broker = `${location.origin}/broker/`;

  const complete = useCallback(async () => {
    const r = await call<{ redirect_to: string }>('POST', '/api/v1/sign-ups/complete', {});
    if (r.ok) {
      browser.go(r.data.redirect_to);
      return;
    }
    switch (r.problem.code) {
      case 'identity.sign_in_required':
        browser.go(startUrl('login', { return_to: broker }));
        return;
      case 'identity.email_not_verified':
        browser.go(startUrl('verification', { return_to: broker }));
        return;
      case 'identity.sign_up_gone':
        setState('gone');
        return;
      case 'tenancy.slug_taken':
        setState('taken');
        return;
    }
    setProblem(r.problem.status === 429 ? waitText(r.retryAfter) : r.problem.status === 0 ? t('common.offline') : (r.problem.detail ?? t('common.broken')));
  }, [broker]);

  useEffect(() => {
    void complete();
  }, [complete]);
  const again = () => {
    setState('working');
    setProblem(null);
    void complete();
  };

  const agency = visit?.sign_up?.agency_name ?? t('problem.thisAgency');
  if (state === 'gone') {
    return (
      <AuthLayout title={t('signUp.goneTitle')} text={t('signUp.goneText')}>
        <Button href={`${(visit?.site_url ?? '').replace(/\/$/, '')}/sign-up`} variant="contained" size="large" fullWidth>{t('signUp.restart')}</Button>
      </AuthLayout>
    );
  }
  if (state === 'taken') return <AnotherSlug onDone={again} />;
  return (
    <AuthLayout title={t('signUp.finishTitle', { agency })} text={t('signUp.finishText')}>
      {problem ? (
        <Alert severity="error" role="alert" action={<Button color="inherit" size="small" onClick={again}>{t('common.retry')}</Button>}>{problem}</Alert>
      ) : (
        <LinearProgress aria-label={t('signUp.finishTitle', { agency })} />
      )}
    </AuthLayout>
  );
}

function AnotherSlug({ onDone }: { onDone: () => void }) {
  const visit = useVisit();
  const [slug, setSlug] = useState('');
  const [message, setMessage] = useState<string>();
  const [busy, setBusy] = useState(false);
  const state = useSlug(slug);
  async function submit(event: FormEvent) {
    event.preventDefault();
    if (!slug || busy) return;
    setBusy(true);
    const r = await call('PATCH', '/api/v1/sign-ups/current', { slug });
    setBusy(false);
    if (r.ok) onDone();
    else {
      const m = messages(r.problem, ['slug']);
      setMessage(m.fields.slug ?? m.rest ?? t('common.broken'));
    }
  }
  return (
    <AuthLayout title={t('signUp.slugTakenTitle')} text={t('signUp.slugTakenText', { slug: visit?.sign_up?.slug ?? '' })}>
      <Box component="form" noValidate onSubmit={(e) => void submit(e)} sx={{ display: 'grid', gap: 4 }}>
        <SlugField value={slug} onChange={(s) => { setSlug(s); setMessage(undefined); }} state={state} message={message} domain={location.host.replace(/^auth\./, '')} />
        <Button type="submit" variant="contained" size="large" loading={busy}>{t('signUp.slugSubmit')}</Button>
      </Box>
    </AuthLayout>
  );
}
