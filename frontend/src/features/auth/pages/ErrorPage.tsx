import { useEffect, useState } from 'react';
import Button from '@mui/material/Button';
import Typography from '@mui/material/Typography';
import { AuthLayout } from '../components/AuthLayout';
import { kratosPath } from '../kratos';
import { t } from '../text';

/** Where Kratos sends people when a flow cannot go on. */
export default function ErrorPage() {
  const id = new URLSearchParams(location.search).get('id');
  const [reason, setReason] = useState<string | null>(null);
  useEffect(() => {
    if (!id) return;
    void fetch(`${kratosPath}/self-service/errors?id=${encodeURIComponent(id)}`, { headers: { Accept: 'application/json' }, credentials: 'same-origin' })
      .then((r) => (r.ok ? r.json() : null))
      .then((b: { error?: { reason?: string } } | null) => setReason(b?.error?.reason ?? null))
      .catch(() => setReason(null));
  }, [id]);
  return (
    <AuthLayout title={t('error.title')} text={t('error.text')}>
      {reason && <Typography sx={{ mb: 4 }}>{reason}</Typography>}
      {id && <Typography sx={{ mb: 4, fontSize: 13, color: 'text.secondary', overflowWrap: 'anywhere' }}>{t('error.id', { id })}</Typography>}
      <Button href="/broker/" variant="contained" size="large" fullWidth>{t('error.home')}</Button>
    </AuthLayout>
  );
}
