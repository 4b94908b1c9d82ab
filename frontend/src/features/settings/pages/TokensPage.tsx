import { useId, useState } from 'react';
import { useForm, useWatch } from 'react-hook-form';
import { valibotResolver } from '@hookform/resolvers/valibot';
import * as v from 'valibot';
import Alert from '@mui/material/Alert';
import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import Checkbox from '@mui/material/Checkbox';
import Dialog from '@mui/material/Dialog';
import DialogActions from '@mui/material/DialogActions';
import DialogContent from '@mui/material/DialogContent';
import DialogTitle from '@mui/material/DialogTitle';
import FormControlLabel from '@mui/material/FormControlLabel';
import FormHelperText from '@mui/material/FormHelperText';
import Link from '@mui/material/Link';
import Typography from '@mui/material/Typography';
import { formatAgo, formatDay } from '../../../shared/lib/dates';
import { usePhone } from '../../../shared/lib/hooks';
import { useCommon } from '../../../shared/lib/i18n';
import { CardRow, DataTable, type Column } from '../../../shared/ui/DataTable';
import { ConfirmDialog, FormDialog } from '../../../shared/ui/dialogs';
import { SelectField, TextField } from '../../../shared/ui/fields';
import { StatusChip } from '../../../shared/ui/small';
import { EmptyState } from '../../../shared/ui/states';
import { toast } from '../../../shared/ui/Toast';
import { useApiTokensQuery, useCreateTokenMutation, useRevokeTokenMutation, useTokenScopesQuery, type Token } from '../api';
import { SettingsPage } from '../components/SettingsPage';
import { useT } from '../locale';

const day = 86_400_000;
const lifetimes = ['30', '90', '365', ''] as const;

export function TokensPage() {
  const t = useT();
  const list = useApiTokensQuery();
  const [creating, setCreating] = useState(false);
  const [fresh, setFresh] = useState<string | null>(null);
  const [now] = useState(Date.now);
  const [leaving, setLeaving] = useState<Token | null>(null);
  const [revoke] = useRevokeTokenMutation();
  const scopes = (x: Token) => (x.scopes.includes('*') ? t('tokens.scopeAll') : x.scopes.includes('*:read') ? t('tokens.scopeRead') : x.scopes.join(', '));
  const until = (x: Token) =>
    x.expires_at === null ? t('tokens.noEnd') : Date.parse(x.expires_at) < now ? <StatusChip label={t('tokens.expired')} tone="warning" /> : formatDay(x.expires_at.slice(0, 10));
  const used = (x: Token) => (x.last_used_at ? formatAgo(x.last_used_at) : t('tokens.neverUsed'));
  const columns: Column<Token>[] = [
    { key: 'name', header: t('tokens.name'), cell: (x) => x.name },
    { key: 'scopes', header: t('tokens.scopes'), width: 'minmax(0, 1.4fr)', cell: scopes, from: 'md' },
    { key: 'used', header: t('tokens.lastUsed'), cell: used, from: 'md' },
    { key: 'until', header: t('tokens.validUntil'), width: 'minmax(0, 1.2fr)', cell: until },
  ];
  const create = <Button variant="contained" onClick={() => setCreating(true)}>{t('tokens.create')}</Button>;
  return (
    <SettingsPage title={t('tokens.title')} sub={<>{t('tokens.sub')} <Link href="/api/docs" underline="always">{t('tokens.docs')}</Link></>} actions={create}>
      <DataTable
        label={t('tokens.title')}
        rows={list.data?.items}
        columns={columns}
        getId={(x) => x.id}
        card={(x) => <CardRow title={x.name} end={used(x)} sub={scopes(x)} state={until(x)} />}
        actionsWidth="96px"
        actions={(x) => <Button size="small" color="error" onClick={() => setLeaving(x)}>{t('tokens.revoke')}</Button>}
        error={list.error}
        onRetry={() => void list.refetch()}
        empty={<EmptyState title={t('tokens.empty')} text={t('tokens.emptyText')} action={create} />}
      />
      {creating && <CreateDialog onClose={() => setCreating(false)} onMade={(token) => { setCreating(false); setFresh(token); }} />}
      {fresh && <ShownOnce token={fresh} onClose={() => setFresh(null)} />}
      <ConfirmDialog
        open={leaving !== null}
        title={t('tokens.revokeTitle', { name: leaving?.name ?? '' })}
        text={t('tokens.revokeText')}
        confirmLabel={t('tokens.revoke')}
        danger
        onClose={() => setLeaving(null)}
        onConfirm={async () => {
          if (!leaving) return;
          await revoke(leaving.id).unwrap();
          toast(t('tokens.revoked', { name: leaving.name }));
        }}
      />
    </SettingsPage>
  );
}

