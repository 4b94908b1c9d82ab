import Alert from '@mui/material/Alert';
import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import Typography from '@mui/material/Typography';
import { useLineManagersListQuery } from '../../../shared/api/gen/people.gen';
import { useMissingTimeRemindMutation, type MissingTimeGap, type MissingTimeLine } from '../../../shared/api/gen/time.gen';
import { useFeed } from '../../../shared/api/infinite';
import { useStaff } from '../../../shared/api/members';
import { daysBetween, formatDayShort, formatPeriodShort, formatWeekday } from '../../../shared/lib/dates';
import { formatDuration } from '../../../shared/lib/duration';
import { useParam, usePhone } from '../../../shared/lib/hooks';
import { useCan } from '../../../shared/lib/me';
import { FilterBar } from '../../../shared/ui/filters';
import { EmptyState, ErrorState, NoResults, Section, SkeletonRows } from '../../../shared/ui/states';
import { toast } from '../../../shared/ui/Toast';
import { useMissingFeedInfiniteQuery } from '../api';
import { useT } from '../locales/en';
import { GapCell } from './GapCell';

const shows = ['missing', 'not_submitted', 'waiting', 'closed'] as const;
const finer = ['week', 'day'] as const;
const longest = { period: 190, week: 91, day: 31 };

/** People by what they hand in together, by weeks or by days: what is missing, not handed in, or waits. A cell opens the week, a button writes to the person. */
export function Missing() {
  const t = useT();
  const phone = usePhone();
  const reminds = useCan()('timesheets.sheets.approve');
  const { options, nameOf } = useStaff();
  const managers = useLineManagersListQuery().data?.items ?? [];
  const [member, setMember] = useParam('member');
  const [manager, setManager] = useParam('manager');
  const [show, setShow] = useParam('show');
  const [chosenBy, setBy] = useParam('by');
  const by = finer.find((b) => b === chosenBy);
  const [chosenFrom, setFrom] = useParam('from');
  const [chosenTo, setTo] = useParam('to');
  const long = chosenFrom && chosenTo ? daysBetween(chosenFrom, chosenTo) + 1 : 1;
  const wrong = long < 1 ? t('wrongWay') : long > longest[by ?? 'period'] ? t('tooLong') : '';
  const args = {
    from: chosenFrom || undefined, to: chosenTo || undefined, by, memberId: member || undefined, managerId: manager || undefined, show: shows.find((s) => s === show),
  } as const;
  const list = useFeed(useMissingFeedInfiniteQuery(args, { skip: wrong !== '' }));
  const [remind, reminding] = useMissingTimeRemindMutation();
  const rows = list.rows;
  // Until days are chosen the server says which: those of the last weeks or months.
  const from = chosenFrom || (rows?.[0]?.gaps[0]?.from ?? '');
  const to = chosenTo || (rows?.[0]?.gaps.at(-1)?.to ?? '');
  const filtered = Boolean(member || manager || show);
  const write = async (people: MissingTimeLine[]) => {
    try {
      const { letters } = await remind({ missingTimeRemind: { member_ids: people.map((p) => p.member_id), from, to } }).unwrap();
      toast(t('reminded', { count: letters }));
    } catch (e) {
      toast.failed(e);
    }
  };
  const late = (rows ?? []).filter(toRemind).slice(0, 200);
  const query = new URLSearchParams({ ...(from && { from }), ...(to && { to }), ...(by && { by }), ...(member && { member_id: member }), ...(manager && { manager_id: manager }), ...(args.show && { show: args.show }) }).toString();
  const bosses = [...new Set(managers.map((m) => m.manager_id))].map((id) => ({ value: id, label: nameOf(id) })).filter((o) => o.label);
  return (
    <>
      <FilterBar
        filters={[
          { key: 'show', label: t('show.label'), any: t('show.any'), value: show, onChange: setShow, options: shows.map((s) => ({ value: s, label: t(`show.${s}`) })) },
          { key: 'member', label: t('person'), value: member, onChange: setMember, options },
          { key: 'manager', label: t('team'), value: manager, onChange: setManager, options: bosses },
          { key: 'by', label: t('by.label'), any: t('by.period'), value: by ?? '', onChange: setBy, options: finer.map((b) => ({ value: b, label: t(`by.${b}`) })) },
          { key: 'from', kind: 'date', label: t('from'), value: chosenFrom, onChange: setFrom },
          { key: 'to', kind: 'date', label: t('to'), value: chosenTo, onChange: setTo },
        ]}
        end={<Button component="a" href={`/api/v1/missing-time/export.csv?${query}`} download={`missing-time-${from}-${to}.csv`} disabled={wrong !== ''}>{t('export')}</Button>}
      />
      {reminds && (
        <Box sx={{ minHeight: 36, mb: 3 }}>
          <Button size="small" variant="outlined" disabled={late.length === 0} loading={reminding.isLoading} onClick={() => void write(late)}>{t('remindMany', { count: late.length })}</Button>
        </Box>
      )}
      {wrong ? <Alert severity="info">{wrong}</Alert> : list.error ? <ErrorState error={list.error} onRetry={list.onRetry} /> : rows === undefined ? <SkeletonRows label={t('list')} rows={6} rowHeight={56} /> : rows.length === 0 ? (
        <Section>{filtered ? <NoResults onClear={() => [setMember, setManager, setShow].forEach((set) => set(''))} /> : <EmptyState title={t('empty')} text={t('emptyText')} />}</Section>
      ) : (
        <Section pad={false}>
          {phone ? <Cards rows={rows} onRemind={reminds ? (l) => void write([l]) : undefined} /> : <Table rows={rows} onRemind={reminds ? (l) => void write([l]) : undefined} />}
        </Section>
      )}
      {rows?.some((l) => l.closed > 0) && !wrong && <Typography variant="body2" sx={{ color: 'text.secondary', maxWidth: '72ch', mt: 2 }}>{t('shortLegend')}</Typography>}
      {list.hasMore && <Box sx={{ textAlign: 'center' }}><Button loading={list.loadingMore} onClick={list.onMore}>{t('all')}</Button></Box>}
    </>
  );
}

