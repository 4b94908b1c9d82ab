import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import Checkbox from '@mui/material/Checkbox';
import IconButton from '@mui/material/IconButton';
import Typography from '@mui/material/Typography';
import ExpandIcon from '@mui/icons-material/ExpandMoreRounded';
import { useRef, useState } from 'react';
import { useApprovalsListQuery, useTimesheetsApproveMutation, type TimesheetLine } from '../../../shared/api/gen/time.gen';
import { codeOf, problemText } from '../../../shared/api/problem';
import { addDays, formatRange, formatWeekday } from '../../../shared/lib/dates';
import { formatDuration } from '../../../shared/lib/duration';
import { useKey, useParam, usePhone } from '../../../shared/lib/hooks';
import { PageHeader } from '../../../shared/ui/PageHeader';
import { Money, PersonAvatar, StatusChip } from '../../../shared/ui/small';
import { EmptyState, ErrorState, Section, SkeletonRows } from '../../../shared/ui/states';
import { toast } from '../../../shared/ui/Toast';
import { later } from '../../../shared/ui/later';
import { Lines } from '../components/Lines';
import { useNames, type Back } from '../model';
import { useT } from '../locales/en';

const BackDialog = later(async () => (await import('../components/BackDialog')).BackDialog);
const OwnDialog = later(async () => (await import('../components/OwnDialog')).OwnDialog);

/** The weeks that wait for a decision: look, approve or send back; alone or many at once. */
export function ApprovalsPage() {
  const t = useT();
  const list = useApprovalsListQuery({ limit: 100 });
  const nameOf = useNames();
  const [approve] = useTimesheetsApproveMutation();
  const [picked, setPicked] = useState<string[]>([]);
  const [open, setOpen] = useParam('open');
  const [back, setBack] = useState<Back | null>(null);
  const [own, setOwn] = useState<TimesheetLine | null>(null);
  const [busy, setBusy] = useState<string[]>([]);
  const items = list.data?.items ?? [];
  const name = (s: TimesheetLine) => nameOf(s.member_id, t('someone'));
  const chosen = items.filter((s) => picked.includes(s.id));

  const run = async (sheets: TimesheetLine[]) => {
    setBusy(sheets.map((s) => s.id));
    const failures: unknown[] = [];
    for (const s of sheets) {
      try {
        await approve({ id: s.id, 'If-Match': `"${s.version}"`, approveInput: {} }).unwrap();
      } catch (e) {
        if (codeOf(e) === 'timesheets.own_sheet_reason') setOwn(s);
        else failures.push(e);
      }
    }
    setBusy([]);
    setPicked([]);
    const done = sheets.length - failures.length;
    if (failures.length > 0 && sheets.length > 1) toast(t('some', { done, failed: failures.length, why: problemText(failures[0]) }), { tone: 'error' });
    else if (failures.length > 0) toast.failed(failures[0]);
    else if (!sheets.some((s) => s.own)) toast(t('approved', { count: done }));
  };

  const rows = useRef<HTMLUListElement>(null);
  const focused = () => items.findIndex((s) => s.id === document.activeElement?.closest<HTMLElement>('[data-sheet]')?.dataset.sheet);
  const move = (by: number) => {
    const to = Math.min(items.length - 1, Math.max(0, focused() + by));
    rows.current?.querySelector<HTMLElement>(`[data-sheet="${items[to]?.id}"] [data-main]`)?.focus();
  };
  const here = (fn: (s: TimesheetLine) => void) => () => {
    const s = items[focused()];
    if (s) fn(s);
  };
  const toggle = (s: TimesheetLine) => setPicked((p) => (p.includes(s.id) ? p.filter((x) => x !== s.id) : [...p, s.id]));
  useKey('j', () => move(1));
  useKey('k', () => move(-1));
  useKey('x', here(toggle));
  useKey('a', here((s) => void run([s])));
  useKey('r', here((s) => setBack({ sheet: s })));

  return (
    <>
      <PageHeader
        title={t('title')}
        sub={list.data && items.length > 0 ? t('sub', { count: items.length }) : undefined}
        actions={chosen.length > 0 && <Button variant="contained" loading={busy.length > 0} onClick={() => void run(chosen)}>{t('approveSelected', { count: chosen.length })}</Button>}
      />
      {list.error && !list.data ? (
        <ErrorState error={list.error} onRetry={() => void list.refetch()} />
      ) : !list.data ? (
        <SkeletonRows label={t('list')} rows={5} rowHeight={72} />
      ) : items.length === 0 ? (
        <Section><EmptyState title={t('empty')} text={t('emptyText')} /></Section>
      ) : (
        <>
          <Section pad={false}>
            <Box component="ul" ref={rows} aria-label={t('list')} sx={{ m: 0, p: 0, listStyle: 'none', '& > li + li': { borderTop: 1, borderColor: 'divider' } }}>
              {items.map((s) => (
                <Week
                  key={s.id} sheet={s} name={name(s)} picked={picked.includes(s.id)} open={open === s.id} busy={busy.includes(s.id)}
                  onPick={() => toggle(s)} onOpen={() => setOpen(open === s.id ? '' : s.id)} onApprove={() => void run([s])} onBack={(entryIds) => setBack({ sheet: s, entryIds })}
                />
              ))}
            </Box>
          </Section>
          <Typography variant="body2" sx={{ color: 'text.secondary', display: { xs: 'none', md: 'block' } }}>{t('keys')}</Typography>
        </>
      )}
      {back && <BackDialog back={back} name={name(back.sheet)} onClose={() => setBack(null)} />}
      {own && <OwnDialog sheet={own} onClose={() => setOwn(null)} />}
    </>
  );
}

