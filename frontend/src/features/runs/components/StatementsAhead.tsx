import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import { useEffect } from 'react';
import { useFeed } from '../../../shared/api/infinite';
import { today } from '../../../shared/lib/dates';
import { formatMoney } from '../../../shared/lib/money';
import { useTab } from '../../../shared/lib/hooks';
import { useMe } from '../../../shared/lib/me';
import { CardRow, DataTable, type Column } from '../../../shared/ui/DataTable';
import { StatusChip } from '../../../shared/ui/small';
import { EmptyState, ErrorState } from '../../../shared/ui/states';
import { TabBar } from '../../../shared/ui/TabBar';
import { useT } from '../locales/en';
import { reasonOf, sum, useStatementsAheadInfiniteQuery, type NewStatementRun, type StatementRunAhead } from '../statements';
import { Totals } from './Totals';

type Props = { wish: NewStatementRun; left: string[]; onLeft: (ids: string[]) => void; onCount: (n: number | undefined) => void };

/** Who will get a statement, and who will not and why. */
export function StatementsAhead({ wish, left, onLeft, onCount }: Props) {
  const t = useT();
  const [tab, setTab] = useTab(['send', 'skipped']);
  const now = today(useMe()?.agency.time_zone);
  const ready = Boolean(wish.from && wish.to && wish.from <= wish.to && wish.to <= now);
  const query = useStatementsAheadInfiniteQuery({ wish, show: tab }, { skip: !ready });
  const head = query.currentData?.pages[0];
  useEffect(() => onCount(head?.send), [head?.send, onCount]);
  const list = useFeed(query);
  const last = query.data?.pages[0];
  const none = last && sum(last.skipped);
  const late = (a: StatementRunAhead) => a.late.filter((m) => Number(m.amount) !== 0);
  const label = (a: StatementRunAhead) => {
    const reason = left.includes(a.client_id) ? 'left_out' : reasonOf(a.reason);
    return reason && t(`statements.reasons.${reason}`);
  };
  const to = (a: StatementRunAhead) => (a.reason === 'no_contact' ? t('statements.noContactHelp') : a.reason ? '' : a.recipients.join(', '));
  const columns: Column<StatementRunAhead>[] = [
    { key: 'client', header: t('statements.client'), width: 'minmax(0, 2fr)', cell: (a) => a.client_name },
    { key: 'open', header: t('statements.open'), width: '140px', numeric: true, cell: (a) => <Totals of={a.open} /> },
    ...(tab === 'send'
      ? [{ key: 'late', header: t('statements.late'), width: '130px', numeric: true, from: 'md' as const, cell: (a: StatementRunAhead) => <Totals of={late(a)} /> }]
      : [{ key: 'why', header: t('statements.reason'), width: '160px', cell: (a: StatementRunAhead) => <StatusChip label={label(a) ?? ''} tone={a.reason === 'no_contact' ? 'warning' : 'neutral'} /> }]),
    { key: 'to', header: t(tab === 'send' ? 'statements.recipients' : 'note'), width: 'minmax(0, 3fr)', wrap: true, cell: (a) => (tab === 'send' && left.includes(a.client_id) ? <StatusChip label={t('statements.reasons.left_out')} /> : to(a)) },
  ];
  const toggle = (a: StatementRunAhead) => {
    const out = left.includes(a.client_id);
    return <Button size="small" onClick={() => onLeft(out ? left.filter((id) => id !== a.client_id) : [...left, a.client_id])}>{t(out ? 'statements.back' : 'statements.leave')}</Button>;
  };
  const sub = (a: StatementRunAhead) => [late(a).length > 0 && t('statements.lateOf', { late: late(a).map((m) => formatMoney(m)).join(' · ') }), to(a)].filter(Boolean).join(' · ');
  return (
    <Box>
      <TabBar label={t('statements.tabs')} value={tab} onChange={setTab} tabs={[
        { value: 'send', label: last ? `${t('statements.gets')} ${last.send - left.length}` : t('statements.gets') },
        { value: 'skipped', label: none === undefined ? t('statements.none') : `${t('statements.none')} ${none}` },
      ]} />
      <Box aria-live="polite" aria-busy={query.isFetching} sx={{ minHeight: 320 }}>
        {!ready ? <EmptyState title={t('noDays')} /> : query.error && !query.currentData ? <ErrorState error={query.error} onRetry={() => void query.refetch()} /> : (
          <DataTable
            {...list}
            label={t(tab === 'send' ? 'statements.gets' : 'statements.none')}
            columns={columns}
            getId={(a) => a.client_id}
            href={(a) => (a.reason === 'no_contact' ? `/clients/${a.client_id}` : `/statements/${a.client_id}?from=${wish.from}&to=${wish.to}`)}
            nameOf={(a) => a.client_name}
            actions={tab === 'send' ? toggle : undefined}
            actionsWidth="110px"
            card={(a) => <CardRow wrap title={a.client_name} end={<Totals of={a.open} />} sub={sub(a)} state={label(a) && <StatusChip label={label(a) ?? ''} tone={a.reason === 'no_contact' ? 'warning' : 'neutral'} />} />}
            empty={tab === 'send' ? <EmptyState title={t('statements.aheadEmpty')} text={t('statements.aheadEmptyText')} /> : <EmptyState title={t('statements.noneEmpty')} />}
          />
        )}
      </Box>
    </Box>
  );
}