function CreateDialog({ onClose, onMade }: { onClose: () => void; onMade: (token: string) => void }) {
  const t = useT();
  const c = useCommon();
  const [create] = useCreateTokenMutation();
  const schema = v.object({
    name: v.pipe(v.string(), v.trim(), v.minLength(1, c('error.required')), v.maxLength(80)),
    reach: v.string(),
    scopes: v.array(v.string()),
    days: v.string(),
  });
  const form = useForm({ resolver: valibotResolver(schema), defaultValues: { name: '', reach: '*:read', scopes: [] as string[], days: '90' } });
  const reach = useWatch({ control: form.control, name: 'reach' });
  const chosen = useWatch({ control: form.control, name: 'scopes' });
  return (
    <FormDialog
      open
      title={t('tokens.create')}
      form={form}
      submitLabel={c('action.create')}
      onClose={onClose}
      onSubmit={async (values) => {
        if (values.reach === '' && values.scopes.length === 0) {
          form.setError('scopes', { type: 'required', message: t('tokens.scopesNone') });
          return;
        }
        const made = await create({
          name: values.name,
          scopes: values.reach === '' ? values.scopes : [values.reach],
          expires_at: values.days === '' ? undefined : new Date(Date.now() + Number(values.days) * day).toISOString(),
        }).unwrap();
        onMade(made.token);
      }}
    >
      <TextField name="name" label={t('tokens.name')} help={t('tokens.nameHelp')} maxLength={80} autoFocus required />
      <SelectField
        name="reach"
        label={t('tokens.scopes')}
        help={t('tokens.scopesHelp')}
        options={[{ value: '*:read', label: t('tokens.scopeRead') }, { value: '', label: t('tokens.scopeSome') }, { value: '*', label: t('tokens.scopeAll') }]}
      />
      {reach === '' && (
        <Scopes
          chosen={chosen}
          error={form.formState.errors.scopes?.message}
          onChange={(scopes) => { form.clearErrors('scopes'); form.setValue('scopes', scopes, { shouldDirty: true }); }}
        />
      )}
      <SelectField name="days" label={t('tokens.expires')} options={lifetimes.map((d) => ({ value: d, label: d === '' ? t('tokens.forever') : t('tokens.days', { count: Number(d) }) }))} />
    </FormDialog>
  );
}

/** Single permissions, in groups of the modules they belong to. */
function Scopes({ chosen, error, onChange }: { chosen: string[]; error?: string; onChange: (scopes: string[]) => void }) {
  const t = useT();
  const { data } = useTokenScopesQuery();
  const groups = new Map<string, string[]>();
  for (const s of data?.items ?? []) {
    if (s.startsWith('*') || s.endsWith('.*')) continue;
    const module = s.split('.')[0] ?? s;
    groups.set(module, [...(groups.get(module) ?? []), s]);
  }
  return (
    <Box role="group" aria-label={t('tokens.parts')}>
      {error && <FormHelperText error role="alert">{error}</FormHelperText>}
      <Box sx={{ border: 1, borderColor: error ? 'error.main' : 'divider', borderRadius: 1, p: 3, maxHeight: 280, overflow: 'auto' }} tabIndex={0}>
        {[...groups].map(([module, items]) => (
          <Box key={module} sx={{ mb: 2 }}>
            <Typography variant="body2" sx={{ fontWeight: 620, textTransform: 'capitalize' }}>{module}</Typography>
            {items.map((s) => (
              <FormControlLabel
                key={s}
                sx={{ display: 'flex', ml: 0 }}
                control={<Checkbox size="small" checked={chosen.includes(s)} onChange={(_, on) => onChange(on ? [...chosen, s] : chosen.filter((x) => x !== s))} />}
                label={s.slice(module.length + 1)}
              />
            ))}
          </Box>
        ))}
      </Box>
    </Box>
  );
}

/** The one sight of a new token. It closes by its button alone, not by a slip of the finger. */
function ShownOnce({ token, onClose }: { token: string; onClose: () => void }) {
  const t = useT();
  const c = useCommon();
  const phone = usePhone();
  const id = useId();
  const [copied, setCopied] = useState(false);
  return (
    <Dialog open fullScreen={phone} fullWidth maxWidth="sm" aria-labelledby={id}>
      <DialogTitle id={id}>{t('tokens.shownTitle')}</DialogTitle>
      <DialogContent sx={{ display: 'grid', gap: 4, alignContent: 'start' }}>
        <Alert severity="warning">{t('tokens.shownText')}</Alert>
        <Box sx={{ display: 'flex', gap: 3, alignItems: 'center', flexWrap: 'wrap' }}>
          <Box component="code" aria-label={t('tokens.shownLabel')} sx={{ flex: 1, minWidth: 0, overflowWrap: 'anywhere', p: 3, borderRadius: 1, bgcolor: 'action.hover', userSelect: 'all' }}>{token}</Box>
          <Button variant="outlined" onClick={() => void navigator.clipboard.writeText(token).then(() => setCopied(true))}>
            <span aria-live="polite">{c(copied ? 'action.copied' : 'action.copy')}</span>
          </Button>
        </Box>
        <Box>
          <Typography variant="body2" sx={{ mb: 1, color: 'text.secondary' }}>{t('tokens.howTo')}</Typography>
          <Box component="pre" tabIndex={0} sx={{ m: 0, p: 3, borderRadius: 1, bgcolor: 'action.hover', overflow: 'auto', fontSize: 13 }}>{`curl ${location.origin}/api/v1/me \\\n  -H "Authorization: Bearer …"`}</Box>
        </Box>
      </DialogContent>
      <DialogActions sx={{ p: 4, pb: 'calc(16px + env(safe-area-inset-bottom))' }}>
        <Button variant="contained" onClick={onClose} fullWidth={phone}>{t('tokens.shownDone')}</Button>
      </DialogActions>
    </Dialog>
  );
}
