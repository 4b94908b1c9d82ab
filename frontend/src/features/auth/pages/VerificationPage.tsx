import Alert from '@mui/material/Alert';
import Button from '@mui/material/Button';
import Link from '@mui/material/Link';
import { AuthLayout } from '../components/AuthLayout';
import { FlowForm } from '../components/FlowForm';
import { FlowPage } from '../components/FlowPage';
import { useVisit } from '../brand';
import { startUrl } from '../kratos';
import { useFlow } from '../useFlow';
import { t } from '../text';

const onward = (returnTo?: string) => returnTo || '/broker/';

/** The code that proves an e-mail address. */
export default function VerificationPage() {
  const state = useFlow('verification', (f) => (f?.state === 'passed_challenge' ? onward(f.return_to) : null));
  const visit = useVisit();
  const { flow, busy, submit } = state;
  const sent = flow?.state === 'sent_email';
  const done = flow?.state === 'passed_challenge';
  // Who just registered. Whether the address had an account stays between us and its owner: a mail tells.
  const isNew = sent && visit !== null && !visit.account;
  return (
    <AuthLayout
      title={t(sent ? 'verification.codeTitle' : 'verification.title')}
      step={visit?.sign_up ? t('signUp.step', { n: 3 }) : undefined}
      text={done ? undefined : t(isNew ? 'verification.newText' : sent ? 'verification.codeText' : 'verification.text')}
      footer={isNew && <Link href={startUrl('login')}>{t('signUp.haveAccount')}</Link>}
    >
      <FlowPage state={state} rows={1} omit={[1080002, 1080003]}>
        {flow && done && (
          <>
            <Alert severity="success" role="status">{t('verification.done')}</Alert>
            <Button href={onward(flow.return_to)} variant="contained" size="large" fullWidth sx={{ mt: 4 }}>{t('verification.continue')}</Button>
          </>
        )}
        {flow && !done && (
          <FlowForm
            key={`${flow.state}:${visit ? 1 : 0}`}
            flow={flow}
            groups={['default', 'code', 'link']}
            busy={busy}
            onSubmit={submit}
            autoFocus
            values={{ email: visit?.account?.email }}
            quiet={sent ? ['email'] : []}
            buttons={{ email: t('verification.resend'), method: sent ? t('login.confirm') : t('verification.submit') }}
          />
        )}
      </FlowPage>
    </AuthLayout>
  );
}
