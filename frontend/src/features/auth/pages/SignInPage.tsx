import { useState } from 'react';
import Button from '@mui/material/Button';
import Link from '@mui/material/Link';
import { AuthLayout } from '../components/AuthLayout';
import { FlowForm } from '../components/FlowForm';
import { FlowPage } from '../components/FlowPage';
import { useBrand, useVisit } from '../brand';
import { hasGroup, startUrl } from '../kratos';
import { signOut } from '../signOut';
import { useFlow } from '../useFlow';
import { t } from '../text';

/** Sign-in: the password, the second step, and the proof asked of people who are signed in already. */
export default function SignInPage() {
  const state = useFlow('login');
  const brand = useBrand();
  const visit = useVisit();
  const { flow, busy, submit } = state;
  const second = flow?.requested_aal === 'aal2';
  const [wantsLookup, setWantsLookup] = useState(false);
  const both = !!flow && hasGroup(flow, 'totp') && hasGroup(flow, 'lookup_secret');
  const group = !flow || !second ? 'password' : hasGroup(flow, 'totp') && !(both && wantsLookup) ? 'totp' : 'lookup_secret';
  const title = second ? t('login.second') : flow?.refresh ? t('login.refresh') : t('login.title');
  const text = second
    ? t(group === 'totp' ? 'login.secondText' : 'login.secondLookup')
    : flow?.refresh
      ? t('login.refreshText')
      : brand && t('login.to', { agency: brand.name });
  const known = ['password', 'totp', 'lookup_secret', 'default'];
  const foreign = flow?.ui.nodes.map((n) => n.group).filter((g) => !known.includes(g)) ?? [];

  return (
    <AuthLayout
      title={title}
      text={text}
      footer={
        second || flow?.refresh ? (
          <Link component="button" type="button" onClick={() => void signOut()}>{t('login.other')}</Link>
        ) : (
          <>
            <Link href={startUrl('recovery', { return_to: flow?.return_to })}>{t('login.forgot')}</Link>
            {!brand && visit && <Link href={visit.site_url}>{t('login.signUp')}</Link>}
          </>
        )
      }
    >
      <FlowPage state={state} rows={second ? 1 : 2} omit={[1010003, 1010004]}>
        {flow && (
          <FlowForm
            key={group}
            flow={flow}
            groups={['default', group, ...foreign]}
            busy={busy}
            onSubmit={submit}
            autoFocus
            buttons={{ method: second || flow.refresh ? t('login.confirm') : t('login.submit') }}
          />
        )}
        {both && second && (
          <Button fullWidth sx={{ mt: 2 }} onClick={() => setWantsLookup(!wantsLookup)}>
            {t(group === 'totp' ? 'login.useLookup' : 'login.useTotp')}
          </Button>
        )}
      </FlowPage>
    </AuthLayout>
  );
}
