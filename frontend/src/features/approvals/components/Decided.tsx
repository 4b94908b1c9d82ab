import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import IconButton from '@mui/material/IconButton';
import Typography from '@mui/material/Typography';
import ExpandIcon from '@mui/icons-material/ExpandMoreRounded';
import { useState } from 'react';
import type { TimesheetLine } from '../../../shared/api/gen/time.gen';
import { useFeed } from '../../../shared/api/infinite';
import { formatMoment, formatPeriod } from '../../../shared/lib/dates';
import { formatDuration } from '../../../shared/lib/duration';
import { useParam } from '../../../shared/lib/hooks';
import { useMe } from '../../../shared/lib/me';
import { FilterBar } from '../../../shared/ui/filters';
import { later } from '../../../shared/ui/later';
import { StatusChip } from '../../../shared/ui/small';
import { EmptyState, ErrorState, Section, SkeletonRows } from '../../../shared/ui/states';
import { useWeeksFeedInfiniteQuery } from '../api';
import { useNames, useStaffOptions, type Decision } from '../model';
import { useT } from '../locales/en';
import { Lines } from './Lines';

const BackDialog = later(async () => (await import('./BackDialog')).BackDialog);

/** Weeks that somebody has decided about, the latest first; an approved one can be opened again. */
export function Decided({ state }: { state: Decision }) {
  const t = useT();
  const nameOf = useNames();
  const staff = useStaffOptions();
  const [member, setMember] = useParam('member');
  const [from, setFrom] = useParam('from');
  const [to, setTo] = useParam('to');
  const [open, setOpen] = useParam('open');
  const [back, setBack] = useState<TimesheetLine | null>(null);
  const list = useFeed(useWeeksFeedInfiniteQuery({ state, memberId: member || undefined, from: from || undefined, to: to || undefined }));
  const filtered = Boolean(member || from || to);
  const label = t(`decided.list.${state}`);
  return (
    <>
      <FilterBar
        filters={[
          { key: 'member', label: t('decided.person'), value: member, onChange: setMember, options: staff },
          { key: 'from', kind: 'date', label: t('decided.from'), value: from, onChange: setFrom },
          { key: 'to', kind: 'date', label: t('decided.to'), value: to, onChange: setTo },
        ]}
      />
      {list.error ? <ErrorState error={list.error} onRetry={list.onRetry} /> : list.rows === undefined ? <SkeletonRows label={label} rows={5} rowHeight={72} /> : list.rows.length === 0 ? (
        <Section><EmptyState title={t(filtered ? 'decided.none' : `decided.empty.${state}`)} /></Section>
      ) : (
        <Section pad={false}>
          <Box component="ul" aria-label={label} sx={{ m: 0, p: 0, listStyle: 'none', '& > li + li': { borderTop: 1, borderColor: 'divider' } }}>
            {list.rows.map((s) => (
              <Week key={s.id} sheet={s} name={nameOf(s.member_id, t('someone'))} by={nameOf(s.decided_by ?? '', t('someone'))} open={open === s.id} onOpen={() => setOpen(open === s.id ? '' : s.id)} onBack={() => setBack(s)} />
            ))}
          </Box>
        </Section>
      )}
      {list.hasMore && <Box sx={{ textAlign: 'center' }}><Button loading={list.loadingMore} onClick={list.onMore}>{t('decided.more')}</Button></Box>}
      {back && <BackDialog back={{ sheet: back }} name={nameOf(back.member_id, t('someone'))} onClose={() => setBack(null)} />}
    </>
  );
}

type WeekProps = { sheet: TimesheetLine; name: string; by: string; open: boolean; onOpen: () => void; onBack: () => void };

function Week({ sheet: s, name, by, open, onOpen, onBack }: WeekProps) {
  const t = useT();
  const zone = useMe()?.agency.time_zone;
  const range = formatPeriod(s.from, s.until);
  const what = t('what', { name, range });
  const approved = s.state === 'approved';
  return (
    <li>
      <Box sx={{ display: 'flex', alignItems: 'center', columnGap: { xs: 2, sm: 4 }, rowGap: 1, px: { xs: 3, sm: 4 }, py: 3, flexWrap: { xs: 'wrap', md: 'nowrap' } }}>
        <Box sx={{ flex: 1, minWidth: 140 }}>
          <Typography noWrap sx={{ fontWeight: 620 }}>{name}</Typography>
          <Typography variant="body2" sx={{ color: 'text.secondary' }}>{range}</Typography>
        </Box>
        <Box sx={{ flex: { md: 2 }, width: { xs: '100%', md: 'auto' }, order: { xs: 3, md: 0 }, minWidth: 0 }}>
          {s.decided_at && <Typography variant="body2" sx={{ color: 'text.secondary' }}>{t(`decided.by.${approved ? 'approved' : 'rejected'}`, { name: by, at: formatMoment(s.decided_at, zone) })}</Typography>}
          {s.reason && <Typography variant="body2" className="said">{t('decided.reason', { reason: s.reason })}</Typography>}
          {s.exception_reason && <Typography variant="body2" className="said" sx={{ color: 'warning.main' }}>{t('decided.exception', { reason: s.exception_reason })}</Typography>}
        </Box>
        <Typography sx={{ fontWeight: 650, fontVariantNumeric: 'tabular-nums' }}>{formatDuration(s.seconds)}</Typography>
        <StatusChip label={t(approved ? 'decided.state.approved' : 'decided.state.rejected')} tone={approved ? 'success' : 'danger'} />
        <Box sx={{ display: 'flex', gap: 2, alignItems: 'center', justifyContent: 'flex-end', width: { xs: '100%', md: 'auto' }, minWidth: { md: 138 }, order: { xs: 4, md: 0 } }}>
          {approved && <Button size="small" onClick={onBack} aria-label={t('decided.reopenWhat', { what })}>{t('decided.reopen')}</Button>}
          <IconButton size="small" aria-expanded={open} aria-label={t(open ? 'close' : 'open', { what })} onClick={onOpen}>
            <ExpandIcon sx={{ transform: open ? 'rotate(180deg)' : 'none', transition: 'transform 120ms' }} />
          </IconButton>
        </Box>
      </Box>
      {open && <Lines id={s.id} label={t('lines', { what })} />}
    </li>
  );
}