const open = (l: MissingTimeLine) => l.missing - l.closed;
const toRemind = (l: MissingTimeLine) => l.active && (open(l) > 0 || l.not_submitted > 0);

type RowsProps = { rows: MissingTimeLine[]; onRemind?: (line: MissingTimeLine) => void };

function Table({ rows, onRemind }: RowsProps) {
  const t = useT();
  const columns = rows[0]?.gaps ?? [];
  return (
    <Box tabIndex={0} role="region" aria-label={t('list')} sx={{ overflowX: 'auto' }}>
      <Box component="table" sx={{ borderCollapse: 'collapse', width: '100%', '& th, & td': { borderBottom: 1, borderColor: 'divider', height: 56, px: 2, py: 0, whiteSpace: 'nowrap' }, '& tbody tr:last-of-type > *': { borderBottom: 0 } }}>
        <thead>
          <tr>
            <Box component="th" scope="col" sx={{ ...pinned, ...head, minWidth: 180 }}>{t('person')}</Box>
            {columns.map((g) => <Box component="th" scope="col" key={g.from} sx={{ ...head, textAlign: 'end' }}>{heading(g)}</Box>)}
            <Box component="th" scope="col" sx={{ ...head, textAlign: 'end' }}>{t('missing')}</Box>
            {onRemind && <th scope="col"><span className="sr-only">{t('remind')}</span></th>}
          </tr>
        </thead>
        <tbody>
          {rows.map((l) => (
            <tr key={l.member_id}>
              <Box component="th" scope="row" sx={{ ...pinned, fontWeight: 560, maxWidth: 240, overflow: 'hidden', textOverflow: 'ellipsis' }}>
                {l.name}
                {!l.active && <Typography variant="caption" component="span" sx={{ color: 'text.secondary', display: 'block' }}>{t('left')}</Typography>}
              </Box>
              {l.gaps.map((g) => <Box component="td" key={g.from} sx={{ textAlign: 'end' }}><GapCell gap={g} line={l} /></Box>)}
              <Box component="td" sx={{ textAlign: 'end', fontWeight: 650, fontVariantNumeric: 'tabular-nums' }}>{open(l) > 0 ? formatDuration(open(l)) : '–'}</Box>
              {onRemind && <Box component="td" sx={{ textAlign: 'end' }}>{toRemind(l) && <Button size="small" aria-label={t('remindWho', { name: l.name })} onClick={() => onRemind(l)}>{t('remind')}</Button>}</Box>}
            </tr>
          ))}
        </tbody>
      </Box>
    </Box>
  );
}

const head = { typography: 'caption', fontWeight: 600, color: 'text.secondary' } as const;
const pinned = { position: 'sticky', left: 0, bgcolor: 'background.paper', textAlign: 'start', pl: '16px !important', zIndex: 1 } as const;
const heading = (g: MissingTimeGap) => (g.from === g.to ? `${formatWeekday(g.from)} ${formatDayShort(g.from)}` : formatPeriodShort(g.from, g.to));

function Cards({ rows, onRemind }: RowsProps) {
  const t = useT();
  return (
    <Box component="ul" aria-label={t('list')} sx={{ m: 0, p: 0, listStyle: 'none', '& > li + li': { borderTop: 1, borderColor: 'divider' } }}>
      {rows.map((l) => (
        <Box component="li" key={l.member_id} sx={{ px: 4, py: 3 }}>
          <Box sx={{ display: 'flex', gap: 2, alignItems: 'baseline' }}>
            <Typography sx={{ flex: 1, fontWeight: 620, minWidth: 0 }} noWrap>{l.name}</Typography>
            <Typography sx={{ fontWeight: 650, fontVariantNumeric: 'tabular-nums' }}>{open(l) > 0 ? t('missingHours', { time: formatDuration(open(l)) }) : ''}</Typography>
          </Box>
          <Typography variant="body2" sx={{ color: 'text.secondary' }}>
            {[l.closed > 0 && t('closedHours', { time: formatDuration(l.closed) }), l.not_submitted > 0 && t('notSubmitted', { count: l.not_submitted }), l.waiting > 0 && t('waiting', { count: l.waiting }), !l.active && t('left')].filter(Boolean).join(' · ') || t('of', { logged: formatDuration(l.logged + l.filled), expected: formatDuration(l.expected) })}
          </Typography>
          <Box component="ul" sx={{ listStyle: 'none', m: 0, mt: 2, p: 0, display: 'grid', gap: 1 }}>
            {l.gaps.filter((g) => g.missing > 0 || g.due || g.state === 'submitted').map((g) => (
              <Box component="li" key={g.from} sx={{ display: 'flex', gap: 2, alignItems: 'center', justifyContent: 'space-between' }}>
                <Typography variant="body2">{heading(g)}</Typography>
                <GapCell gap={g} line={l} />
              </Box>
            ))}
          </Box>
          {onRemind && toRemind(l) && <Button size="small" variant="outlined" sx={{ mt: 2 }} aria-label={t('remindWho', { name: l.name })} onClick={() => onRemind(l)}>{t('remind')}</Button>}
        </Box>
      ))}
    </Box>
  );
}
