import Button from '@mui/material/Button';
import Box from '@mui/material/Box';
import { AuthLayout } from '../components/AuthLayout';
import { useBrand } from '../brand';
import { startUrl } from '../kratos';
import { signOut } from '../signOut';
import { fill, lookup, t } from '../text';

/** Why the broker did not let somebody into an agency, and what to do about it. */
export default function ProblemPage() {
  const brand = useBrand();
  const query = new URLSearchParams(location.search);
  const code = query.get('code') ?? '';
  const agency = brand?.name ?? (query.get('agency') || t('problem.thisAgency'));
  const say = (part: 'title' | 'text') => fill(lookup('problem', code, part) ?? lookup('problem', 'other', part)!, { agency });
  const again = brand?.url ?? '/broker/';
  return (
    <AuthLayout title={say('title')} text={say('text')}>
      <Box sx={{ display: 'grid', gap: 3 }}>
        {code === 'identity.email_not_verified' && (
          <Button variant="contained" size="large" href={startUrl('verification', { return_to: `${location.origin}/broker/` })}>{t('problem.verify')}</Button>
        )}
        {(code === 'identity.unavailable' || code === 'identity.bad_sign_in' || !lookup('problem', code, 'title')) && (
          <Button variant="contained" size="large" href={again}>{t('common.retry')}</Button>
        )}
        {(code === 'identity.not_a_member' || code === 'identity.deactivated') && (
          <Button variant="contained" size="large" onClick={() => void signOut()}>{t('problem.another')}</Button>
        )}
        <Button href="/agencies">{t('problem.agencies')}</Button>
      </Box>
    </AuthLayout>
  );
}
