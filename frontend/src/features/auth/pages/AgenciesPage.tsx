import { useEffect, useState } from 'react';
import Alert from '@mui/material/Alert';
import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import Link from '@mui/material/Link';
import Typography from '@mui/material/Typography';
import { call, type Agency } from '../api';
import { AuthLayout } from '../components/AuthLayout';
import { FormSkeleton } from '../components/FlowPage';
import { useVisit } from '../brand';
import { startUrl } from '../kratos';
import { signOut } from '../signOut';
import { browser } from '../useFlow';
import { t } from '../text';

/** All agencies that somebody belongs to, when it is not clear which one is meant. */
export default function AgenciesPage() {
  const visit = useVisit();
  const [agencies, setAgencies] = useState<Agency[] | null>(null);
  const [problem, setProblem] = useState<string | null>(null);
  useEffect(() => {
    void call<{ items: Agency[] }>('GET', '/api/v1/agencies').then((r) => {
      if (r.ok) setAgencies(r.data.items);
      else if (r.problem.status === 401) browser.go(startUrl('login', { return_to: `${location.origin}/agencies` }));
      else setProblem(r.problem.status === 0 ? t('common.offline') : (r.problem.detail ?? t('common.broken')));
    });
  }, []);
  return (
    <AuthLayout
      title={t('agencies.title')}
      text={agencies?.length === 0 ? t('agencies.empty') : t('agencies.text')}
      footer={<Link component="button" type="button" onClick={() => void signOut()}>{t('agencies.signOut')}</Link>}
    >
      {problem && <Alert severity="error" role="alert">{problem}</Alert>}
      {!agencies && !problem && <FormSkeleton rows={2} />}
      {agencies && agencies.length > 0 && (
        <Box component="ul" sx={{ listStyle: 'none', m: 0, p: 0, display: 'grid', gap: 2 }}>
          {agencies.map((a) => (
            <li key={a.slug}>
              <Box
                component="a"
                href={a.url}
                sx={{
                  display: 'flex', gap: 3, alignItems: 'center', p: 3, borderRadius: 1, border: 1, borderColor: 'divider',
                  color: 'text.primary', textDecoration: 'none', minHeight: 44, '&:hover': { bgcolor: 'action.hover' },
                }}
              >
                <Box aria-hidden sx={{ width: 36, height: 36, flex: 'none', borderRadius: 1, display: 'grid', placeItems: 'center', bgcolor: 'action.selected', fontWeight: 700 }}>
                  {[...a.name][0]?.toUpperCase()}
                </Box>
                <Box sx={{ minWidth: 0 }}>
                  <Typography sx={{ fontWeight: 620, overflowWrap: 'anywhere' }}>{a.name}</Typography>
                  <Typography sx={{ fontSize: 12, lineHeight: '16px', color: 'text.secondary' }}>{t(a.kind === 'contact' ? 'agencies.contact' : 'agencies.staff')}</Typography>
                </Box>
              </Box>
            </li>
          ))}
        </Box>
      )}
      {agencies?.length === 0 && visit && <Button href={`${visit.site_url.replace(/\/$/, '')}/sign-up`} variant="contained" size="large" fullWidth>{t('agencies.start')}</Button>}
    </AuthLayout>
  );
}
