import Link from '@mui/material/Link';
import { AuthLayout } from '../components/AuthLayout';
import { FlowForm } from '../components/FlowForm';
import { FlowPage } from '../components/FlowPage';
import { startUrl } from '../kratos';
import { useFlow } from '../useFlow';
import { t } from '../text';

/** Recovery by a code in the mail. What it says is the same whether or not there is an account. */
export default function RecoveryPage() {
  const state = useFlow('recovery');
  const { flow, busy, submit } = state;
  const sent = flow?.state === 'sent_email';
  return (
    <AuthLayout
      title={t(sent ? 'recovery.codeTitle' : 'recovery.title')}
      text={t(sent ? 'recovery.codeText' : 'recovery.text')}
      footer={<Link href={startUrl('login', { return_to: flow?.return_to })}>{t('recovery.back')}</Link>}
    >
      <FlowPage state={state} rows={1} omit={[1060003]}>
        {flow && (
          <FlowForm
            key={flow.state}
            flow={flow}
            groups={['default', 'code', 'link']}
            busy={busy}
            onSubmit={submit}
            autoFocus
            quiet={sent ? ['email'] : []}
            buttons={{ email: t('recovery.resend'), method: sent ? t('login.confirm') : t('recovery.submit') }}
          />
        )}
      </FlowPage>
    </AuthLayout>
  );
}