type WeekProps = {
  sheet: TimesheetLine; name: string; picked: boolean; open: boolean; busy: boolean;
  onPick: () => void; onOpen: () => void; onApprove: () => void; onBack: (entryIds?: string[]) => void;
};

function Week({ sheet: s, name, picked, open, busy, onPick, onOpen, onApprove, onBack }: WeekProps) {
  const t = useT();
  const phone = usePhone();
  const range = formatRange(s.week, addDays(s.week, 6));
  const what = t('what', { name, range });
  const gap = s.seconds - s.expected_seconds;
  return (
    <Box component="li" data-sheet={s.id}>
      <Box sx={{ display: 'flex', alignItems: 'center', columnGap: { xs: 1, sm: 4 }, rowGap: 1, px: { xs: 1, sm: 4 }, pr: { xs: 3, sm: 4 }, py: 3, flexWrap: { xs: 'wrap', md: 'nowrap' } }}>
        <Checkbox size="small" checked={picked} onChange={onPick} slotProps={{ input: { 'aria-label': t('select', { what }) } }} />
        {!phone && <PersonAvatar name={name} size={32} />}
        <Box sx={{ flex: 1, minWidth: { xs: 90, sm: 140 } }}>
          <Box sx={{ display: 'flex', gap: 2, alignItems: 'center', flexWrap: 'wrap' }}>
            <Typography noWrap sx={{ fontWeight: 620 }}>{name}</Typography>
            {s.own && <StatusChip label={t('own')} tone="warning" />}
          </Box>
          <Typography variant="body2" sx={{ color: 'text.secondary' }}>{range}</Typography>
        </Box>
        {!phone && <Days sheet={s} />}
        <Box sx={{ textAlign: 'end', minWidth: { xs: 96, sm: 172 } }}>
          <Typography sx={{ fontWeight: 650, fontVariantNumeric: 'tabular-nums' }}>{formatDuration(s.seconds)}</Typography>
          <Typography variant="body2" sx={{ color: gap < 0 ? 'warning.main' : 'text.secondary' }}>
            {gap < 0 ? t('less', { time: formatDuration(-gap) }) : t('expected', { time: formatDuration(s.expected_seconds) })}
          </Typography>
        </Box>
        {s.amounts && s.amounts.length > 0 && !phone && (
          <Box sx={{ textAlign: 'end', minWidth: 110 }}>
            {s.amounts.map((m) => <Typography key={m.currency} variant="body2"><Money value={m} /></Typography>)}
            {(s.no_rate ?? 0) > 0 && <Typography variant="body2" sx={{ color: 'warning.main' }}>{t('noRate', { count: s.no_rate })}</Typography>}
          </Box>
        )}
        <Box sx={{ display: 'flex', gap: 2, alignItems: 'center', width: { xs: '100%', md: 'auto' }, justifyContent: 'flex-end' }}>
          <Button size="small" onClick={() => onBack()} aria-label={t('backWhat', { what })}>{t('back')}</Button>
          <Button size="small" variant="outlined" loading={busy} onClick={onApprove} aria-label={t('approveWhat', { what })}>{t('approve')}</Button>
          <IconButton size="small" data-main aria-expanded={open} aria-label={t(open ? 'close' : 'open', { what })} onClick={onOpen}>
            <ExpandIcon sx={{ transform: open ? 'rotate(180deg)' : 'none', transition: 'transform 120ms' }} />
          </IconButton>
        </Box>
      </Box>
      {open && <Lines id={s.id} label={t('lines', { what })} onBack={onBack} />}
    </Box>
  );
}

/** Seven small numbers: the shape of a week at a glance. */
function Days({ sheet }: { sheet: TimesheetLine }) {
  return (
    <Box aria-hidden sx={{ display: { xs: 'none', lg: 'grid' }, gridTemplateColumns: 'repeat(7, 44px)', textAlign: 'end', fontVariantNumeric: 'tabular-nums', fontSize: 13 }}>
      {sheet.per_day.map((d) => <Box key={d.day} sx={{ color: 'text.secondary', fontSize: 12 }}>{formatWeekday(d.day)}</Box>)}
      {sheet.per_day.map((d) => <Box key={d.day}>{d.seconds ? formatDuration(d.seconds) : '–'}</Box>)}
    </Box>
  );
}
