import { useCallback, useEffect, useState, type ReactNode } from 'react';
import Alert from '@mui/material/Alert';
import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import { call, type Invitation } from '../api';
import { AuthLayout } from '../components/AuthLayout';
import { FormSkeleton } from '../components/FlowPage';
import { BrandContext, useTellBrand } from '../brand';
import { startUrl } from '../kratos';
import { signOut } from '../signOut';
import { browser, waitText } from '../useFlow';
import { lookup, t } from '../text';

export default function InvitePage() {
  // The token stands behind the #, where no server log and no mail scanner sees it.
  const [token] = useState(() => location.hash.slice(1));
  const [invitation, setInvitation] = useState<Invitation | null>(null);
  const [unknown, setUnknown] = useState(false);
  const [problem, setProblem] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);
  const broker = `${location.origin}/broker/`;
  const tellBrand = useTellBrand();

  const look = useCallback(async () => {
    const r = await call<Invitation>('POST', '/api/v1/invitations/look', { token });
    if (r.ok) {
      setInvitation(r.data);
      tellBrand(r.data.agency);
    } else if (r.problem.status === 404 || r.problem.status === 422) setUnknown(true);
    else setProblem(r.problem.status === 429 ? waitText(r.retryAfter) : r.problem.status === 0 ? t('common.offline') : (r.problem.detail ?? t('common.broken')));
  }, [token, tellBrand]);
  useEffect(() => {
    // Out of the address at once: it must not stay in the history or in a copied link.
    if (location.hash) history.replaceState(null, '', location.pathname + location.search);
    void look();
  }, [look]);
  const again = () => {
    setProblem(null);
    void look();
  };

  async function accept() {
    setBusy(true);
    const r = await call<{ redirect_to: string }>('POST', '/api/v1/invitations/accept', {});
    if (r.ok) {
      browser.go(r.data.redirect_to);
      return;
    }
    setBusy(false);
    switch (r.problem.code) {
      case 'identity.sign_in_required':
        browser.go(startUrl('login', { return_to: broker }));
        return;
      case 'identity.email_not_verified':
        browser.go(startUrl('verification', { return_to: broker }));
        return;
      case 'identity.wrong_account':
      case 'identity.invitation_closed':
        await look();
        return;
    }
    setProblem(r.problem.status === 429 ? waitText(r.retryAfter) : r.problem.status === 0 ? t('common.offline') : (r.problem.detail ?? t('common.broken')));
  }

  if (unknown) return <AuthLayout title={t('invite.unknownTitle')} text={t('invite.unknownText')} />;
  if (!invitation) {
    return (
      <AuthLayout title={t('invite.title', { agency: t('problem.thisAgency') })}>
        {problem ? <Alert severity="error" role="alert" action={<Button color="inherit" size="small" onClick={again}>{t('common.retry')}</Button>}>{problem}</Alert> : <FormSkeleton rows={1} />}
      </AuthLayout>
    );
  }
  const { agency, account, state } = invitation;
  const name = agency.name;
  const shown = (page: ReactNode) => <BrandContext value={agency}>{page}</BrandContext>;
  if (state !== 'open') {
    return shown(
      <AuthLayout title={t(`invite.${state}Title`)} text={t(`invite.${state}Text`, { agency: name })}>
        {state === 'accepted' && <Button href={agency.url} variant="contained" size="large" fullWidth>{t('invite.signIn', { agency: name })}</Button>}
      </AuthLayout>,
    );
  }
  if (account && !account.matches) {
    return shown(
      <AuthLayout title={t('invite.wrongTitle')} text={t('invite.wrongText', { email: invitation.email, me: account.email, agency: name })}>
        <Button variant="contained" size="large" fullWidth onClick={() => void signOut('/invite')}>{t('invite.another')}</Button>
      </AuthLayout>,
    );
  }
  return shown(
    <AuthLayout
      title={t('invite.title', { agency: name })}
      text={<>{t('invite.text', { role: lookup('invite', 'roles', invitation.role) ?? invitation.role })} {account ? t('invite.signedInAs', { email: account.email }) : t('invite.for', { email: invitation.email })}</>}
    >
      <Box sx={{ display: 'grid', gap: 3 }}>
        {problem && <Alert severity="error" role="alert">{problem}</Alert>}
        {!account && (
          <>
            <Button variant="contained" size="large" href={startUrl('registration', { return_to: broker })}>{t('invite.create')}</Button>
            <Button variant="outlined" size="large" href={startUrl('login', { return_to: broker })}>{t('invite.existing')}</Button>
          </>
        )}
        {account && !account.verified && (
          <>
            <Alert severity="info">{t('invite.verifyText')}</Alert>
            <Button variant="contained" size="large" href={startUrl('verification', { return_to: broker })}>{t('invite.verify')}</Button>
          </>
        )}
        {account?.verified && <Button variant="contained" size="large" loading={busy} onClick={() => void accept()}>{t('invite.accept')}</Button>}
        {account && <Button size="large" onClick={() => void signOut('/invite')}>{t('invite.another')}</Button>}
      </Box>
    </AuthLayout>,
  );
}
