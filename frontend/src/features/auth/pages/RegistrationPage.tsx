import Box from '@mui/material/Box';
import Link from '@mui/material/Link';
import { AuthLayout } from '../components/AuthLayout';
import { FlowForm } from '../components/FlowForm';
import { FlowPage } from '../components/FlowPage';
import { useVisit } from '../brand';
import { startUrl } from '../kratos';
import { useFlow } from '../useFlow';
import { t } from '../text';

/** A new account: for a new agency, or for an invitation. */
export default function RegistrationPage() {
  const state = useFlow('registration');
  const visit = useVisit();
  const { flow, busy, submit } = state;
  const text = visit?.sign_up
    ? t('signUp.accountText', { agency: visit.sign_up.agency_name })
    : visit?.invitation && visit.agency
      ? t('signUp.accountInvited', { agency: visit.agency.name })
      : t('signUp.accountPlain');
  return (
    <AuthLayout
      title={t('signUp.accountTitle')}
      step={visit?.sign_up ? t('signUp.step', { n: 2 }) : undefined}
      text={text}
      footer={<Link href={startUrl('login', { return_to: flow?.return_to })}>{t('signUp.haveAccount')}</Link>}
    >
      <FlowPage state={state} rows={3}>
        {flow && (
          <FlowForm
            flow={flow}
            groups={['default', 'profile', 'password']}
            order={['traits.name', 'traits.email', 'password']}
            busy={busy}
            onSubmit={submit}
            autoFocus
            newPassword
            hints={{ password: t('signUp.passwordHint') }}
            quiet={['screen']}
            buttons={{ 'method=profile': t('signUp.submit'), screen: t('common.back'), method: t('signUp.accountSubmit') }}
          />
        )}
        {flow && visit?.sign_up && <Box sx={{ mt: 4, color: 'text.secondary', fontSize: 12, lineHeight: '16px' }}>{t('signUp.terms')}</Box>}
      </FlowPage>
    </AuthLayout>
  );
}
