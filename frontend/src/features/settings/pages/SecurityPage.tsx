import Button from '@mui/material/Button';
import { formatMoment, formatTime } from '../../../shared/lib/dates';
import { CardRow, DataTable, type Column } from '../../../shared/ui/DataTable';
import { StatusChip } from '../../../shared/ui/small';
import { EmptyState, Section } from '../../../shared/ui/states';
import { toast } from '../../../shared/ui/Toast';
import { useEndSupportMutation, useSupportAccessQuery, type SupportAccess } from '../api';
import { SettingsPage } from '../components/SettingsPage';
import { useT } from '../locale';

/** Who of the platform's support looked into the agency, and the way to end it at once. */
export function SecurityPage() {
  const t = useT();
  const list = useSupportAccessQuery();
  const [end, ending] = useEndSupportMutation();
  const state = (g: SupportAccess) =>
    g.open ? <StatusChip label={t('security.open', { time: formatTime(g.expires_at) })} tone="warning" /> : <StatusChip label={g.ended_by ? t('security.ended', { name: g.ended_by }) : t('security.expired')} />;
  const columns: Column<SupportAccess>[] = [
    { key: 'operator', header: t('security.operator'), cell: (g) => g.operator },
    { key: 'reason', header: t('security.reason'), width: 'minmax(0, 2fr)', cell: (g) => g.reason },
    { key: 'opened', header: t('security.opened'), cell: (g) => formatMoment(g.created_at), from: 'md' },
    { key: 'state', header: t('security.state'), cell: state },
  ];
  return (
    <SettingsPage title={t('security.title')} sub={t('security.sub')}>
      <Section title={t('security.support')} pad={false}>
        <DataTable
          label={t('security.support')}
          rows={list.data?.items}
          columns={columns}
          getId={(g) => g.id}
          card={(g) => <CardRow title={g.operator} end={formatTime(g.created_at)} sub={g.reason} state={state(g)} />}
          actionsWidth="104px"
          actions={(g) => g.open && <Button size="small" color="error" disabled={ending.isLoading} onClick={() => void end(g.id).unwrap().then(() => toast(t('security.done')), toast.failed)}>{t('security.end')}</Button>}
          error={list.error}
          onRetry={() => void list.refetch()}
          empty={<EmptyState title={t('security.empty')} text={t('security.emptyText')} />}
        />
      </Section>
    </SettingsPage>
  );
}
