import { useState } from 'react';
import Button from '@mui/material/Button';
import Link from '@mui/material/Link';
import { formatAgo, formatDay } from '../../../shared/lib/dates';
import { CardRow, DataTable, type Column } from '../../../shared/ui/DataTable';
import { ConfirmDialog } from '../../../shared/ui/dialogs';
import { StatusChip } from '../../../shared/ui/small';
import { EmptyState } from '../../../shared/ui/states';
import { toast } from '../../../shared/ui/Toast';
import { later } from '../../../shared/ui/later';
import { useApiTokensQuery, useRevokeTokenMutation, type Token } from '../api';
import { SettingsPage } from '../components/SettingsPage';
import { useT } from '../locale';

const TokenDialog = later(async () => (await import('../components/TokenDialog')).TokenDialog);
const NewToken = later(async () => (await import('../components/NewToken')).NewToken);

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
      {creating && <TokenDialog onClose={() => setCreating(false)} onMade={(token) => { setCreating(false); setFresh(token); }} />}
      {fresh && <NewToken token={fresh} onClose={() => setFresh(null)} />}
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
