import { useState, type ReactNode } from 'react';
import Alert from '@mui/material/Alert';
import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import Link from '@mui/material/Link';
import Paper from '@mui/material/Paper';
import Typography from '@mui/material/Typography';
import { AuthLayout } from '../components/AuthLayout';
import { FlowForm } from '../components/FlowForm';
import { FlowPage } from '../components/FlowPage';
import { useBrand } from '../brand';
import { findNode, hasGroup, type Flow } from '../kratos';
import { useFlow, type FlowState } from '../useFlow';
import { t } from '../text';

const recovered = 1060001;
const saved = 1050001;

/** What belongs to the person and not to an agency: name, address, password, second step. */
export default function SecurityPage() {
  const afterRecovery = new URLSearchParams(location.search).has('recovered');
  const state = useFlow('settings', (f) => (f?.state === 'success' && wasRecovered ? '/broker/' : null));
  const brand = useBrand();
  const { flow } = state;
  const wasRecovered = afterRecovery || !!flow?.ui.messages?.some((m) => m.id === recovered);

  if (wasRecovered) {
    return (
      <AuthLayout title={t('security.newPassword')} text={t('security.newPasswordText')}>
        <FlowPage state={state} rows={1} omit={[recovered]}>
          {flow && <PasswordForm flow={flow} state={state} />}
        </FlowPage>
      </AuthLayout>
    );
  }
  const isSaved = flow?.state === 'success';
  return (
    <AuthLayout wide title={t('security.title')} text={t('security.text')}
      footer={<Link href={brand?.url ?? '/agencies'}>{brand ? t('security.backTo', { agency: brand.name }) : t('problem.agencies')}</Link>}>
      <FlowPage state={state} rows={6} omit={[saved]}>
        {flow && (
          <Box sx={{ display: 'grid', gap: 4, gridTemplateColumns: 'minmax(0,1fr)' }}>
            {isSaved && <Alert severity="success" role="status">{t('security.saved')}</Alert>}
            <Card title={t('security.profile')} text={t('security.profileText')}>
              <FlowForm flow={flow} groups={['profile']} order={['traits.name', 'traits.email']} busy={state.busy} onSubmit={state.submit} buttons={{ method: t('security.save') }} narrow />
            </Card>
            {hasGroup(flow, 'password') && (
              <Card title={t('security.password')} text={t('security.passwordText')}>
                <PasswordForm flow={flow} state={state} />
              </Card>
            )}
            {hasGroup(flow, 'totp') && <Totp flow={flow} state={state} />}
            {hasGroup(flow, 'lookup_secret') && <Lookup flow={flow} state={state} />}
            <Card title={t('security.sessions')} text={t('security.sessionsText')} />
          </Box>
        )}
      </FlowPage>
    </AuthLayout>
  );
}

function PasswordForm({ flow, state }: { flow: Flow; state: FlowState }) {
  return (
    <FlowForm
      key={flow.state === 'success' ? 'done' : 'open'}
      flow={flow}
      groups={['password']}
      busy={state.busy}
      onSubmit={state.submit}
      newPassword
      narrow
      labels={{ password: t('security.newPassword') }}
      hints={{ password: t('signUp.passwordHint') }}
      buttons={{ method: t('security.savePassword') }}
    />
  );
}

function Totp({ flow, state }: { flow: Flow; state: FlowState }) {
  const on = !!findNode(flow, 'totp_unlink');
  const qr = findNode(flow, 'totp_qr')?.attributes.src;
  const secret = findNode(flow, 'totp_secret_key')?.attributes.text;
  return (
    <Card title={t('security.totp')} text={t(on ? 'security.totpOn' : 'security.totpOff')}>
      {!on && (
        <Box sx={{ display: 'flex', flexWrap: 'wrap', gap: 4, alignItems: 'center', mb: 4 }}>
          {qr && <Box component="img" src={qr} alt={t('security.totpQr')} width={180} height={180} sx={{ borderRadius: 1, bgcolor: '#fff', p: 2 }} />}
          {secret && (
            <Box sx={{ minWidth: 0, flex: '1 1 220px' }}>
              <Typography sx={{ mb: 2, fontSize: 13, color: 'text.secondary' }}>{t('security.totpSecret')}</Typography>
              <Box component="code" sx={{ display: 'block', fontSize: 14, overflowWrap: 'anywhere', mb: 2 }}>{secretOf(secret.text, secret.context)}</Box>
              <CopyButton text={secretOf(secret.text, secret.context)} />
            </Box>
          )}
        </Box>
      )}
      <FlowForm flow={flow} groups={['totp']} omit={['totp_qr', 'totp_secret_key']} busy={state.busy} onSubmit={state.submit} narrow
        buttons={{ method: t('security.totpAdd'), totp_unlink: t('security.totpRemove') }} />
    </Card>
  );
}

