import Box from '@mui/material/Box';
import { daysBetween, formatDay, formatPeriod } from '../../../shared/lib/dates';
import { formatDuration } from '../../../shared/lib/duration';
import { CardRow } from '../../../shared/ui/CardRow';
import { useStartApprovalsQuery, useStartMembersQuery } from '../api';
import { useT } from '../locales/en';
import { Panel } from './Panel';

export function Approvals() {
  const t = useT();
  const query = useStartApprovalsQuery();
  const waiting = (query.data?.items.length ?? 0) > 0;
  const { data: members } = useStartMembersQuery(undefined, { skip: !waiting });
  const nameOf = (id: string) => members?.items.find((m) => m.id === id)?.name ?? '…';
  return (
    <Panel
      title={t('approvals.title')}
      all={{ to: '/approvals', label: t('approvals.all') }}
      query={query}
      empty={{ title: t('approvals.empty'), text: t('approvals.emptyText') }}
      getId={(a) => a.id}
      href={(a) => `/approvals?open=${a.id}`}
      draw={(a) => <CardRow title={nameOf(a.member_id)} end={formatDuration(a.seconds)} sub={daysBetween(a.from, a.until) === 6 ? t('approvals.week', { day: formatDay(a.from) }) : formatPeriod(a.from, a.until)} state={<Box component="span" sx={{ color: 'text.secondary' }}>{a.seconds + a.filled_seconds < a.expected_seconds ? t('approvals.less', { time: formatDuration(a.expected_seconds - a.filled_seconds - a.seconds) }) : ''}</Box>} />}
    />
  );
}