function Lookup({ flow, state }: { flow: Flow; state: FlowState }) {
  const shown = findNode(flow, 'lookup_secret_codes')?.attributes.text;
  const fresh = !!findNode(flow, 'lookup_secret_confirm');
  const codes = secretsOf(shown?.context);
  const text = codes.map((c) => c.secret).filter(Boolean).join('\n');
  return (
    <Card title={t('security.lookup')} text={t('security.lookupText')}>
      {shown && (
        <Box sx={{ mb: 4 }}>
          <Alert severity={fresh ? 'warning' : 'info'} sx={{ mb: 3 }}>{t(fresh ? 'security.lookupKeep' : 'security.lookupShown')}</Alert>
          <Box component="ul" sx={{ listStyle: 'none', p: 0, m: 0, mb: 3, display: 'grid', gap: 2, gridTemplateColumns: { xs: '1fr 1fr', sm: 'repeat(3, 1fr)' } }}>
            {codes.map((c, i) => (
              <Box component="li" key={i} sx={{ fontFamily: 'monospace', fontSize: 14, p: 2, borderRadius: 1, bgcolor: 'action.hover', color: c.used ? 'text.secondary' : 'text.primary' }}>
                {c.used ? t('security.lookupUsed') : c.secret}
              </Box>
            ))}
          </Box>
          <CopyButton text={text} />
          <Button size="small" sx={{ ml: 2 }} component="a" download="bureau-recovery-codes.txt" href={`data:text/plain;charset=utf-8,${encodeURIComponent(`${text}\n`)}`}>
            {t('common.download')}
          </Button>
        </Box>
      )}
      <FlowForm flow={flow} groups={['lookup_secret']} omit={['lookup_secret_codes']} busy={state.busy} onSubmit={state.submit} narrow
        quiet={['lookup_secret_disable', ...(fresh ? ['lookup_secret_regenerate'] : [])]}
        buttons={{
          lookup_secret_reveal: t('security.lookupReveal'),
          lookup_secret_regenerate: t(shown || findNode(flow, 'lookup_secret_disable') ? 'security.lookupAgain' : 'security.lookupNew'),
          lookup_secret_confirm: t('security.lookupConfirm'),
          lookup_secret_disable: t('security.lookupDisable'),
        }} />
    </Card>
  );
}

function Card({ title, text, children }: { title: string; text: string; children?: ReactNode }) {
  return (
    <Paper component="section" variant="outlined" sx={{ p: { xs: 4, sm: 6 } }}>
      <Typography variant="h2">{title}</Typography>
      <Typography sx={{ mt: 1, mb: children ? 4 : 0, color: 'text.secondary' }}>{text}</Typography>
      {children}
    </Paper>
  );
}

function CopyButton({ text }: { text: string }) {
  const [copied, setCopied] = useState(false);
  return (
    <Button
      size="small"
      variant="outlined"
      onClick={() => {
        void navigator.clipboard.writeText(text).then(() => setCopied(true));
      }}
    >
      <span aria-live="polite">{t(copied ? 'common.copied' : 'common.copy')}</span>
    </Button>
  );
}

function secretOf(text: string, context: Record<string, unknown> | undefined): string {
  return typeof context?.secret === 'string' ? context.secret : text;
}

/** Kratos sends each code as a message whose context holds the code, or when it was used. */
function secretsOf(context: Record<string, unknown> | undefined): { secret: string; used: boolean }[] {
  const list = Array.isArray(context?.secrets) ? context.secrets : [];
  return list.map((s: { text?: string; id?: number; context?: { secret?: string; used_at?: string } }) => ({
    secret: s.context?.secret ?? s.text ?? '',
    used: s.context?.used_at !== undefined,
  }));
}

